import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  bodies,
  type Cluster,
  type ClusterNode,
  createCluster,
  declare,
  lease,
  neverTells,
  pause,
  publish,
  settle,
} from "@/test/engine/core/cluster";

let cluster: Cluster;
let here: ClusterNode;
let silent: ClusterNode;
beforeAll(async () => {
  cluster = await createCluster(2);
  [here, silent] = cluster.nodes as [ClusterNode, ClusterNode];
  neverTells(silent);
});
afterAll(() => cluster.close());

test("consumers of queues that nobody uses ask nothing, and have what comes without a word", async () => {
  const names = ["a", "b", "c"];
  for (const name of names) await declare(here.broker, name);
  const seen: string[] = [];
  const ended = new AbortController();
  const consuming = names.map(async (name) => {
    while (!ended.signal.aborted) {
      const found = await lease(here.broker, name, { waitMs: 20_000, signal: ended.signal });
      seen.push(...bodies(found));
      await settle(here.broker, found, { kind: "ack" });
    }
  });
  const { queuesById } = await here.context.topology.fresh();
  const covered = () => [...queuesById.keys()].filter((id) => here.context.idle.covers(id)).length;
  await expect.poll(covered).toBe(names.length);

  const asked = vi.spyOn(here.context.database.relaxed, "pipeline");
  const looks = () => asked.mock.calls.filter(([[first]]) => first?.[0].name === "cursor_lock").length;
  await pause(3_000);
  expect(looks()).toBe(0);

  await publish(silent.broker, "b", "untold");
  await expect.poll(() => seen).toEqual(["untold"]);
  expect(looks()).toBeGreaterThan(0);
  ended.abort();
  await Promise.all(consuming);
});
