import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bodies, type Cluster, createCluster, declare, lease, settle, tester } from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(async () => {
  await expectTrueCounts(cluster);
  await cluster.close();
});

/** Around the size from which bodies are sent from where they lie, and far above it. */
const sizes = [0, 10, 4095, 4096, 4097, 0, 70_000, 1, 1_500_000, 4096, 65_536, 3];

test("bodies small and large that go together arrive byte by byte, at the node that stored them and at another", async () => {
  const [near, far] = cluster.nodes.map(({ broker }) => broker);
  if (!near || !far) throw new Error("two nodes are needed");
  const queue = await declare(near, "sizes");
  const sent = sizes.map((size) => randomBytes(size));
  for (const reader of [near, far]) {
    const outcomes = await Promise.all(
      sent.map((body, index) =>
        near.publish(tester, {
          vhost: "/",
          exchange: "",
          routingKey: queue,
          properties: { messageId: String(index) },
          body,
        }),
      ),
    );
    expect(outcomes.every(({ routed }) => routed)).toBe(true);
    const taken = await lease(reader, queue, { autoAck: true, max: 100 });
    expect(taken.map(({ properties }) => properties.messageId)).toEqual(sent.map((_, index) => String(index)));
    expect(taken.map(({ body }, index) => Buffer.compare(body, sent[index] ?? Buffer.alloc(0)))).toEqual(
      sent.map(() => 0),
    );
  }
});

test("what the database refuses of a large body's company is refused alone", async () => {
  const queue = await declare(cluster.broker, "refused");
  const publish = (exchange: string, body: Buffer) =>
    cluster.broker.publish(tester, { vhost: "/", exchange, routingKey: queue, properties: {}, body });
  const outcomes = await Promise.allSettled([
    publish("", randomBytes(100_000)),
    publish("nowhere", randomBytes(100_000)),
    publish("", randomBytes(5_000)),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const taken = await lease(cluster.broker, queue, { autoAck: true, max: 10 });
  expect(taken.map(({ body }) => body.length)).toEqual([100_000, 5_000]);
});

test("messages that are gone as they are taken are whole, whether this node stored them, another did, or they died", async () => {
  const [near, far] = cluster.nodes.map(({ broker }) => broker);
  if (!near || !far) throw new Error("two nodes are needed");
  const queue = await declare(near, "mixed");
  const source = await declare(near, "source", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": queue });
  // From now on this node keeps what it stores for the queue.
  expect(await lease(near, queue, { autoAck: true })).toEqual([]);
  const publish = (by: typeof near, to: string, body: string) =>
    by.publish(tester, { vhost: "/", exchange: "", routingKey: to, properties: {}, body: Buffer.from(body) });
  for (const body of ["near 1", "near 2"]) await publish(near, queue, body);
  await publish(far, queue, "far");
  await publish(near, source, "dead");
  expect(await settle(near, await lease(near, source, {}), { kind: "reject" })).toEqual(["settled"]);
  await publish(near, queue, "near 3");

  const taken = await lease(near, queue, { autoAck: true, max: 10 });
  expect(bodies(taken)).toEqual(["near 1", "near 2", "far", "dead", "near 3"]);
  expect(taken.map(({ properties }) => properties.headers?.has("x-death") ?? false)).toEqual([
    false,
    false,
    false,
    true,
    false,
  ]);
});
