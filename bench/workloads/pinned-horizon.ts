import { Client } from "pg";
import type { Bench, Participant, Workload } from "@/bench/bench";
import type { Contestant } from "@/bench/contestants/contestant";
import type { Measurement } from "@/bench/meter";
import { random, randomText } from "@/bench/random";
import { pacedFlow } from "@/bench/workloads/latency";

const rate = 2000;
const batch = 10;
const bodyBytes = 1024;

/** Times the usual length, since it is the growth that does harm. */
const longer = 6;

export const pinnedHorizon: Workload = {
  name: "pinned-horizon",
  number: "B6",
  title: `${rate} messages/s flow while a transaction holds the vacuum horizon, against the same without it`,
  run: async (bench) => {
    const text = randomText(bodyBytes, random(bench.options.seed));
    for (const contestant of bench.contestants.filter(({ name }) => name !== "limit")) {
      await bench.compare(
        contestant.name,
        [
          flow(bench, contestant, "clean", text),
          { name: "pinned", measure: () => pinned(bench, () => flow(bench, contestant, "pinned", text).measure()) },
        ],
        "clean",
      );
    }
  },
};

function flow(bench: Bench, contestant: Contestant, name: string, text: string): Participant {
  return {
    name,
    measure: async () => {
      await contestant.empty();
      const seconds = bench.options.seconds * longer;
      const measured = await bench.meter.measure(() => pacedFlow(contestant, { rate, seconds, batch, text }));
      return { ...measured, more: { "dead tuples": await deadTuples(bench) } };
    },
  };
}

/** Runs `work` while another session holds a snapshot from before it. */
async function pinned(bench: Bench, work: () => Promise<Measurement>): Promise<Measurement> {
  const client = new Client({ connectionString: bench.postgres.url });
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read");
    // A temporary table would be no snapshot; a look at anything is one.
    await client.query("select count(*) from pg_class");
    await client.query("select pg_current_xact_id()");
    return await work();
  } finally {
    await client.end();
  }
}

async function deadTuples({ meter }: Bench): Promise<number> {
  await meter.query("select pg_stat_force_next_flush()").catch(() => {});
  const [row] = await meter.query<{ dead: string }>("select sum(n_dead_tup) as dead from pg_stat_user_tables");
  return Number(row?.dead);
}
