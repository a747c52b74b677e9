import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import type { FieldValue } from "@/lib/broker/properties/field-value";
import { fromPlain, toPlain } from "@/lib/broker/properties/plain";
import { propertiesFromJson, propertiesToJson } from "@/lib/broker/properties/properties-json";
import { isWellFormed } from "@/lib/broker/properties/text";
import { fieldTables } from "@/test/support/amqp/arbitraries";

describe("field tables as JSON", () => {
  test("the exact view, through JSON, gives the same table", () => {
    fc.assert(
      fc.property(fieldTables, (table) => {
        fc.pre(isWellFormed(JSON.stringify(toPlain(table)).replaceAll(/\\ud[c-f]../g, "\udc80")));
        const json = JSON.parse(JSON.stringify(toPlain(table, { exact: true })));
        // JS objects put names that look like array indexes first.
        expect(sorted(fromPlain(json))).toEqual(sorted(table));
      }),
    );
  });

  test("the easy view is what a person would write", () => {
    const table = new Map<string, FieldValue>([
      ["text", { t: "S", v: "a\0b" }],
      ["bytes", { t: "S", v: Buffer.of(0xff, 0xfe) }],
      ["byte", { t: "b", v: -1 }],
      ["long", { t: "l", v: 2n ** 60n }],
      ["when", { t: "T", v: 1700000000 }],
      ["price", { t: "D", v: { scale: 2, unscaled: 5 } }],
      ["nothing", { t: "V" }],
      ["list", { t: "A", v: [{ t: "t", v: true }] }],
      ["inner", { t: "F", v: new Map([["a", { t: "d", v: 1.5 }]]) }],
      ["nan", { t: "d", v: Number.NaN }],
      ["odd", { t: "F", v: new Map([["!int8", { t: "S", v: "not one" }]]) }],
    ]);
    expect(toPlain(table)).toEqual({
      text: "a\0b",
      bytes: { "!base64": "//4=" },
      byte: -1,
      long: "1152921504606846976",
      when: { "!timestamp": 1700000000 },
      price: { "!decimal": "0.05" },
      nothing: null,
      list: [true],
      inner: { a: 1.5 },
      nan: { "!double": "NaN" },
      odd: { "!table": { "!int8": "not one" } },
    });
  });

  test("plain values are typed as RabbitMQ's management API does", () => {
    expect(fromPlain({ a: "x", b: 1, c: 1.5, d: true, e: null, f: [1e300], g: {}, h: { "!int16": -3 } })).toEqual(
      new Map<string, FieldValue>([
        ["a", { t: "S", v: "x" }],
        ["b", { t: "l", v: 1 }],
        ["c", { t: "d", v: 1.5 }],
        ["d", { t: "t", v: true }],
        ["e", { t: "V" }],
        ["f", { t: "A", v: [{ t: "d", v: 1e300 }] }],
        ["g", { t: "F", v: new Map() }],
        ["h", { t: "s", v: -3 }],
      ]),
    );
  });

  test.each([
    ["not an object", [1], "headers"],
    ["half a surrogate pair", { a: { b: "\ud800" } }, "headers.a.b"],
    ["half a surrogate pair in a name", { a: { "\ud800": 1 } }, "headers.a.\ud800"],
    ["an unknown form", { a: [0, { "!what": 1 }] }, "headers.a[1]"],
    ["what isn't base64", { a: { "!base64": "a b" } }, "headers.a"],
    ["an integer out of range", { a: { "!uint8": 256 } }, "headers.a"],
    ["a decimal too long", { a: { "!decimal": "42949672.96" } }, "headers.a"],
    ["a long name", { ["é".repeat(128)]: 1 }, `headers.${"é".repeat(128)}`],
    ["a function", { a: () => 1 }, "headers.a"],
  ])("%s is refused by name", (_, json, field) => {
    expect(() => fromPlain(json)).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidPropertyError && error.field === field),
    );
  });

  test("deep nesting is refused", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = { a: deep };
    expect(() => fromPlain(deep)).toThrow(/nested deeper/);
  });
});

describe("message properties as JSON", () => {
  test("carry the management API's names", () => {
    const json = {
      content_type: "application/json",
      correlation_id: "c",
      expiration: "60000",
      headers: { "x-a": 1 },
      delivery_mode: 2,
      priority: 9,
      timestamp: "18446744073709551615",
    };
    const properties = propertiesFromJson(json);
    expect(properties).toEqual({
      contentType: "application/json",
      correlationId: "c",
      expiration: "60000",
      headers: new Map([["x-a", { t: "l", v: 1 }]]),
      deliveryMode: 2,
      priority: 9,
      timestamp: 2n ** 64n - 1n,
    });
    expect(propertiesToJson(properties)).toEqual(json);
  });

  test("null is absent", () => {
    expect(propertiesFromJson({ content_type: null, headers: null })).toEqual({});
  });

  test.each([
    ["content_type", 5],
    ["app_id", "x".repeat(256)],
    ["delivery_mode", 3],
    ["priority", -1],
    ["timestamp", 1.5],
    ["timestamp", "18446744073709551616"],
    ["expiration", "soon"],
    ["expiration", "4294967296"],
    ["expiration", ""],
    ["contentType", "x"],
    ["__proto__x", 1],
    ["toString", 1],
  ])("%s = %j is refused by name", (field, value) => {
    expect(() => propertiesFromJson({ [field]: value })).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidPropertyError && error.field === field),
    );
  });
});

function sorted(value: ReadonlyMap<string, FieldValue>): unknown {
  return [...value]
    .map(([name, inner]) => [name, sortedValue(inner)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function sortedValue(value: FieldValue): unknown {
  if (value.t === "F") return { t: "F", v: sorted(value.v) };
  if (value.t === "A") return { t: "A", v: value.v.map(sortedValue) };
  return value;
}
