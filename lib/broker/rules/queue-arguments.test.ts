import { describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { checkName, checkNotReserved, checkRoutingKey, generateQueueName } from "@/lib/broker/rules/names";
import { checkQueueTraits, expirationMs, messageTtl, queueLimits, rankOf } from "@/lib/broker/rules/queue-arguments";
import { checkExchangeEquivalence, checkQueueEquivalence } from "@/lib/broker/rules/redeclare";

const queue = { vhost: "/", name: "q" };
const limits = (given: Record<string, unknown>) => queueLimits(fromPlain(given), queue);

describe("queue arguments", () => {
  test("nothing given", () => {
    expect(limits({})).toMatchObject({
      type: "classic",
      overflow: "drop-head",
      deliveryLimit: null,
      maxPriority: null,
    });
  });

  test("everything given", () => {
    expect(
      limits({
        "x-message-ttl": 0,
        "x-max-length": 10,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
        "x-max-priority": 10,
        "x-delivery-limit": 3,
        "x-single-active-consumer": true,
        "x-deduplication-window": 60_000,
        "x-ordered-groups": false,
        "x-rate-limit": 50,
        "x-unknown": "is allowed",
      }),
    ).toMatchObject({
      messageTtlMs: 0,
      maxLength: 10,
      overflow: "reject-publish",
      deadLetterExchange: "",
      deadLetterRoutingKey: "dead",
      maxPriority: 10,
      deliveryLimit: 3,
      singleActiveConsumer: true,
      deduplicationWindowMs: 60_000,
      orderedGroups: false,
      rateLimit: { perSecond: 50, burst: 50 },
    });
  });

  test("a quorum queue has a delivery limit of 20 unless it says otherwise", () => {
    expect(limits({ "x-queue-type": "quorum" }).deliveryLimit).toBe(20);
    expect(limits({ "x-queue-type": "quorum", "x-delivery-limit": -1 }).deliveryLimit).toBeNull();
  });

  test.each<[Record<string, unknown>, string]>([
    [
      { "x-message-ttl": -1 },
      "invalid arg 'x-message-ttl' for queue 'q' in vhost '/': must be from 0 to 315360000000, not -1",
    ],
    [
      { "x-message-ttl": "60000" },
      "invalid arg 'x-message-ttl' for queue 'q' in vhost '/': must be an integer, not a string",
    ],
    [{ "x-expires": 0 }, "invalid arg 'x-expires' for queue 'q' in vhost '/': must be from 1 to 315360000000, not 0"],
    [
      { "x-max-priority": 256 },
      "invalid arg 'x-max-priority' for queue 'q' in vhost '/': must be from 0 to 255, not 256",
    ],
    [
      { "x-overflow": "drop" },
      "invalid arg 'x-overflow' for queue 'q' in vhost '/': must be one of drop-head, reject-publish, reject-publish-dlx, not 'drop'",
    ],
    [
      { "x-dead-letter-routing-key": "k" },
      "invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': needs x-dead-letter-exchange too",
    ],
    [{ "x-rate-limit": 0 }, "invalid arg 'x-rate-limit' for queue 'q' in vhost '/': must be from 1 to 1000000, not 0"],
    [{ "x-rate-burst": 5 }, "invalid arg 'x-rate-burst' for queue 'q' in vhost '/': needs x-rate-limit too"],
    [
      { "x-ordered-groups": true, "x-max-priority": 3 },
      "invalid arg 'x-ordered-groups' for queue 'q' in vhost '/': can't be had together with x-max-priority",
    ],
    [
      { "x-ordered-groups": "yes" },
      "invalid arg 'x-ordered-groups' for queue 'q' in vhost '/': must be true or false, not a string",
    ],
  ])("%j is refused", (given, message) => {
    expect(() => limits(given)).toThrow(expect.objectContaining({ code: "precondition-failed", message }));
  });

  test("streams are refused clearly", () => {
    expect(() => limits({ "x-queue-type": "stream" })).toThrow(expect.objectContaining({ code: "not-implemented" }));
  });

  test("a quorum queue is durable and shared", () => {
    const quorum = limits({ "x-queue-type": "quorum" });
    const traits = { durable: true, exclusive: false, autoDelete: false };
    expect(() => checkQueueTraits(quorum, traits, queue)).not.toThrow();
    expect(() => checkQueueTraits(quorum, { ...traits, durable: false }, queue)).toThrow(/non-durable/);
    expect(() => checkQueueTraits(quorum, { ...traits, exclusive: true }, queue)).toThrow(/exclusive-owner/);
  });

  test("time to live is the lower of the two", () => {
    expect(messageTtl({ messageTtlMs: 100 }, 50)).toBe(50);
    expect(messageTtl({ messageTtlMs: 100 }, null)).toBe(100);
    expect(messageTtl({ messageTtlMs: null }, 50)).toBe(50);
    expect(messageTtl({ messageTtlMs: null }, null)).toBeNull();
  });

  test("expiration is digits", () => {
    expect(expirationMs(undefined)).toBeNull();
    expect(expirationMs("0")).toBe(0);
    expect(expirationMs("+05")).toBe(5);
    for (const bad of ["", "-1", "1.5", "1e3", " 5", "315360000001", "soon"]) {
      expect(() => expirationMs(bad)).toThrow(expect.objectContaining({ code: "precondition-failed" }));
    }
  });

  test("rank: the highest priority is served first", () => {
    expect([0, 5, 10, 200, undefined].map((priority) => rankOf({ maxPriority: 10 }, priority))).toEqual([
      10, 5, 0, 0, 10,
    ]);
    expect(rankOf({ maxPriority: null }, 7)).toBe(0);
  });
});

describe("declaring again", () => {
  const declared = { durable: true, autoDelete: false, arguments: fromPlain({ "x-max-length": 10 }) };
  const again = (change: object) => () => checkQueueEquivalence(queue, declared, { ...declared, ...change });

  test("the same is fine, also with another integer width, unknown arguments, and the type said", () => {
    expect(again({})).not.toThrow();
    expect(again({ arguments: fromPlain({ "x-max-length": { "!int8": 10 }, "x-note": "new" }) })).not.toThrow();
    expect(again({ arguments: fromPlain({ "x-max-length": 10, "x-queue-type": "classic" }) })).not.toThrow();
  });

  test.each<[object, string]>([
    [
      { durable: false },
      "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
    ],
    [
      { arguments: fromPlain({ "x-max-length": 11 }) },
      "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received '11' but current is '10'",
    ],
    [
      { arguments: fromPlain({}) },
      "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received none but current is the value '10' of type 'long'",
    ],
  ])("%j", (change, message) => {
    expect(again(change)).toThrow(expect.objectContaining({ code: "precondition-failed", message }));
  });

  test("exchanges compare their type first", () => {
    const exchange = { ...declared, type: "topic" as const, internal: false };
    expect(() =>
      checkExchangeEquivalence({ vhost: "/", name: "x" }, exchange, { ...exchange, type: "direct" }),
    ).toThrow("inequivalent arg 'type' for exchange 'x' in vhost '/': received 'direct' but current is 'topic'");
  });
});

describe("names", () => {
  test("limits", () => {
    expect(() => checkName("queue", "ü".repeat(127))).not.toThrow();
    expect(() => checkName("queue", "ü".repeat(128))).toThrow(/256 bytes long/);
    for (const bad of ["", "a\0b", "a\nb", "\udcff"]) expect(() => checkName("queue", bad)).toThrow();
    expect(() => checkRoutingKey("")).not.toThrow();
    expect(() => checkRoutingKey("x".repeat(256))).toThrow(/256 bytes/);
  });

  test("amq. is reserved; made-up names are new each time", () => {
    expect(() => checkNotReserved("exchange", "amq.mine")).toThrow(
      "exchange name 'amq.mine' contains reserved prefix 'amq.*'",
    );
    expect(generateQueueName()).toMatch(/^amq\.gen-[\w-]{22}$/);
    expect(generateQueueName()).not.toBe(generateQueueName());
  });
});
