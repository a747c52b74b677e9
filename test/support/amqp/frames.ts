import { type FrameHandler, FrameParser } from "@/lib/amqp/wire/frame-parser";
import { encodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Method } from "@/lib/amqp/wire/methods";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";

/** A frame with its payload copied, for comparing. */
export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** A frame's bytes, with no rule checked. */
export function frameBytes(type: number, channel: number, payload: Uint8Array, end = 0xce): Buffer {
  const bytes = Buffer.alloc(payload.length + 8);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  bytes.set(payload, 7);
  bytes.writeUInt8(end, payload.length + 7);
  return bytes;
}

export function methodPayload(method: Method): Buffer {
  const out = new ByteWriter();
  encodeMethod(out, method.name, method.args as never);
  return out.copy();
}

export function methodBytes(channel: number, method: Method): Buffer {
  return frameBytes(1, channel, methodPayload(method));
}

/** A content header's payload for a body of `size` bytes. */
export function headerPayload(size: number | bigint, properties: Uint8Array, classId = 60): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(classId, 0);
  head.writeBigUInt64BE(BigInt(size), 4);
  return Buffer.concat([head, properties]);
}

/** All frames in `chunks`, parsed without a protocol header in front. */
export function parseFrames(chunks: readonly Buffer[], frameMax = 131072): Frame[] {
  const frames: Frame[] = [];
  const onFrame: FrameHandler = (type, channel, buffer, start, end) => {
    frames.push({ type, channel, payload: Buffer.from(buffer.subarray(start, end)) });
  };
  const parser = new FrameParser({ frameMax, expectHeader: false, onFrame });
  for (const chunk of chunks) parser.push(chunk);
  return frames;
}

/** Cuts bytes at the given places (taken modulo the length), as TCP may. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((to, i) => Buffer.from(bytes.subarray(cuts[i], to)));
}
