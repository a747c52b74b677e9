import { afterAll, beforeAll, expect, test } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import { Accounting } from "@/test/engine/core/accounting";
import {
  bind,
  bodies,
  type Cluster,
  type ClusterNode,
  createCluster,
  declare,
  declareExchange,
  lease,
  pause,
  publish,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

const millis = 6_000;
const queues = ["left", "right"] as const;
const visibilityTimeoutMs = 400;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(3);
  const { broker } = cluster;
  await declareExchange(broker, "in", "fanout");
  for (const queue of queues) {
    await declare(broker, `${queue}.dead`);
    const deadLetters = { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": `${queue}.dead` };
    await declare(broker, queue, { ...deadLetters, "x-delivery-limit": 4 });
    await bind(broker, "in", queue);
  }
});
afterAll(() => cluster.close());

/** A connection was lost before the answer came: what was asked for may or may not have been done. */
const isLost = (error: unknown) => isBrokerError(error) && error.code === "unavailable";

test("connections die all the time, and every confirmed message ends exactly once", { timeout: 300_000 }, async () => {
  const accounting = new Accounting();
  const confirmed = new Set<string>();
  const end = Date.now() + millis;
  let drained = false;

  const publishing = async (node: ClusterNode, name: string) => {
    for (let n = 0; Date.now() < end; n++) {
      const body = `${name}-${n}`;
      try {
        const { routed } = await publish(node.broker, { exchange: "in", routingKey: "" }, body);
        expect(routed).toBe(true);
        for (const queue of queues) confirmed.add(`${queue}/${body}`);
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    }
  };

  const settleOne = async (node: ClusterNode, copy: string, message: Leased) => {
    const receipt = message.receipt ?? "";
    const dice = Math.random();
    // Some workers just die: their lease runs out.
    if (dice < 0.05) return;
    const kind = dice < 0.2 ? "requeue" : dice < 0.3 ? "reject" : "ack";
    if (kind !== "ack") accounting.letGo(copy);
    try {
      const [result] = await node.broker.settle(tester, [{ receipt, outcome: { kind } }]);
      if (kind === "ack" && result?.result === "settled") accounting.acknowledged(copy, "known");
    } catch (error) {
      if (!isLost(error)) throw error;
      // From here on it may be delivered again at once.
      accounting.letGo(copy);
      if (kind === "ack") accounting.acknowledged(copy, "unknown");
    }
  };

  const consuming = async (node: ClusterNode, queue: string) => {
    while (!drained) {
      try {
        const messages = await lease(node.broker, queue, { max: 20, visibilityTimeoutMs, waitMs: 200 });
        for (const message of messages) accounting.delivered(`${queue}/${bodies([message])[0]}`, message);
        await Promise.all(messages.map((message) => settleOne(node, `${queue}/${bodies([message])[0]}`, message)));
      } catch (error) {
        if (!isLost(error)) throw error;
        await pause(20);
      }
    }
  };

  const killing = async () => {
    while (Date.now() < end) {
      await pause(100);
      await cluster.killConnection();
    }
  };

  const waitingForTheEnd = async () => {
    await pause(millis);
    for (;;) {
      await pause(200);
      const [left] = await cluster.sql<{ count: number }>(
        `SELECT count(*)::integer AS count FROM warren.entry e JOIN warren.queue q ON q.id = e.queue_id
         WHERE q.name = ANY ($1)`,
        [queues],
      );
      if (left?.count === 0) break;
    }
    drained = true;
  };

  await Promise.all([
    ...cluster.nodes.flatMap((node, index) => [0, 1, 2].map((k) => publishing(node, `${index}.${k}`))),
    ...cluster.nodes.flatMap((node) => queues.map((queue) => consuming(node, queue))),
    killing(),
    waitingForTheEnd(),
  ]);

  for (const queue of queues) {
    for (;;) {
      const dead = await lease(cluster.broker, `${queue}.dead`, { max: 1000, autoAck: true });
      if (dead.length === 0) break;
      for (const body of bodies(dead)) accounting.buried(`${queue}/${body}`);
    }
  }
  accounting.check(confirmed);
  expect(accounting.violations).toEqual([]);
  expect(confirmed.size).toBeGreaterThan(100);
  await expectTrueCounts(cluster);
});
