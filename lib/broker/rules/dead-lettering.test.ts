import { describe, expect, test } from "vitest";
import type { DeathReason } from "@/lib/broker/message";
import { fromPlain, toPlain } from "@/lib/broker/properties/plain";
import { type Deceased, deadLetter, deathSummary, isDeadLetterCycle } from "@/lib/broker/rules/dead-lettering";
import { failureOf } from "@/lib/broker/rules/failure";

const at = new Date("2026-11-21T10:00:00.900Z");
const seconds = Math.floor(at.getTime() / 1000);
const message: Deceased = {
  exchange: "orders",
  routingKey: "order.placed",
  properties: { contentType: "text/plain", expiration: "5000", headers: fromPlain({ CC: ["copy"], tenant: "acme" }) },
};
const die = (from: Deceased, queue: string, reason: DeathReason, deadLetterRoutingKey: string | null = null) =>
  deadLetter(from, { queue, reason, at, deadLetterRoutingKey });
const plain = (letter: { properties: Deceased["properties"] }) => toPlain(letter.properties.headers ?? new Map());

describe("deadLetter", () => {
  test("the first death", () => {
    const letter = die(message, "work", "expired");
    expect(letter.routingKey).toBe("order.placed");
    expect(letter.keys).toEqual(["order.placed", "copy"]);
    expect(letter.properties.expiration).toBeUndefined();
    expect(letter.properties.contentType).toBe("text/plain");
    expect(plain(letter)).toEqual({
      CC: ["copy"],
      tenant: "acme",
      "x-first-death-reason": "expired",
      "x-first-death-queue": "work",
      "x-first-death-exchange": "orders",
      "x-last-death-reason": "expired",
      "x-last-death-queue": "work",
      "x-last-death-exchange": "orders",
      "x-death": [
        {
          count: 1,
          reason: "expired",
          queue: "work",
          time: { "!timestamp": seconds },
          exchange: "orders",
          "routing-keys": ["order.placed", "copy"],
          "original-expiration": "5000",
        },
      ],
    });
  });

  test("a dead-letter routing key replaces all keys and removes CC, but x-death remembers them", () => {
    const letter = die(message, "work", "rejected", "dead");
    expect(letter.keys).toEqual(["dead"]);
    expect(letter.properties.headers?.has("CC")).toBe(false);
    expect(plain(letter)["x-death"]).toMatchObject([{ "routing-keys": ["order.placed", "copy"] }]);
  });

  test("the message is left as it was", () => {
    die(message, "work", "rejected", "dead");
    expect([...(message.properties.headers ?? [])].map(([name]) => name)).toEqual(["CC", "tenant"]);
  });

  test("further deaths: one entry per queue and reason, the most recent first, the first time kept", () => {
    const deaths: [string, DeathReason][] = [
      ["work", "rejected"],
      ["retry", "expired"],
      ["work", "rejected"],
      ["work", "expired"],
    ];
    let current = message;
    deaths.forEach(([queue, reason], i) => {
      const letter = deadLetter(current, { queue, reason, at: new Date(i * 1000), deadLetterRoutingKey: null });
      current = { exchange: "dlx", routingKey: letter.routingKey, properties: letter.properties };
    });
    const headers = plain(current);
    expect(headers["x-death"]).toMatchObject([
      { queue: "work", reason: "expired", count: 1, exchange: "dlx" },
      { queue: "work", reason: "rejected", count: 2, time: { "!timestamp": 0 }, exchange: "orders" },
      { queue: "retry", reason: "expired", count: 1 },
    ]);
    expect(headers).toMatchObject({ "x-first-death-reason": "rejected", "x-last-death-reason": "expired" });
    expect(deathSummary(current.properties.headers, at)).toMatchObject({
      reason: "expired",
      count: 4,
      originQueue: "work",
    });
  });

  test("headers x-death that a client made up don't do harm", () => {
    for (const odd of ["text", 5, [1, "a"], [{ count: "many" }], [], null]) {
      const letter = die({ ...message, properties: { headers: fromPlain({ "x-death": odd }) } }, "work", "rejected");
      expect((plain(letter)["x-death"] as unknown[])[0]).toMatchObject({ queue: "work", count: 1 });
      expect(deathSummary(letter.properties.headers, at)?.reason).toBe("rejected");
    }
  });

  test("what the worker said stands in headers, and replaces what an earlier one said", () => {
    const first = deadLetter(message, {
      queue: "work",
      reason: "rejected",
      at,
      deadLetterRoutingKey: null,
      error: { type: "TypeError", message: "x is not a function", stack: `${"s".repeat(16_383)}😀` },
    });
    expect(failureOf(first.properties.headers)).toMatchObject({ type: "TypeError", message: "x is not a function" });
    expect(String(plain(first)["x-error-stack"]).length).toBeLessThanOrEqual(16_384);
    const second = deadLetter(
      { ...message, properties: first.properties },
      {
        queue: "work",
        reason: "rejected",
        at,
        deadLetterRoutingKey: null,
        error: { message: "no stock" },
      },
    );
    expect(failureOf(second.properties.headers)).toMatchObject({ type: null, message: "no stock" });
    expect(second.properties.headers?.has("x-error-stack")).toBe(false);
  });
});

