import { afterAll, beforeAll, expect, test } from "vitest";
import type { Given } from "@/lib/broker/broker";
import {
  type Cluster,
  type ClusterNode,
  createCluster,
  declare,
  neverTells,
  settle,
  tester,
} from "@/test/engine/core/cluster";

/** What one node does not know of what others have stored; see decision 180. */
let cluster: Cluster;
let here: ClusterNode;
let dying: ClusterNode;
beforeAll(async () => {
  cluster = await createCluster(2);
  [here, dying] = cluster.nodes as [ClusterNode, ClusterNode];
  neverTells(dying);
});
afterAll(() => cluster.close());

/** Takes and acknowledges what comes, also before it is stored. */
function consume(queue: string) {
  const seen: string[] = [];
  const ended = new AbortController();
  const take = (messages: readonly Given[]) => {
    for (const { body, receipt } of messages) {
      seen.push(Buffer.from(body).toString());
      if (receipt !== null) void here.broker.settle(tester, [{ receipt, outcome: { kind: "ack" } }]);
    }
  };
  const waitingSince = performance.now();
  const straight = { room: () => 100, pace: () => null, take };
  const work = (async () => {
    while (!ended.signal.aborted) {
      const found = await here.broker.lease(tester, {
        ...{ vhost: "/", queue, max: 100, visibilityTimeoutMs: 60_000, waitMs: 20_000, waitingSince, autoAck: false },
        ...{ room: () => 100, straight, boundToNode: true, countAs: "deliver", signal: ended.signal },
      });
      seen.push(...found.map(({ body }) => Buffer.from(body).toString()));
      await settle(here.broker, found, { kind: "ack" });
    }
  })();
  return {
    seen,
    end: () => {
      ended.abort();
      return work;
    },
  };
}

function publish({ broker }: ClusterNode, queue: string, body: string, connectedSince: number) {
  const message = {
    vhost: "/",
    exchange: "",
    routingKey: queue,
    properties: { deliveryMode: 2 },
    body: Buffer.from(body),
  };
  return broker.publish(tester, { ...message, unnumbered: true, connectedSince });
}

test("who published over a node that died, and comes here, does not pass what he sent before", async () => {
  const queue = await declare(here.broker, "lane");
  const began = performance.now();
  const { seen, end } = consume(queue);
  for (let round = 0; round < 3; round++) {
    await expect.poll(async () => (await publish(here, queue, "warm-up", began)).messageId).toBeNull();
    await expect.poll(async () => (await here.broker.getQueue(tester, "/", queue)).counts.unacknowledged).toBe(0);
    // The consumer looks for itself once a second at most by now.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    seen.length = 0;
    await publish(dying, queue, "there", performance.now());
    const { messageId } = await publish(here, queue, "here", performance.now());
    expect(messageId).not.toBeNull();
    await expect.poll(() => seen).toEqual(["there", "here"]);
  }
  await end();
});

test("who consumed over another node, and comes here, is not before what he gave back there", async () => {
  const queue = await declare(here.broker, "back");
  const first = consume(queue);
  await expect.poll(async () => (await publish(here, queue, "warm-up", 0)).messageId).toBeNull();
  await first.end();
  await publish(dying, queue, "there", 0);
  const { seen, end } = consume(queue);
  // It waits now, and would first look for itself after 50 ms.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await publish(here, queue, "here", 0);
  await expect.poll(() => seen).toEqual(["there", "here"]);
  await end();
});
