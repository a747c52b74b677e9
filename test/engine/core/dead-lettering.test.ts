import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { fromPlain, toPlain } from "@/lib/broker/properties/plain";
import { expiredMessages } from "@/lib/engine/duties/expiry";
import {
  bind,
  bodies,
  type Cluster,
  createCluster,
  declare,
  declareExchange,
  lease,
  pause,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());
afterEach(() => expectTrueCounts(cluster));

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
const to = (routingKey: string) => ({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": routingKey });

function headersOf(message: Leased | undefined): Record<string, unknown> {
  return message?.properties.headers ? (toPlain(message.properties.headers) as Record<string, unknown>) : {};
}

describe("a rejected message", () => {
  test("goes through the dead-letter exchange with its history, and its body stays where it is", async () => {
    const [grave, queue] = [await declare(broker(), "grave"), await declare(broker(), "work", to("grave"))];
    await bind(broker(), "amq.topic", queue, "a.*");
    const sent = await publish(broker(), { exchange: "amq.topic", routingKey: "a.b" }, "x", {
      deliveryMode: 2,
      headers: fromPlain({ CC: ["a.c"], mine: 1 }),
    });
    const error = { type: "TimeoutError", message: "nul \0 and \ud800" };
    await settle(broker(), await lease(broker(), queue), { kind: "reject", error });
    const [dead] = await lease(other(), grave);
    expect(dead).toMatchObject({ messageId: sent.messageId, exchange: "", routingKey: grave, redelivered: false });
    expect(headersOf(dead)).toMatchObject({
      mine: 1,
      "x-error-type": "TimeoutError",
      "x-first-death-queue": queue,
      "x-first-death-reason": "rejected",
      "x-first-death-exchange": "amq.topic",
      "x-last-death-queue": queue,
      "x-death": [{ queue, reason: "rejected", count: 1, exchange: "amq.topic", "routing-keys": ["a.b", "a.c"] }],
    });
    expect(headersOf(dead).CC).toBeUndefined();
    expect(await broker().countDeadLetters(tester, { vhost: "/", queue: grave })).toBe(1);
  });

  test("is counted up when it comes round again, most recent death first", async () => {
    const [first, second] = [
      await declare(broker(), "first", to("second")),
      await declare(broker(), "second", to("first")),
    ];
    await publish(broker(), first, "x");
    for (const queue of [first, second, first]) {
      await settle(broker(), await lease(broker(), queue, { waitMs: 1000 }), { kind: "reject" });
    }
    const [dead] = await lease(broker(), second);
    expect(headersOf(dead)["x-death"]).toMatchObject([
      { queue: first, reason: "rejected", count: 2 },
      { queue: second, reason: "rejected", count: 1 },
    ]);
  });

  test("without a dead-letter exchange, or with one that leads nowhere, is dropped into the trash and can come back", async () => {
    await declareExchange(broker(), "to nowhere", "fanout");
    const queues = [
      await declare(broker(), "no exchange"),
      await declare(broker(), "missing exchange", { "x-dead-letter-exchange": "missing" }),
      await declare(broker(), "empty exchange", { "x-dead-letter-exchange": "to nowhere" }),
    ];
    for (const queue of queues) {
      await publish(broker(), queue, queue);
      expect(await settle(broker(), await lease(broker(), queue), { kind: "reject" })).toEqual(["settled"]);
      expect(await lease(broker(), queue)).toEqual([]);
      const batch = (await broker().listTrash(tester, "/")).find((one) => one.queue === queue);
      expect(batch).toMatchObject({ action: "drop", count: 1, by: "system" });
      expect(await broker().restoreTrash(tester, batch?.id ?? "")).toEqual({ restored: 1 });
      expect(bodies(await lease(broker(), queue))).toEqual([queue]);
    }
  });

  test("goes to as many queues as the exchange says", async () => {
    await declareExchange(broker(), "graves", "fanout");
    const graves = [await declare(broker(), "grave 1"), await declare(broker(), "grave 2")];
    for (const grave of graves) await bind(broker(), "graves", grave);
    const queue = await declare(broker(), "mourned", { "x-dead-letter-exchange": "graves" });
    await Promise.all([..."abc"].map((body) => publish(broker(), queue, body)));
    await settle(broker(), await lease(broker(), queue), { kind: "reject" });
    for (const grave of graves) {
      const dead = await lease(broker(), grave);
      expect(bodies(dead)).toEqual(["a", "b", "c"]);
      expect(dead[0]?.routingKey).toBe(queue);
    }
  });
});

describe("time to live", () => {
  test("the lower of the queue's and the message's own counts; an expired message is dead-lettered, not delivered", async () => {
    const grave = await declare(broker(), "expired");
    const queue = await declare(broker(), "short-lived", { "x-message-ttl": 200, ...to(grave) });
    const longer = await declare(broker(), "long-lived", { "x-message-ttl": 60_000, ...to(grave) });
    await publish(broker(), queue, "queue's", { expiration: "60000" });
    await publish(broker(), longer, "own", { expiration: "100" });
    const dead = [
      ...(await lease(broker(), grave, { max: 1, waitMs: 5_000 })),
      ...(await lease(broker(), grave, { max: 1, waitMs: 5_000 })),
    ].sort((a, b) => a.bodySize - b.bodySize);
    expect(bodies(dead)).toEqual(["own", "queue's"]);
    expect(headersOf(dead[0])["x-death"]).toMatchObject([
      { queue: longer, reason: "expired", count: 1, "original-expiration": "100" },
    ]);
    expect(dead[0]?.properties.expiration).toBeUndefined();
    expect(await lease(broker(), queue)).toEqual([]);
  });

  test("the next one to end is known beforehand, so that it is not ended late", async () => {
    const context = (cluster.nodes[0] as Cluster["nodes"][number]).context;
    const queue = await declare(broker(), "soon ended");
    await publish(broker(), queue, "x", { expiration: "20000" });
    const pauseMs = await expiredMessages.run(context, new AbortController().signal);
    expect(pauseMs).toBeTypeOf("number");
    expect(pauseMs).toBeGreaterThan(0);
    expect(pauseMs).toBeLessThanOrEqual(20_000);
    await broker().deleteQueue(tester, "/", queue, { ifUnused: false, ifEmpty: false });
  });

  test("ends at the head only, and a lease meets no expired message", async () => {
    const queue = await declare(broker(), "mixed ages");
    await publish(broker(), queue, "lasting");
    await publish(broker(), queue, "fleeting", { expiration: "50" });
    await publish(broker(), queue, "last");
    await pause(600);
    expect((await broker().getQueue(tester, "/", queue)).counts.ready).toBe(3);
    expect(bodies(await lease(broker(), queue))).toEqual(["lasting", "last"]);
  });

  test("goes on while somebody holds the message", async () => {
    const grave = await declare(broker(), "too late");
    const queue = await declare(broker(), "slow work", to(grave));
    await publish(broker(), queue, "x", { expiration: "3000" });
    const held = await lease(broker(), queue);
    await pause(3200);
    await settle(broker(), held, { kind: "requeue" });
    expect(await lease(broker(), queue, { waitMs: 500 })).toEqual([]);
    expect(bodies(await lease(broker(), grave, { waitMs: 5_000 }))).toEqual(["x"]);
  });

  test("a circle of queues through which nobody rejects ends", async () => {
    await declare(broker(), "there", { "x-message-ttl": 50, ...to("back") });
    await declare(broker(), "back", { "x-message-ttl": 50, ...to("there") });
    await publish(broker(), "there", "x");
    for (const queue of ["there", "back"]) {
      await expect
        .poll(async () => (await broker().getQueue(tester, "/", queue)).counts)
        .toMatchObject({ ready: 0, unacknowledged: 0 });
    }
  });
});

describe("the delivery limit", () => {
  test("is exceeded by requeues that count, and by leases that run out", async () => {
    const grave = await declare(broker(), "poison");
    const queue = await declare(broker(), "limited", { "x-delivery-limit": 2, ...to(grave) });
    await publish(broker(), queue, "requeued");
    for (let n = 0; n < 2; n++) await settle(broker(), await lease(broker(), queue), { kind: "requeue" });
    await settle(broker(), await lease(broker(), queue), { kind: "requeue", counts: false });
    expect(await settle(other(), await lease(other(), queue), { kind: "requeue" })).toEqual(["settled"]);
    const [dead] = await lease(broker(), grave);
    expect(headersOf(dead)["x-death"]).toMatchObject([{ queue, reason: "delivery_limit", count: 1 }]);

    await publish(broker(), queue, "dropped");
    for (let n = 0; n < 3; n++) {
      const [held] = await lease(broker(), queue, { visibilityTimeoutMs: 20, waitMs: 5_000 });
      expect(held?.deliveryCount).toBe(n);
    }
    expect(bodies(await lease(broker(), grave, { waitMs: 5_000 }))).toEqual(["dropped"]);
  });
});

describe("length limits", () => {
  test("drop-head dead-letters what it drops; reject-publish-dlx what it refuses", async () => {
    const grave = await declare(broker(), "overflown");
    const dropping = await declare(broker(), "dropping", { "x-max-length": 1, ...to(grave) });
    const refuse = { "x-max-length": 1, "x-overflow": "reject-publish-dlx", ...to(grave) };
    const refusing = await declare(broker(), "refusing", refuse);
    for (const queue of [dropping, refusing]) {
      await publish(broker(), queue, `${queue} 1`);
      const second = await publish(broker(), queue, `${queue} 2`);
      expect(second.rejected).toEqual(queue === refusing ? [queue] : []);
    }
    const dead = await lease(broker(), grave);
    expect(bodies(dead)).toEqual(["dropping 1", "refusing 2"]);
    expect(dead.map((one) => headersOf(one)["x-first-death-reason"])).toEqual(["maxlen", "maxlen"]);
    expect(bodies(await lease(broker(), dropping))).toEqual(["dropping 2"]);
    expect(bodies(await lease(broker(), refusing))).toEqual(["refusing 1"]);
  });
});
