import PgBoss from "pg-boss";
import { batchesHeld, type ConsumeOptions, type Consumption, type Contestant } from "@/bench/contestants/contestant";
import { importPeer } from "@/bench/contestants/peers";
import { Window } from "@/bench/load";
import type { Meter } from "@/bench/meter";

const queue = "bench";

/** How long a consumer that found nothing waits, in ms; its own `work` waits for 500 at least. */
const pauseMs = 5;

/** Of version 11 and later: a class with a name, and a queue for all of a batch. */
interface Newer {
  readonly PgBoss: new (
    options: PgBoss.ConstructorOptions,
  ) => Omit<PgBoss, "insert"> & { insert(name: string, jobs: readonly { data: object }[]): Promise<unknown> };
}

/**
 * pg-boss: `send` and `insert`, `fetch` and `complete` in batches; upkeep is off during the measurements.
 * @param folder that holds a newer version; null: the one that Warren brings
 */
export async function openPgBoss(folder: string | null, connectionString: string, meter: Meter): Promise<Contestant> {
  const options = { connectionString, max: 20, supervise: false, schedule: false };
  if (folder === null) {
    const boss = new PgBoss(options);
    return contestant(boss, (jobs) => boss.insert(jobs.map((data) => ({ name: queue, data }))), meter);
  }
  const newer = await importPeer<Newer>(folder, "pg-boss");
  const boss = new newer.PgBoss(options);
  return contestant(
    boss,
    (jobs) =>
      boss.insert(
        queue,
        jobs.map((data) => ({ data })),
      ),
    meter,
  );
}

type Boss = Omit<PgBoss, "insert">;

async function contestant(
  boss: Boss,
  insert: (jobs: readonly { body: string }[]) => Promise<unknown>,
  meter: Meter,
): Promise<Contestant> {
  boss.on("error", (error) => console.error("pg-boss:", error));
  await boss.start();
  await boss.createQueue(queue);
  return {
    name: "pg-boss",
    empty: async () => {
      await meter.query("truncate pgboss.job");
    },
    publish: async (body) => {
      await boss.send(queue, { body });
    },
    publishBatch: async (bodies) => {
      await insert(bodies.map((body) => ({ body })));
    },
    consume: (options) => consume(boss, options),
    close: () => boss.stop({ graceful: false, wait: true }),
  };
}

async function consume(boss: Boss, { consumers, batch, onMessage, onDone }: ConsumeOptions): Promise<Consumption> {
  let stopped = false;
  const running = Array.from({ length: consumers }, async () => {
    const completing = new Window(batchesHeld);
    while (!stopped) {
      const jobs = await boss.fetch<{ body: string }>(queue, { batchSize: batch });
      if (jobs.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        continue;
      }
      for (const { data } of jobs) onMessage(data.body);
      const ids = jobs.map(({ id }) => id);
      await completing.add(boss.complete(queue, ids).then(() => onDone(ids.length)));
    }
    await completing.end();
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}
