import { afterAll, beforeAll, expect, test } from "vitest";
import { bodies, type Cluster, createCluster, declare, lease, publish, settle } from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const fill = (queue: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => publish(broker(), queue, String(n))));

test("two nodes together take no more than the burst at once, and the rate after it", async () => {
  const queue = await declare(broker(), "limited", { "x-rate-limit": 40, "x-rate-burst": 10 });
  await fill(queue, 300);
  const begun = performance.now();
  const takenAt: number[] = [];
  const consuming = async (node: number, waitMs: number) => {
    while (takenAt.length < 100) {
      const some = await lease(cluster.nodes[node]?.broker ?? broker(), queue, { max: 50, waitMs });
      for (const _ of some) takenAt.push(performance.now() - begun);
      await settle(broker(), some, { kind: "ack" });
    }
  };
  await Promise.all([consuming(0, 200), consuming(0, 500), consuming(1, 200), consuming(1, 500)]);
  const seconds = (performance.now() - begun) / 1000;
  expect(takenAt.length).toBeLessThanOrEqual(10 + 40 * seconds + 1);
  expect(takenAt.filter((at) => at < 1000).length).toBeLessThanOrEqual(10 + 40 + 1);
  await expectTrueCounts(cluster);
});

test("an idle queue saves up one burst, which is a second's worth unless it says otherwise", async () => {
  const queue = await declare(broker(), "saving", { "x-rate-limit": 5 });
  await fill(queue, 20);
  const begun = performance.now();
  expect(await lease(broker(), queue, { max: 20, autoAck: true })).toHaveLength(5);
  const more = await lease(broker(), queue, { max: 20, autoAck: true });
  expect(more.length).toBeLessThanOrEqual(Math.floor((5 * (performance.now() - begun)) / 1000));
  expect(await lease(broker(), queue, { max: 20, autoAck: true, waitMs: 5000 })).not.toEqual([]);
});

test("expired messages cost nothing, and groups keep their order", async () => {
  const queue = await declare(broker(), "mixed", { "x-rate-limit": 1, "x-rate-burst": 2, "x-ordered-groups": true });
  await publish(broker(), queue, "brief", { expiration: "1" });
  for (const body of ["a", "b", "c"]) await publish(broker(), queue, body);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const got: string[] = [];
  const begun = performance.now();
  while (got.length < 2) got.push(...bodies(await lease(broker(), queue, { autoAck: true })));
  got.push(...bodies(await lease(broker(), queue, { autoAck: true })));
  expect(got.length).toBeLessThanOrEqual(2 + Math.floor((performance.now() - begun) / 1000));
  expect(got).toEqual(["a", "b", "c"].slice(0, got.length));
});
