import { ContentAssembler } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import { FrameParser } from "@/lib/amqp/wire/frame-parser";
import { type MethodDefinition, methods } from "@/lib/amqp/wire/methods";
import { MalformedPropertiesError } from "@/lib/broker/properties/errors";
import type { FieldValue } from "@/lib/broker/properties/field-value";
import { decodeProperties, encodeProperties, noProperties } from "@/lib/broker/properties/properties";
import { frameBytes, headerPayload, methodPayload } from "@/test/support/amqp/frames";

export interface MutationReport {
  /** Mutated frames that were fed in. */
  frames: number;
  /** How many streams ended in a typed error, by reply code. */
  errors: Record<number, number>;
  /** How many streams were read to their end. */
  accepted: number;
}

/**
 * Feeds streams of frames, of which one or more are damaged, to the parser and assembler. Each must be read or be
 * refused with a typed error; anything else is thrown, with the stream in hex.
 * @param frames how many frames to feed at least
 * @param seed the same seed gives the same streams
 */
export function feedMutations(frames: number, seed: number): MutationReport {
  const random = xorshift(seed);
  const next = mutatedStreams(random);
  const report: MutationReport = { frames: 0, errors: {}, accepted: 0 };
  while (report.frames < frames) {
    const stream = next();
    report.frames += stream.frames;
    feed(stream.bytes, random, report);
  }
  return report;
}

/** Gives streams of one to four frames, most of them damaged. */
export function mutatedStreams(random: () => number): () => { readonly bytes: Buffer; readonly frames: number } {
  const seeds = seedFrames();
  return () => {
    const frames = 1 + (random() % 4);
    const stream = Array.from({ length: frames }, () => {
      const original = seeds[random() % seeds.length] as Buffer;
      return random() % 3 === 0 ? original : mutate(original, random);
    });
    return { bytes: Buffer.concat(stream), frames };
  };
}

function feed(bytes: Buffer, random: () => number, report: MutationReport): void {
  const assembler = new ContentAssembler(
    { method: () => {}, content: (_, { properties }) => void decodeProperties(properties) },
    1 << 20,
  );
  const parser = new FrameParser({
    frameMax: 8192,
    expectHeader: false,
    onFrame: (type, _channel, buffer, start, end) => {
      if (type !== 8) assembler.frame(type, buffer, start, end);
    },
  });
  try {
    for (let at = 0; at < bytes.length; ) {
      const to = at + 1 + (random() % bytes.length);
      parser.push(bytes.subarray(at, to));
      at = to;
    }
    report.accepted++;
  } catch (error) {
    const code = error instanceof AmqpError ? error.replyCode : error instanceof MalformedPropertiesError ? 502 : 0;
    if (code === 0) throw new Error(`not a protocol error, for ${bytes.toString("hex")}`, { cause: error });
    report.errors[code] = (report.errors[code] ?? 0) + 1;
  }
}

function mutate(frame: Buffer, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(frame);
  for (let n = 1 + (random() % 3); n > 0; n--) {
    const at = random() % bytes.length;
    switch (random() % 6) {
      case 0:
        bytes[at] = random();
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << (random() % 8));
        break;
      case 2:
        bytes = bytes.subarray(0, at + 1);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random() % bytes.length)]);
        break;
      case 4:
        bytes.fill([0, 0x7f, 0x80, 0xff][random() % 4] as number, at, Math.min(at + 4, bytes.length));
        break;
      default:
        // A payload that is damaged, in a frame that is not, gets past the parser.
        bytes = frameBytes(bytes[0] as number, 1, mutatePayload(bytes, random));
    }
  }
  return bytes;
}

function mutatePayload(frame: Buffer, random: () => number): Buffer {
  const payload = Buffer.from(frame.subarray(7, -1));
  if (payload.length > 0) payload[random() % payload.length] = random();
  return payload;
}

function seedFrames(): Buffer[] {
  const table = new Map<string, FieldValue>([
    ["text", { t: "S", v: "text" }],
    ["list", { t: "A", v: [{ t: "l", v: 5 }, { t: "V" }, { t: "d", v: 0.5 }] }],
    ["inner", { t: "F", v: new Map([["when", { t: "T", v: 1 }]]) }],
    ["bytes", { t: "x", v: Buffer.from([0, 255]) }],
    ["price", { t: "D", v: { scale: 2, unscaled: 995 } }],
  ]);
  const samples = {
    bit: true,
    octet: 1,
    short: 2,
    long: 3,
    longlong: 4,
    shortstr: "name",
    longstr: Buffer.from("x"),
    table,
  };
  const properties = encodeProperties({ contentType: "text/plain", headers: table, deliveryMode: 2, timestamp: 1 });
  const allMethods = Object.entries<MethodDefinition>(methods).map(([name, definition]) => {
    const args = Object.fromEntries(definition.arguments.map(([argument, type]) => [argument, samples[type]]));
    return frameBytes(1, 1, methodPayload({ name, args } as never));
  });
  const publish = methodPayload({
    name: "basic.publish",
    args: { exchange: "x", routingKey: "k", mandatory: true, immediate: false },
  });
  const content = Buffer.concat([
    frameBytes(1, 1, publish),
    frameBytes(2, 1, headerPayload(6, properties)),
    frameBytes(3, 1, Buffer.from("abc")),
    frameBytes(3, 1, Buffer.from("def")),
  ]);
  return [
    ...allMethods,
    content,
    content,
    content,
    frameBytes(2, 1, headerPayload(0, noProperties)),
    frameBytes(8, 0, Buffer.alloc(0)),
  ];
}

/** Marsaglia's xorshift32: small, and the same everywhere. */
export function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
