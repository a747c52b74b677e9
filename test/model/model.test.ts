import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "@/test/model/commands";
import { NodesForTest } from "@/test/model/nodes-for-test";
import { World } from "@/test/model/world";

/** How many random sequences; WARREN_MODEL_RUNS raises it. A failure prints its seed and path for WARREN_MODEL_SEED. */
const runs = Number(process.env.WARREN_MODEL_RUNS ?? 500);
const seed = process.env.WARREN_MODEL_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.WARREN_MODEL_SEED);
/** One in so many sequences is long. */
const longOnes = 8;

let nodes: NodesForTest;
beforeAll(async () => {
  nodes = await NodesForTest.start(2);
});
afterAll(() => nodes?.close());

test(`the engine does what the model does, in ${runs} random sequences (seed ${seed})`, async () => {
  let worlds = 0;
  const did = new Map<string, number>();
  const sequences = fc.oneof({ weight: longOnes - 1, arbitrary: commands(20) }, { weight: 1, arbitrary: commands(60) });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const world = new World(nodes, `model-${++worlds}`);
      try {
        await world.setUp();
        await fc.asyncModelRun(() => ({ model: world, real: world }), sequence);
        for (const command of sequence) {
          const name = /^[^(]*/.exec(String(command))?.[0] ?? "";
          did.set(name, (did.get(name) ?? 0) + 1);
        }
      } finally {
        await nodes.clear(world.vhost);
      }
    }),
    { numRuns: runs, seed, endOnFailure: process.env.WARREN_MODEL_SHRINK === "0", verbose: 1 },
  );
  expect(nodes.errors).toEqual([]);
  const steps = [...did.values()].reduce((sum, count) => sum + count, 0);
  expect(steps).toBeGreaterThan(runs);
  if (runs >= 500)
    for (const name of ["stop node", "kill node", "restart postgres"]) expect(did.get(name), name).toBeGreaterThan(0);
}, 1_800_000);
