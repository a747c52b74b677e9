import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidPropertyError, MalformedPropertiesError } from "@/lib/broker/properties/errors";
import type { FieldValue } from "@/lib/broker/properties/field-value";
import { decodeProperties, encodeProperties, isPersistent, noProperties } from "@/lib/broker/properties/properties";
import { bytesFromText, textFromBytes } from "@/lib/broker/properties/text";
import { messageProperties } from "@/test/support/amqp/arbitraries";

describe("the content header's properties", () => {
  test("come back as they were, and as the same bytes", () => {
    fc.assert(
      fc.property(messageProperties, (properties) => {
        const bytes = encodeProperties(properties);
        const decoded = decodeProperties(bytes);
        expect(decoded).toEqual(properties);
        expect(encodeProperties(decoded).equals(bytes)).toBe(true);
      }),
    );
  });

  test("are laid out as the specification says", () => {
    const bytes = encodeProperties({
      contentType: "text/plain",
      headers: new Map<string, FieldValue>([
        ["n", { t: "I", v: -2 }],
        ["s", { t: "S", v: "é" }],
      ]),
      deliveryMode: 2,
      timestamp: 2 ** 32 + 1,
    });
    expect(bytes.toString("hex")).toBe(
      [
        "b040", // content-type, headers, delivery-mode, timestamp
        "0a746578742f706c61696e",
        "00000010",
        "016e49fffffffe",
        "01735300000002c3a9",
        "02",
        "0000000100000001",
      ].join(""),
    );
  });

  test("nothing is two zero bytes", () => {
    expect(encodeProperties({})).toEqual(noProperties);
    expect(decodeProperties(noProperties)).toEqual({});
  });

  test("only delivery mode 2 is persistent", () => {
    expect([{}, { deliveryMode: 1 }, { deliveryMode: 2 }, { deliveryMode: 7 }].map(isPersistent)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test("of a name that is repeated, the first value is kept", () => {
    const bytes = Buffer.from("2000" + "00000006" + "016174" + "01" + "0161", "hex");
    expect(() => decodeProperties(bytes)).toThrow(MalformedPropertiesError);
    const twice = Buffer.from("2000" + "00000008" + "01617401" + "01617400", "hex");
    expect(decodeProperties(twice).headers).toEqual(new Map([["a", { t: "t", v: true }]]));
  });

  test.each([
    ["a short string of 256 bytes", { contentType: "é".repeat(128) }, "content_type"],
    ["a header name of 256 bytes", { headers: new Map([["n".repeat(256), { t: "V" }]]) }, "headers."],
    ["an octet above 255", { priority: 256 }, "priority"],
    ["a fractional octet", { deliveryMode: 1.5 }, "delivery_mode"],
    ["a negative timestamp", { timestamp: -1 }, "timestamp"],
    ["an int8 out of range", { headers: new Map([["a", { t: "b", v: 128 }]]) }, "headers.a"],
    ["an int64 out of range", { headers: new Map([["a", { t: "l", v: 2n ** 63n }]]) }, "headers.a"],
    ["half a surrogate pair", { messageId: "\ud800" }, "message_id"],
  ] as const)("%s can't be encoded, and the error names the property", (_, properties, field) => {
    expect(() => encodeProperties(properties as never)).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidPropertyError && error.field.startsWith(field)),
    );
  });
});

describe("hostile bytes", () => {
  test("every truncation is refused", () => {
    fc.assert(
      fc.property(messageProperties, fc.nat(), (properties, cut) => {
        const bytes = encodeProperties(properties);
        const short = bytes.subarray(0, cut % bytes.length);
        expect(() => decodeProperties(short)).toThrow(MalformedPropertiesError);
      }),
    );
  });

  test("any bytes either decode or are refused as malformed", () => {
    const mutated = fc
      .tuple(messageProperties, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([properties, changes]) => {
        const bytes = encodeProperties(properties);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 100 }).map(Buffer.from)), (bytes) => {
        try {
          encodeProperties(decodeProperties(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPropertiesError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("lengths beyond the buffer, unknown types and flags, and trailing bytes are refused", () => {
    for (const hex of ["", "80", "8000ff61", "2000ffffffff", "20000000000501615affff", "0001", "0002", "000000"]) {
      expect(() => decodeProperties(Buffer.from(hex, "hex")), hex).toThrow(MalformedPropertiesError);
    }
  });

  test("nesting is followed to a limit, both ways", () => {
    expect(() => decodeProperties(nested(63))).not.toThrow();
    expect(() => decodeProperties(nested(64))).toThrow(/nested deeper/);
    expect(() => decodeProperties(nested(20_000))).toThrow(/nested deeper/);
    let value: FieldValue = { t: "V" };
    for (let i = 0; i < 20_000; i++) value = { t: "A", v: [value] };
    expect(() => encodeProperties({ headers: new Map([["a", value]]) })).toThrow(InvalidPropertyError);
  });

  test("any bytes survive as text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(bytesFromText(textFromBytes(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(textFromBytes(Buffer.from(text))).toBe(text);
      }),
    );
  });
});

/** Properties with `levels` lists inside each other in one header. */
function nested(levels: number): Buffer {
  const parts: Buffer[] = [];
  for (let inner = (levels - 1) * 5; inner >= 0; inner -= 5) {
    const head = Buffer.from("A\0\0\0\0");
    head.writeUInt32BE(inner, 1);
    parts.push(head);
  }
  const table = Buffer.concat([Buffer.from("\x01a"), ...parts]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(table.length);
  return Buffer.concat([Buffer.from([0x20, 0]), length, table]);
}
