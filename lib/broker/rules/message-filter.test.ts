import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { matchesFilter, maxSearchedBytes, type Searchable } from "@/lib/broker/rules/message-filter";
import { parseSearchText } from "@/lib/broker/rules/search-text";

const message: Searchable = {
  exchange: "shop",
  routingKey: "order.placed.eu",
  properties: {
    messageId: "m-1",
    correlationId: "c-9",
    priority: 3,
    headers: fromPlain({
      tenant: "Acme",
      attempt: 2,
      vip: false,
      "a.b": "dotted",
      nested: { deep: "yes" },
      scopes: ["eu", "b2c"],
    }),
  },
  body: Buffer.from(
    JSON.stringify({
      order: { id: 42, lines: [{ sku: "A1" }, { sku: "B2" }] },
      name: "山田",
      ok: true,
      none: null,
      "d.o.t": 1,
    }),
  ),
  bodyTruncated: false,
  death: {
    reason: "rejected",
    at: new Date(0),
    count: 2,
    originQueue: "orders",
    originExchange: "shop",
    originRoutingKey: "order.placed.eu",
    errorType: "TypeError",
    errorMessage: "x",
    group: "5d2c9c35-53c1-4e55-8f6b-0a0d6a3a3c11",
  },
};
const finds = (line: string, inMessage = message) => matchesFilter(parseSearchText(line).filter, inMessage);

describe("a filter", () => {
  test.each([
    ["headers.tenant:acme", true],
    ["headers.tenant:acm", false],
    ["headers.attempt:2", true],
    ["headers.vip:false", true],
    ["headers.a.b:dotted", true],
    ["headers.nested.deep:yes", true],
    ["headers.scopes:b2c", true],
    ["headers.gone:x", false],
    ["body.order.id:42", true],
    ["body.order.id:4", false],
    ["body.order.lines.sku:b2", true],
    ["body.order.lines.0.sku:A1", true],
    ["body.ok:true", true],
    ["body.none:null", true],
    ["body.d.o.t:1", true],
    ["body.gone.deeper:1", false],
    ["body.name:山田", true],
    ["body.__proto__:x", false],
    ["properties.message_id:m-1", true],
    ["properties.priority:3", true],
    ["properties.app_id:x", false],
    ["origin:orders", true],
    ["origin:order", false],
    ["reason:rejected", true],
    ["reason:expired", false],
    ["error:typeerr", true],
    ["key:placed", true],
    ["exchange:SHOP", true],
    ["ORDER.PLACED", true],
    ["c-9", true],
    ["scopes", true],
    ["b2c", true],
    ["山田", true],
    ["nothing-like-it", false],
    ['"sku":"B2"', true],
    ["headers.tenant:acme body.order.id:42 placed", true],
    ["headers.tenant:acme body.order.id:43", false],
    ["", true],
  ])("%j: %s", (line, expected) => {
    expect(finds(line)).toBe(expected);
  });

  test("properties go by their AMQP name alone too", () => {
    expect(matchesFilter({ fields: [{ path: "correlation_id", value: "C-9" }] }, message)).toBe(true);
  });

  test("never throws, whatever the body and the headers hold", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), fc.string(), (body, text, value) => {
        const odd = { ...message, body, properties: {} };
        matchesFilter(
          {
            text,
            fields: [
              { path: `body.${text}`, value },
              { path: text, value },
            ],
          },
          odd,
        );
      }),
    );
  });

  test("a large body is searched at its beginning only", () => {
    const body = Buffer.alloc(maxSearchedBytes + 10, "a");
    body.write("needle", 100);
    body.write("hidden", maxSearchedBytes + 1);
    expect(finds("needle", { ...message, body })).toBe(true);
    expect(finds("hidden", { ...message, body })).toBe(false);
  });

  test("JSON nested a million deep and JSON that was cut are no JSON", () => {
    expect(finds("body.a:1", { ...message, body: Buffer.from("[".repeat(1_000_000)) })).toBe(false);
    expect(finds("body.a:1", { ...message, body: Buffer.from('{"a":1}'), bodyTruncated: true })).toBe(false);
  });

  test("JSON nested as deep as it goes doesn't break the search", () => {
    const deep = Buffer.from(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`);
    expect(finds("body.a.a.a:1", { ...message, body: deep })).toBe(false);
    const lists = Buffer.from(`${"[".repeat(500_000)}1${"]".repeat(500_000)}`);
    expect(() => finds("body.a:1", { ...message, body: lists })).not.toThrow();
  });
});

describe("search text", () => {
  test("qualifiers, quotes and free text", () => {
    expect(parseSearchText('queue:orders state:ready state:Dead headers.name:"Ada Lovelace" no "such  thing"')).toEqual(
      {
        queue: "orders",
        states: ["ready", "dead"],
        filter: { fields: [{ path: "headers.name", value: "Ada Lovelace" }], text: "no such  thing" },
        problems: [],
      },
    );
  });

  test("what only looks like a qualifier is text", () => {
    expect(parseSearchText("http://x.org 10:30 foo:bar").filter).toEqual({ text: "http://x.org 10:30 foo:bar" });
    expect(parseSearchText('{"id":42}').filter).toEqual({ text: '{"id":42}' });
  });

  test("an unfinished quote and an unfinished qualifier are being typed", () => {
    expect(parseSearchText('headers.a:"b c').filter).toEqual({ fields: [{ path: "headers.a", value: "b c" }] });
    expect(parseSearchText("queue: reason:").filter).toEqual({});
  });

  test("impossible values are named", () => {
    expect(parseSearchText("state:gone reason:bored").problems.map(({ term }) => term)).toEqual([
      "state:gone",
      "reason:bored",
    ]);
  });

  test("any text is read without an error", () => {
    fc.assert(
      fc.property(fc.string(), (line) => void parseSearchText(line)),
      { numRuns: 1_000 },
    );
  });
});
