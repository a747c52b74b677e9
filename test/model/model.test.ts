import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { commands } from "@/test/model/commands";
import { type EngineForTest, engineForTest } from "@/test/model/engine-for-test";
import { World } from "@/test/model/world";

/** How many random sequences; WARREN_MODEL_RUNS raises it. A failure prints its seed and path for WARREN_MODEL_SEED. */
const runs = Number(process.env.WARREN_MODEL_RUNS ?? 100);
const seed = process.env.WARREN_MODEL_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.WARREN_MODEL_SEED);
const maxCommands = 60;

let engine: EngineForTest;
beforeAll(async () => {
  engine = await engineForTest({ duties: false });
});
afterAll(() => engine?.close());

test(`the engine does what the model does, in ${runs} random sequences (seed ${seed})`, async () => {
  let worlds = 0;
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(commands(maxCommands), async (sequence) => {
      const world = new World(engine, `model-${++worlds}`);
      try {
        await world.setUp();
        await fc.asyncModelRun(() => ({ model: world, real: world }), sequence);
        steps += [...sequence].length;
      } finally {
        await engine.broker.deleteVhost(systemActor, world.vhost);
      }
    }),
    { numRuns: runs, seed, endOnFailure: process.env.WARREN_MODEL_SHRINK === "0", verbose: 1 },
  );
  expect(steps).toBeGreaterThan(runs);
  expect(engine.errors).toEqual([]);
}, 1_800_000);
