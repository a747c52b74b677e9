import PgBoss from "pg-boss";
import { batchesHeld, type ConsumeOptions, type Consumption, type Contestant } from "@/bench/contestants/contestant";
import { Window } from "@/bench/load";
import type { Meter } from "@/bench/meter";

const queue = "bench";

/** How long a consumer that found nothing waits, in ms; its own `work` waits for 500 at least. */
const pauseMs = 5;

/** pg-boss: `send` and `insert`, `fetch` and `complete` in batches; upkeep is off during the measurements. */
export async function openPgBoss(connectionString: string, meter: Meter): Promise<Contestant> {
  const boss = new PgBoss({ connectionString, max: 20, supervise: false, schedule: false });
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
    publishBatch: (bodies) => boss.insert(bodies.map((body) => ({ name: queue, data: { body } }))),
    consume: (options) => consume(boss, options),
    close: () => boss.stop({ graceful: false, wait: true }),
  };
}

async function consume(boss: PgBoss, { consumers, batch, onMessage, onDone }: ConsumeOptions): Promise<Consumption> {
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
