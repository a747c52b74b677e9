import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { receiptOf } from "@/lib/engine/lease/receipt";
import {
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
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

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;

describe("a lease", () => {
  test("keeps a message from others until it is settled", async () => {
    const queue = await declare(broker(), "held");
    await publish(broker(), queue, "a");
    const [message] = await lease(broker(), queue);
    expect(message).toMatchObject({ redelivered: false, deliveryCount: 0, remaining: 0, bodySize: 1, exchange: "" });
    expect(await lease(other(), queue)).toEqual([]);
    expect(await settle(other(), message ? [message] : [], { kind: "ack" })).toEqual(["settled"]);
    expect(await settle(other(), message ? [message] : [], { kind: "ack" })).toEqual(["gone"]);
    expect((await broker().getQueue(tester, "/", queue)).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  });

  test("runs out: the message returns, redelivered and counted, and the old holder can settle nothing", async () => {
    const queue = await declare(broker(), "overdue");
    await publish(broker(), queue, "a");
    const late = await lease(broker(), queue, { visibilityTimeoutMs: 50 });
    const again = await lease(other(), queue, { waitMs: 20_000 });
    expect(again[0]).toMatchObject({ redelivered: true, deliveryCount: 1 });
    for (const kind of ["ack", "requeue", "reject"] as const) {
      expect(await settle(broker(), late, { kind })).toEqual(["gone"]);
    }
    expect(await broker().extendLease(tester, late[0]?.receipt ?? "", 1000)).toEqual({
      result: "gone",
      leasedUntil: null,
    });
    expect(await settle(other(), again, { kind: "ack" })).toEqual(["settled"]);
  });

  test("settles nothing once it has run out, also before anybody took notice", async () => {
    const alone = await createCluster(1, { duties: false });
    try {
      const queue = await declare(alone.broker, "unnoticed");
      await publish(alone.broker, queue, "a");
      const late = await lease(alone.broker, queue, { visibilityTimeoutMs: 20 });
      await pause(40);
      expect(await settle(alone.broker, late, { kind: "ack" })).toEqual(["gone"]);
    } finally {
      await alone.close();
    }
  });

  test("can be prolonged", async () => {
    const queue = await declare(broker(), "prolonged");
    await publish(broker(), queue, "a");
    const [message] = await lease(broker(), queue, { visibilityTimeoutMs: 6000 });
    const { result, leasedUntil } = await broker().extendLease(tester, message?.receipt ?? "", 60_000);
    expect(result).toBe("extended");
    expect((leasedUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(30_000);
    await pause(6200);
    expect(await lease(other(), queue)).toEqual([]);
  });

  test("needs a receipt that was given out", async () => {
    const queue = await declare(broker(), "guarded");
    await publish(broker(), queue, "a");
    const [message] = await lease(broker(), queue);
    const [queueId, rank, seq] = (message?.receipt ?? "").split(".").map((part) => Number.parseInt(part, 36));
    const forged = receiptOf({ queueId: queueId ?? 0, rank: rank ?? 0, seq: seq ?? 0, token: 12345 });
    expect(await broker().settle(tester, [{ receipt: forged, outcome: { kind: "ack" } }])).toEqual([
      { receipt: forged, result: "gone" },
    ]);
    for (const receipt of ["", "x", "1.2.3", "1.0.zzzzzzzzzzzz.1", "'; drop table warren.entry; --"]) {
      expect(await codeOf(broker().settle(tester, [{ receipt, outcome: { kind: "ack" } }]))).toBe("bad-request");
    }
    expect(await settle(broker(), message ? [message, message] : [], { kind: "ack" })).toEqual(["settled", "gone"]);
  });

  test("refuses numbers out of their range, and queues that aren't there", async () => {
    const queue = await declare(broker(), "ranges");
    for (const request of [{ max: 0 }, { max: 1001 }, { max: 1.5 }, { visibilityTimeoutMs: -1 }, { waitMs: 20_001 }]) {
      expect(await codeOf(lease(broker(), queue, request))).toBe("bad-request");
    }
    expect(await codeOf(lease(broker(), "nowhere"))).toBe("not-found");
    expect(await codeOf(lease(broker(), queue, { vhost: "nowhere" }))).toBe("not-found");
  });

  test("that acknowledges by itself leaves nothing behind", async () => {
    const queue = await declare(broker(), "taken");
    await publish(broker(), queue, "a");
    await publish(broker(), queue, "b");
    const taken = await lease(broker(), queue, { autoAck: true, max: 1, countAs: "get" });
    expect(bodies(taken)).toEqual(["a"]);
    expect(taken[0]).toMatchObject({ receipt: null, leasedUntil: null, remaining: 1 });
    const status = await broker().getQueue(tester, "/", queue);
    expect(status.counts).toMatchObject({ ready: 1, unacknowledged: 0, readyBytes: 1 });
    expect(status.totals).toMatchObject({ publish: 2, getNoAck: 1, ack: 0 });
  });
});

describe("waiting for a message", () => {
  test("ends when one comes, from whichever node", async () => {
    const queue = await declare(broker(), "awaited");
    for (const publisher of [broker(), other()]) {
      const waiting = lease(broker(), queue, { waitMs: 10_000, autoAck: true });
      await pause(300);
      await publish(publisher, queue, "a");
      expect(bodies(await waiting)).toEqual(["a"]);
    }
  });

  test("ends after its time, and when it is called off", async () => {
    const queue = await declare(broker(), "awaited in vain");
    const begun = performance.now();
    expect(await lease(broker(), queue, { waitMs: 200 })).toEqual([]);
    expect(performance.now() - begun).toBeGreaterThan(190);
    const calledOff = new AbortController();
    const waiting = lease(broker(), queue, { waitMs: 20_000, signal: calledOff.signal });
    await pause(100);
    calledOff.abort();
    expect(await waiting).toEqual([]);
  });

  test("ends with not-found when the queue is deleted", async () => {
    const queue = await declare(broker(), "deleted while awaited");
    const waiting = codeOf(lease(broker(), queue, { waitMs: 20_000 }));
    await pause(100);
    await other().deleteQueue(tester, "/", queue, { ifUnused: false, ifEmpty: false });
    expect(await waiting).toBe("not-found");
  });

  test("many wait, and each message goes to one of them", async () => {
    const queue = await declare(broker(), "shared");
    const waiting = Array.from({ length: 20 }, (_, n) =>
      lease(n % 2 === 0 ? broker() : other(), queue, { max: 1, waitMs: 10_000, autoAck: true }),
    );
    await pause(100);
    const sent = Array.from({ length: 20 }, (_, n) => String(n));
    await Promise.all(sent.map((body) => publish(broker(), queue, body)));
    const got = (await Promise.all(waiting)).flatMap(bodies);
    expect(got.sort()).toEqual(sent.sort());
  });
});

describe("giving back", () => {
  test("restores the original place, and marks it as redelivered", async () => {
    const queue = await declare(broker(), "returned");
    for (const body of ["a", "b", "c"]) await publish(broker(), queue, body);
    const messages = await lease(broker(), queue, { max: 2 });
    await settle(broker(), messages.toReversed(), { kind: "requeue", counts: false });
    const again = await lease(other(), queue);
    expect(bodies(again)).toEqual(["a", "b", "c"]);
    expect(again.map(({ redelivered, deliveryCount }) => [redelivered, deliveryCount])).toEqual([
      [true, 0],
      [true, 0],
      [false, 0],
    ]);
  });

  test("thousands of them come back", async () => {
    const queue = await declare(broker(), "thousands");
    const sent = Array.from({ length: 10_000 }, (_, n) => String(n));
    for (let n = 0; n < sent.length; n += 2_000) {
      await Promise.all(sent.slice(n, n + 2_000).map((body) => publish(broker(), queue, body)));
    }
    const held: Leased[] = [];
    while (held.length < sent.length) held.push(...(await lease(broker(), queue, { max: 1_000 })));
    // Comparing each with each took longer than a test may.
    for (let n = 0; n < held.length; n += 1_000) {
      await settle(cluster.broker, held.slice(n, n + 1_000), { kind: "requeue", counts: false });
    }
    const { counts } = await broker().getQueue(tester, "/", queue);
    expect(counts).toMatchObject({ ready: sent.length, unacknowledged: 0 });
    expect(bodies(await lease(broker(), queue, { max: 3, autoAck: true }))).toEqual(["0", "1", "2"]);
    await broker().purgeQueue(tester, "/", queue);
  });

  test("with a delay makes it wait, and counts it as delayed", async () => {
    const queue = await declare(broker(), "delayed");
    await publish(broker(), queue, "a");
    const held = await lease(broker(), queue);
    const begun = performance.now();
    await settle(broker(), held, { kind: "requeue", delayMs: 3000 });
    expect((await broker().getQueue(tester, "/", queue)).counts).toMatchObject({ ready: 0, delayed: 1 });
    expect(await lease(broker(), queue)).toEqual([]);
    expect(bodies(await lease(broker(), queue, { waitMs: 20_000 }))).toEqual(["a"]);
    expect(performance.now() - begun).toBeGreaterThan(3000);
  });
});

test("priorities: the highest first, and in their order among equals; above the maximum counts as the maximum", async () => {
  const queue = await declare(broker(), "urgent", { "x-max-priority": 5 });
  const sent: [string, number | undefined][] = [
    ["none", undefined],
    ["one", 1],
    ["nine", 9],
    ["five", 5],
    ["zero", 0],
    ["another one", 1],
  ];
  for (const [body, priority] of sent) {
    await publish(broker(), queue, body, priority === undefined ? {} : { priority });
  }
  const first = await lease(broker(), queue, { max: 4 });
  expect(bodies(first)).toEqual(["nine", "five", "one", "another one"]);
  await settle(broker(), first.slice(2, 3), { kind: "requeue" });
  await publish(broker(), queue, "three", { priority: 3 });
  expect(bodies(await lease(broker(), queue))).toEqual(["three", "one", "none", "zero"]);
  await expectTrueCounts(cluster);
});
