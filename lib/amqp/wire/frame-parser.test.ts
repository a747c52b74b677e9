import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { protocolHeader } from "@/lib/amqp/wire/constants";
import { AmqpError } from "@/lib/amqp/wire/errors";
import { FrameParser, ProtocolMismatchError } from "@/lib/amqp/wire/frame-parser";
import { cutAt, frameBytes, parseFrames } from "@/test/support/amqp/frames";

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(1, 2, 3),
    channel: fc.nat(0xffff),
    payload: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 12 },
);

describe("the frame parser", () => {
  test("finds the same frames however the stream is cut", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((f) => frameBytes(f.type, f.channel, f.payload)));
        expect(parseFrames(cutAt(bytes, cuts))).toEqual(sent);
        expect(parseFrames([...bytes].map((byte) => Buffer.of(byte)))).toEqual(sent);
      }),
      { numRuns: 300 },
    );
  });

  test("a payload of exactly frame_max is taken, one more octet is 501, before it arrives", () => {
    expect(parseFrames([frameBytes(3, 1, Buffer.alloc(4096))], 4096)).toHaveLength(1);
    const head = frameBytes(3, 1, Buffer.alloc(4097)).subarray(0, 7);
    expect(() => parseFrames([head], 4096)).toThrow(expect.objectContaining({ replyCode: 501 }));
    expect(() => parseFrames(cutAt(head, [1, 3, 5]), 4096)).toThrow(AmqpError);
    expect(() => parseFrames([Buffer.from("01000100000000ffffffffff", "hex").fill(0xff, 3)])).toThrow(AmqpError);
  });

  test("a wrong last octet and an unknown type are 501", () => {
    expect(() => parseFrames([frameBytes(1, 0, Buffer.alloc(4), 0xcd)])).toThrow(/ends with octet 205/);
    for (const type of [0, 4, 7, 9, 255]) {
      expect(() => parseFrames([frameBytes(type, 0, Buffer.alloc(0))])).toThrow(`unknown frame type ${type}`);
    }
  });

  test("a heartbeat is empty", () => {
    expect(parseFrames([frameBytes(8, 0, Buffer.alloc(0))])).toHaveLength(1);
    expect(() => parseFrames([frameBytes(8, 0, Buffer.alloc(1))])).toThrow(expect.objectContaining({ replyCode: 501 }));
  });

  test("reads payloads where they are when a chunk holds the whole frame", () => {
    const chunk = frameBytes(3, 1, Buffer.from("body"));
    let seen: Buffer | undefined;
    const parser = new FrameParser({
      frameMax: 4096,
      expectHeader: false,
      onFrame: (_type, _channel, buffer) => {
        seen = buffer;
      },
    });
    parser.push(chunk);
    expect(seen).toBe(chunk);
  });
});

describe("the protocol header", () => {
  function greet(chunks: readonly Buffer[]): { headers: number; frames: number } {
    const seen = { headers: 0, frames: 0 };
    const parser = new FrameParser({
      frameMax: 4096,
      expectHeader: true,
      onHeader: () => seen.headers++,
      onFrame: () => seen.frames++,
    });
    for (const chunk of chunks) parser.push(chunk);
    return seen;
  }

  test("is taken however it is cut, with frames behind it", () => {
    const bytes = Buffer.concat([protocolHeader, frameBytes(8, 0, Buffer.alloc(0))]);
    expect(greet([bytes])).toEqual({ headers: 1, frames: 1 });
    expect(greet([...bytes].map((byte) => Buffer.of(byte)))).toEqual({ headers: 1, frames: 1 });
    expect(greet([bytes.subarray(0, 7)])).toEqual({ headers: 0, frames: 0 });
  });

  test.each(["GET / HTTP/1.1", "AMQP\x01\x01\x00\x0a", "AMQP\0\0\x09\0", "\x16\x03\x01", "AMQP\x03\x01\0\0", "amqp"])(
    "%j is refused, as soon as it can be seen",
    (text) => {
      const bytes = Buffer.from(text, "latin1");
      expect(() => greet([bytes])).toThrow(ProtocolMismatchError);
      expect(() => greet([...bytes].map((byte) => Buffer.of(byte)))).toThrow(ProtocolMismatchError);
    },
  );
});
