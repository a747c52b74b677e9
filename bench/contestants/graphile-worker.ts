import * as included from "graphile-worker";
import pg from "pg";
import type { ConsumeOptions, Consumption, Contestant } from "@/bench/contestants/contestant";
import { importPeer } from "@/bench/contestants/peers";
import type { Meter } from "@/bench/meter";

const task = "bench";

/**
 * graphile-worker with what its page on performance recommends: a local queue, and completions in batches
 * (https://worker.graphile.org/docs/performance).
 * @param folder that holds a newer version; null: the one that Warren brings
 */
export async function openGraphileWorker(
  folder: string | null,
  connectionString: string,
  meter: Meter,
): Promise<Contestant> {
  const worker = folder === null ? included : await importPeer<typeof included>(folder, "graphile-worker");
  const pgPool = new pg.Pool({ connectionString, max: 20 });
  // Without listeners of its own it warns.
  pgPool.on("error", (error) => console.error("graphile-worker:", error));
  pgPool.on("connect", (client) => client.on("error", () => {}));
  const utils = await worker.makeWorkerUtils({ pgPool, logger: silentOf(worker) });
  await utils.migrate();
  return {
    name: "graphile-worker",
    empty: async () => {
      await meter.query("truncate graphile_worker._private_jobs");
    },
    publish: async (body) => {
      await utils.addJob(task, { body });
    },
    publishBatch: async (bodies) => {
      await utils.addJobs(bodies.map((body) => ({ identifier: task, payload: { body } })));
    },
    consume: (options) => consume(worker, pgPool, options),
    close: async () => {
      await utils.release();
      await pgPool.end();
    },
  };
}

function silentOf(worker: typeof included): included.Logger {
  return new worker.Logger(() => () => {});
}

async function consume(
  worker: typeof included,
  pgPool: pg.Pool,
  { consumers, batch, onMessage, onDone }: ConsumeOptions,
): Promise<Consumption> {
  const runner = await worker.run({
    pgPool,
    logger: silentOf(worker),
    noHandleSignals: true,
    // One that works on single jobs side by side does what others do with batches.
    concurrency: Math.max(consumers, Math.min(batch, 24)),
    preset: {
      worker: {
        pollInterval: 1000,
        ...(batch > 1 && { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }),
      },
    },
    taskList: {
      [task]: (payload) => {
        onMessage((payload as { body: string }).body);
      },
    },
  });
  // With completions in batches the event comes when a job has run; what is still to be written ends with stop().
  runner.events.on("job:complete", () => onDone(1));
  return { stop: () => runner.stop() };
}
