import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plain } from "@/components/body/header-values";
import { buildPublishing, checkBody, formatJson, problemsOf } from "@/components/publish/build";
import { initialForm, parseForm, withFormat } from "@/components/publish/form-state";
import { headerRow, headerValue, rowOf } from "@/components/publish/header-rows";
import { filler } from "@/components/publish/placeholders";

const form = initialForm;
const same = (text: string) => text;

describe("the publish form", () => {
  it("sends typed headers, properties in their types, and leaves out what is empty", () => {
    const sent = buildPublishing(
      {
        ...form,
        properties: {
          content_type: "text/plain",
          priority: "7",
          expiration: "60000",
          timestamp: "2026-04-11T00:00:00Z",
          app_id: "",
        },
        headers: [
          headerRow("tenant", "string", "acme"),
          headerRow("attempt", "number", "1"),
          headerRow("big", "number", "9007199254740993"),
          headerRow("vip", "boolean", "false"),
          headerRow("scopes", "list", "", ["eu", "b2c"]),
          headerRow("void", "void"),
          headerRow("", "string", ""),
        ],
        body: "hello",
        format: "text",
      },
      "order.placed",
      null,
      1,
    );
    expect(sent).toEqual({
      routing_key: "order.placed",
      payload: "hello",
      payload_encoding: "string",
      properties: {
        delivery_mode: 2,
        content_type: "text/plain",
        priority: 7,
        expiration: "60000",
        timestamp: 1775865600,
        headers: {
          tenant: "acme",
          attempt: 1,
          big: { "!int64": "9007199254740993" },
          vip: false,
          scopes: ["eu", "b2c"],
          void: null,
        },
      },
    });
  });

  it("fills in placeholders, anew for each message", () => {
    const sent = (n: number) => buildPublishing({ ...form, body: "{{n}} {{uuid}}" }, "key.{{n}}", null, n);
    expect(sent(3).routing_key).toBe("key.3");
    expect(sent(3).payload).toMatch(/^3 [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sent(1).payload).not.toBe(sent(1).payload);
    const now = new Date("2026-04-11T10:00:00Z");
    expect(filler(1, now)("{{now}} {{now}} {{other}}")).toBe(`${now.toISOString()} ${now.toISOString()} {{other}}`);
  });

  it("shows every header of a message as a row that sends the same", () => {
    const cases: Plain[] = [
      "text",
      1,
      1.5,
      true,
      null,
      ["a"],
      [1, "a"],
      { a: [null] },
      { "!timestamp": 5 },
      { "!binary": "AAE=" },
      { "!int64": "9007199254740993" },
      { "!decimal": "12.34" },
      { "!table": { "!int8": 1 } },
    ];
    for (const value of cases) expect(headerValue(rowOf("x", value), same)).toEqual(value);
  });

  it("names what keeps it from being sent", () => {
    const problems = problemsOf(
      {
        ...form,
        properties: { priority: "256", expiration: "-1", timestamp: "soon", message_id: "é".repeat(128) },
        headers: [headerRow("a", "number", "one"), headerRow("b"), headerRow("b"), headerRow("", "string", "lost")],
        format: "base64",
        body: "not base64!",
      },
      "k".repeat(256),
      null,
    );
    expect([...problems.properties.keys()].sort()).toEqual(["expiration", "message_id", "priority", "timestamp"]);
    expect([...problems.headers.values()]).toEqual([
      "Not a number",
      "There is a header of this name already",
      "A header needs a name",
    ]);
    expect(problems.routingKey).toBe("256 bytes; AMQP allows 255");
    expect(problems.body).toBe("This is not base64");
    expect(problems.count).toBe(9);
  });

  it("judges the body as it will be sent", () => {
    expect(checkBody({ ...form, body: '{"n": {{n}}}' }, null)).toEqual({
      bytes: 8,
      verdict: "valid",
      words: "Valid JSON",
    });
    expect(checkBody({ ...form, body: "{\n  a}" }, null).words).toBe(
      "Line 2, column 3: “a” where a name in quotes should be",
    );
    expect(checkBody({ ...form, format: "text", body: "山" }, null).bytes).toBe(3);
  });

  it("changes the content type with the format, unless it was chosen", () => {
    expect(withFormat(form, "text").properties.content_type).toBe("text/plain");
    expect(
      withFormat({ ...form, properties: { content_type: "application/xml" } }, "text").properties.content_type,
    ).toBe("application/xml");
  });

  it("reads what it kept, and refuses what it didn't", () => {
    expect(parseForm(JSON.parse(JSON.stringify(form)))).toEqual(form);
    expect(parseForm({ body: 1 })).toBeNull();
    expect(parseForm({ ...form, rate: -1, headers: [1, { name: "a", text: "b", type: "?" }] })).toMatchObject({
      rate: 10,
      headers: [{ name: "a", type: "string", text: "b", items: [] }],
    });
  });
});

describe("formatJson", () => {
  it("sets JSON as JSON.stringify does", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }).filter((text) => !/__proto__|[eE][+-]?\d|"\d+":|-0/.test(text)),
        (text) => {
          expect(formatJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
        },
      ),
    );
  });
  it("keeps numbers as typed", () => {
    expect(formatJson('{"id":9007199254740993,"a":1.10}')).toBe('{\n  "id": 9007199254740993,\n  "a": 1.10\n}');
  });
});
