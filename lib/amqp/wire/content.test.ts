import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Content, ContentAssembler, type ContentMethod } from "@/lib/amqp/wire/content-assembler";
import { FrameOutput } from "@/lib/amqp/wire/frame-output";
import type { Method } from "@/lib/amqp/wire/methods";
import { giveBack } from "@/lib/amqp/wire/slabs";
import { decodeProperties, encodeProperties, noProperties } from "@/lib/broker/properties/properties";
import { messageProperties } from "@/test/support/amqp/arbitraries";
import { cutAt, headerPayload, methodPayload, parseFrames } from "@/test/support/amqp/frames";

const publish: ContentMethod = {
  name: "basic.publish",
  args: { exchange: "x", routingKey: "k", mandatory: false, immediate: false },
};
const ack: Method = { name: "basic.ack", args: { deliveryTag: 1, multiple: false } };

class Collected {
  readonly methods: Method[] = [];
  readonly contents: Content[] = [];
  method(method: Method): void {
    this.methods.push(method);
  }
  content(method: Method, content: Content): void {
    this.methods.push(method);
    this.contents.push(content);
  }
}

function assemble(frames: readonly (readonly [type: number, payload: Buffer])[], maxBodySize = 1 << 20): Collected {
  const collected = new Collected();
  const assembler = new ContentAssembler(collected, maxBodySize);
  for (const [type, payload] of frames) assembler.frame(type, payload, 0, payload.length);
  return collected;
}

describe("content", () => {
  test("written and put together again is the same, at any size and cut", () => {
    fc.assert(
      fc.property(
        messageProperties,
        fc.oneof(
          fc.uint8Array({ maxLength: 30 }),
          fc.integer({ min: 0, max: 20_000 }).map((n) => new Uint8Array(n).fill(n)),
        ),
        fc.integer({ min: 4096, max: 9000 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (properties, body, frameMax, cuts) => {
          const out = new FrameOutput();
          out.method(1, ack.name, ack.args);
          out.content(1, publish.name, publish.args, encodeProperties(properties), body, frameMax);
          out.heartbeat();
          const size = out.size;
          const bytes = Buffer.concat(out.take().chunks);
          expect(bytes.length).toBe(size);
          expect(out.size).toBe(0);
          const frames = parseFrames(cutAt(bytes, cuts), frameMax);
          expect(frames.pop()).toEqual({ type: 8, channel: 0, payload: Buffer.alloc(0) });
          const { methods, contents } = assemble(frames.map((f) => [f.type, f.payload]));
          expect(methods).toEqual([ack, publish]);
          expect(decodeProperties(contents[0]?.properties as Buffer)).toEqual(properties);
          expect(contents[0]?.body.equals(body)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("bodies are split at frame_max, large ones without a copy", () => {
    const body = Buffer.alloc(10_000, "b");
    const out = new FrameOutput();
    out.content(1, publish.name, publish.args, noProperties, body, 4096 + 8 + 1000);
    const { chunks } = out.take();
    expect(
      parseFrames(chunks)
        .slice(2)
        .map((frame) => frame.payload.length),
    ).toEqual([5096, 4904]);
    expect(chunks.filter((chunk) => chunk.buffer === body.buffer)).toHaveLength(2);
  });

  test("memory is used again when what was in it has been sent, and not before", () => {
    const out = new FrameOutput();
    const seen = new Set<ArrayBufferLike>();
    let reused = 0;
    for (let round = 0; round < 20; round++) {
      const body = Buffer.alloc(100_000, round);
      out.content(1, publish.name, publish.args, noProperties, body, 4096);
      out.content(1, publish.name, publish.args, noProperties, body, 4096);
      const { chunks, slabs } = out.take();
      const frames = parseFrames(chunks, 4096).map((frame) => [frame.type, frame.payload] as [number, Buffer]);
      expect(assemble(frames).contents.map((content) => content.body.equals(body))).toEqual([true, true]);
      for (const { buffer } of slabs) {
        if (seen.has(buffer)) reused++;
        seen.add(buffer);
      }
      giveBack(slabs);
    }
    expect(reused).toBeGreaterThan(10);
  });

  test("what can't be sent leaves no trace among what can", () => {
    const out = new FrameOutput();
    out.heartbeat();
    expect(() => out.method(1, "basic.consume-ok", { consumerTag: "x".repeat(300) })).toThrow();
    out.heartbeat();
    expect(parseFrames(out.take().chunks)).toHaveLength(2);
  });

  test("a body in one frame is not copied, and none needs no frame", () => {
    const body = Buffer.from("body");
    const { contents } = assemble([
      [1, methodPayload(publish)],
      [2, headerPayload(4, noProperties)],
      [3, body],
      [1, methodPayload(publish)],
      [2, headerPayload(0, noProperties)],
    ]);
    expect(contents[0]?.body.buffer).toBe(body.buffer);
    expect(contents[1]?.body).toHaveLength(0);
  });

  test("a body of many frames comes out whole, small and large ones mixed, empty ones too", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 7, 100, 4095, 4096, 5000, 70_000), { maxLength: 40 }), (sizes) => {
        const parts = sizes.map((size, i) => Buffer.alloc(size, i));
        const body = Buffer.concat(parts);
        fc.pre(body.length > 0 && sizes.at(-1) !== 0);
        const { contents } = assemble(
          [
            [1, methodPayload(publish)],
            [2, headerPayload(body.length, noProperties)],
            ...parts.map((part) => [3, part] as const),
          ],
          1 << 24,
        );
        expect(contents[0]?.body.equals(body)).toBe(true);
      }),
    );
  });
});

describe("frames out of order", () => {
  const method = [1, methodPayload(publish)] as const;
  const header = [2, headerPayload(10, noProperties)] as const;
  const body = [3, Buffer.alloc(4)] as const;

  test.each([
    ["a header with no method", [header], 505],
    ["a body with no method", [body], 505],
    ["a header after a method without content", [[1, methodPayload(ack)], header], 505],
    ["a method instead of the header", [method, method], 505],
    ["a body instead of the header", [method, body], 505],
    ["a method instead of the body", [method, header, body, method], 505],
    ["a second header", [method, header, header], 505],
    ["a header of another class", [method, [2, headerPayload(1, noProperties, 50)]], 505],
    ["a header too short", [method, [2, Buffer.alloc(12)]], 501],
    ["more body than announced", [method, header, [3, Buffer.alloc(11)]], 501],
    ["a body beyond the limit", [method, [2, headerPayload(1 << 21, noProperties)]], 406],
    ["a body of 2^64 - 1 bytes", [method, [2, headerPayload(2n ** 64n - 1n, noProperties)]], 406],
  ] as const)("%s is an error", (_, frames, replyCode) => {
    expect(() => assemble(frames as never)).toThrow(expect.objectContaining({ name: "AmqpError", replyCode }));
  });

  test("a huge announced body takes no memory before it comes", () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) assemble([method, [2, headerPayload(2 ** 40, noProperties)]], 2 ** 41);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});
