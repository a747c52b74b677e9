import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import {
  bind,
  bodies,
  type Cluster,
  codeOf,
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

const broker = () => cluster.broker;
const delayed = (ms: unknown, more: object = {}) => ({
  deliveryMode: 2,
  headers: fromPlain({ "x-delay": ms }),
  ...more,
});
const countsOf = async (queue: string) => (await broker().getQueue(tester, "/", queue)).counts;

async function takeUntil(queue: string, count: number): Promise<string[]> {
  const got: string[] = [];
  while (got.length < count) got.push(...bodies(await lease(broker(), queue, { waitMs: 5000, autoAck: true })));
  return got;
}

describe("a message that is published with x-delay", () => {
  test("is counted as delayed, can be seen, and is delivered when its time has come, not before", async () => {
    const queue = await declare(broker(), "later");
    const begun = performance.now();
    await publish(broker(), queue, "a", delayed(3000));
    expect(await countsOf(queue)).toMatchObject({ ready: 0, delayed: 1, readyBytes: 0 });
    await expectTrueCounts(cluster);
    expect(await lease(broker(), queue)).toEqual([]);
    const page = { vhost: "/", queue, order: "oldest", limit: 10, bodyLimit: 10 } as const;
    const [seen] = (await broker().peek(tester, page)).items;
    expect(seen).toMatchObject({ state: "delayed" });
    expect((seen?.availableAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(100);
    const [message] = await lease(broker(), queue, { waitMs: 5000 });
    expect(performance.now() - begun).toBeGreaterThan(2990);
    expect(message).toMatchObject({ redelivered: false, deliveryCount: 0 });
    expect(message?.properties.headers?.get("x-delay")).toEqual({ t: "I", v: -3000 });
    expect(await settle(broker(), message ? [message] : [], { kind: "ack" })).toEqual(["settled"]);
    await expectTrueCounts(cluster);
  });

  test("comes in the order in which it is due, behind what is there by then", async () => {
    const queue = await declare(broker(), "in order");
    await publish(broker(), queue, "third", delayed(3000));
    await publish(broker(), queue, "second", delayed(1000));
    await publish(broker(), queue, "fourth", delayed(3000));
    await publish(broker(), queue, "first");
    expect(await takeUntil(queue, 4)).toEqual(["first", "second", "third", "fourth"]);
  });

  test("is delayed in every queue that it goes to, with what goes there at once in the same flush", async () => {
    await declareExchange(broker(), "all", "fanout");
    const queues = await Promise.all(["left", "right"].map((name) => declare(broker(), name)));
    for (const queue of queues) await bind(broker(), "all", queue);
    const to = { exchange: "all", routingKey: "" };
    await Promise.all([publish(broker(), to, "now"), publish(broker(), to, "late", delayed(300))]);
    for (const queue of queues) expect(await takeUntil(queue, 2)).toEqual(["now", "late"]);
  });

  test("keeps its priority, its time to live begins when it is ready, and takes no room before", async () => {
    const queue = await declare(broker(), "limited", { "x-max-priority": 9, "x-max-length": 3 });
    await publish(broker(), queue, "low", delayed(3000));
    await publish(broker(), queue, "high", delayed(3050, { priority: 9, expiration: "60000" }));
    await publish(broker(), queue, "short", delayed(3000, { expiration: "1" }));
    expect(await countsOf(queue)).toMatchObject({ ready: 0, delayed: 3 });
    await pause(3100);
    await expect.poll(async () => (await countsOf(queue)).delayed).toBe(0);
    await pause(10);
    expect(bodies(await lease(broker(), queue, { autoAck: true }))).toEqual(["high", "low"]);
    expect(await countsOf(queue)).toMatchObject({ ready: 0, delayed: 0 });
  });

  test("goes with its queue", async () => {
    const queue = await declare(broker(), "deleted");
    await publish(broker(), queue, "a", delayed(60_000));
    await broker().deleteQueue(tester, "/", queue, { ifUnused: false, ifEmpty: false });
    await declare(broker(), queue);
    expect(await countsOf(queue)).toMatchObject({ ready: 0, delayed: 0 });
  });

  test("given back with a delay it keeps its place and its count", async () => {
    const queue = await declare(broker(), "again");
    await publish(broker(), queue, "a", delayed(50));
    const first = await lease(broker(), queue, { waitMs: 5000 });
    await publish(broker(), queue, "b");
    await settle(broker(), first, { kind: "requeue", delayMs: 50 });
    await pause(400);
    const again = await lease(broker(), queue, { waitMs: 5000 });
    expect(bodies(again)).toEqual(["a", "b"]);
    expect(again[0]).toMatchObject({ redelivered: true, deliveryCount: 1 });
  });

  test("refuses what is no time", async () => {
    const queue = await declare(broker(), "odd");
    expect(await codeOf(publish(broker(), queue, "a", delayed("soon")))).toBe("precondition-failed");
    await publish(broker(), queue, "b", delayed(-5));
    expect(bodies(await lease(broker(), queue))).toEqual(["b"]);
  });
});

test("connections die while messages fall due: each comes once", async () => {
  const queue = await declare(broker(), "stormy");
  const sent = Array.from({ length: 400 }, (_, n) => String(n));
  await Promise.all(sent.map((body, n) => publish(broker(), queue, body, delayed(200 + n * 4))));
  const killing = (async () => {
    for (let n = 0; n < 25; n++) {
      await pause(80);
      await cluster.killConnection();
    }
  })();
  await Promise.all([killing, pause(2200)]);
  // Asking may still come upon a connection that was killed.
  await expect.poll(async () => (await countsOf(queue)).delayed, { timeout: 20_000, interval: 100 }).toBe(0);
  const got: string[] = [];
  for (;;) {
    const some = bodies(await lease(broker(), queue, { max: 1000, autoAck: true }));
    if (some.length === 0) break;
    got.push(...some);
  }
  expect(got.toSorted()).toEqual(sent.toSorted());
  await expectTrueCounts(cluster);
});