describe("cycles", () => {
  const headers = (...deaths: [string, string][]) =>
    fromPlain({ "x-death": deaths.map(([queue, reason]) => ({ queue, reason })) });

  test("an automatic circle is dropped, one with a rejection in it is not", () => {
    expect(isDeadLetterCycle(headers(["b", "expired"], ["a", "expired"]), "a", "expired")).toBe(true);
    expect(isDeadLetterCycle(headers(["b", "expired"], ["a", "rejected"]), "a", "expired")).toBe(false);
    expect(isDeadLetterCycle(headers(["b", "rejected"], ["a", "expired"]), "a", "rejected")).toBe(false);
    expect(isDeadLetterCycle(headers(["b", "expired"], ["a", "expired"], ["c", "rejected"]), "a", "expired")).toBe(
      true,
    );
    expect(isDeadLetterCycle(headers(["b", "expired"]), "a", "expired")).toBe(false);
    expect(isDeadLetterCycle(headers(["a", "maxlen"]), "a", "maxlen")).toBe(true);
    expect(isDeadLetterCycle(undefined, "a", "maxlen")).toBe(false);
  });
});

describe("failureOf", () => {
  test.each<[Record<string, unknown>, { type: string | null; message: string | null } | null]>([
    [
      { "x-error-type": "E", "x-error-message": "m" },
      { type: "E", message: "m" },
    ],
    [
      { "MT-Fault-ExceptionType": "System.Exception", "MT-Fault-Message": "m" },
      { type: "System.Exception", message: "m" },
    ],
    [{ "NServiceBus.ExceptionInfo.Message": "m" }, { type: null, message: "m" }],
    [
      {
        "x-exception-message": "no stock",
        "x-exception-stacktrace":
          "org.springframework.ListenerExecutionFailedException: Listener threw\n\tat a.b\nCaused by: java.lang.IllegalStateException: no stock\n\tat c.d",
      },
      { type: "java.lang.IllegalStateException", message: "no stock" },
    ],
    [
      { "rbs2-error-details": "System.InvalidOperationException: no stock\n at x" },
      { type: "System.InvalidOperationException", message: "no stock" },
    ],
    [
      { exc_type: "ValueError", exc_message: "bad" },
      { type: "ValueError", message: "bad" },
    ],
    [{ "x-error-type": 5 }, null],
    [{}, null],
  ])("%j", (headers, failure) => {
    if (failure === null) expect(failureOf(fromPlain(headers))).toBeNull();
    else expect(failureOf(fromPlain(headers))).toMatchObject(failure);
  });
});
