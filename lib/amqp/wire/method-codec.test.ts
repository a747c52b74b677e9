import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AmqpError } from "@/lib/amqp/wire/errors";
import { decodeMethod, encodeMethod } from "@/lib/amqp/wire/method-codec";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { methodPayload } from "@/test/support/amqp/frames";
import { anyMethod } from "@/test/support/amqp/method-arbitraries";

describe("methods", () => {
  test("every method comes back as it was, wherever the writer has to grow", () => {
    fc.assert(
      fc.property(
        anyMethod,
        fc.integer({ min: 1, max: 64 }),
        fc.uint8Array({ maxLength: 9 }),
        (method, size, before) => {
          const out = new ByteWriter(size);
          out.bytes(before);
          encodeMethod(out, method.name, method.args as never);
          const bytes = out.take();
          expect(decodeMethod(bytes, before.length, bytes.length)).toEqual(method);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("bits share an octet, the first in the lowest place", () => {
    const payload = methodPayload({
      name: "queue.declare",
      args: {
        queue: "q",
        passive: false,
        durable: true,
        exclusive: false,
        autoDelete: true,
        noWait: true,
        arguments: new Map(),
      },
    });
    expect(payload.toString("hex")).toBe("0032000a" + "0000" + "0171" + "1a" + "00000000");
  });

  test.each([
    ["an unknown class", "0bad000a", 540],
    ["an unknown method", "003c00ff", 540],
    ["a payload without a whole method id", "003c00", 501],
    ["arguments cut short", "003c0050" + "00000000000000", 501],
    ["bytes behind the arguments", "003c0050" + "000000000000000100" + "00", 501],
    ["a table that lies about its length", "0032000a" + "0000" + "0171" + "00" + "000000ff", 501],
  ])("%s is refused with its reply code", (_, hex, code) => {
    const payload = Buffer.from(hex, "hex");
    expect(() => decodeMethod(payload, 0, payload.length)).toThrow(
      expect.toSatisfy((error) => error instanceof AmqpError && error.replyCode === code && error.hard),
    );
  });

  test("any mutation of a payload decodes or is refused", () => {
    fc.assert(
      fc.property(anyMethod, fc.nat(), fc.nat(255), (method, place, value) => {
        const payload = methodPayload(method);
        payload[place % payload.length] = value;
        try {
          decodeMethod(payload, 0, payload.length);
        } catch (error) {
          expect(error).toBeInstanceOf(AmqpError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("what the wire can't carry is named", () => {
    expect(() => methodPayload({ name: "basic.consume-ok", args: { consumerTag: "x".repeat(256) } })).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidPropertyError && error.field === "consumerTag"),
    );
  });
});

describe("reply texts", () => {
  test("are cut to 255 bytes between characters", () => {
    expect(new AmqpError("NOT_FOUND", "no queue 'x'").replyText).toBe("NOT_FOUND - no queue 'x'");
    const text = new AmqpError("NOT_FOUND", "é".repeat(200)).replyText;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(255);
    expect(text).toMatch(/é\.\.\.$/);
  });
});
