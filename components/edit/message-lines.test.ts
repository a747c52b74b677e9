import { describe, expect, it } from "vitest";
import { isDeathHeader, messageLines } from "@/components/edit/message-lines";

const content = {
  exchange: "",
  routing_key: "orders",
  properties: { content_type: "application/json", headers: { tenant: "acme", tries: 3 } },
  payload: '{"order":{"id":42}}',
  payload_encoding: "string" as const,
};

describe("a message as lines", () => {
  it("sets out headers by name and JSON field by field", () => {
    expect(messageLines(content)).toBe(
      [
        "exchange: (AMQP default)",
        "routing key: orders",
        "content_type: application/json",
        "header tenant: acme",
        "header tries: 3",
        "",
        "{",
        '  "order": {',
        '    "id": 42',
        "  }",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("leaves what is no JSON as it is, and shows how long a binary body is", () => {
    expect(messageLines({ ...content, payload: "not { json" })).toContain("\nnot { json\n");
    expect(messageLines({ ...content, payload: "AAEC", payload_encoding: "base64" })).toContain("(3 bytes)\nAAEC");
  });

  it("knows the headers that a death left behind", () => {
    expect(["x-death", "x-first-death-queue", "x-last-death-reason", "x-error-type"].every(isDeathHeader)).toBe(true);
    expect(["x-deathly", "tenant", "x-match"].some(isDeathHeader)).toBe(false);
  });
});
