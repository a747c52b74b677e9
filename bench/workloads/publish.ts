import type { Bench, Participant, Workload } from "@/bench/bench";
import { findPgbench, runPgbench } from "@/bench/contestants/pgbench";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";

const batch = 100;

/** Emptied tables make Postgres forget the plans for them. */
const warmUpSeconds = 0.1;

/** One at a time by so many callers, and batches of 100 by so many. */
const cases = [
  { callers: 1, batch: 1 },
  { callers: 16, batch: 1 },
  { callers: 64, batch: 1 },
  { callers: 4, batch },
] as const;

export const publish: Workload = {
  name: "publish",
  number: "B1",
  title: "persistent messages, counted when they are safe",
  run: async (bench) => {
    const next = random(bench.options.seed);
    for (const size of bench.options.sizes) {
      const texts = Array.from({ length: 64 }, () => randomText(size, next));
      for (const one of cases) {
        const how = one.batch === 1 ? "one at a time" : `batches of ${one.batch}`;
        const name = `${size} bytes, ${how}, ${one.callers} caller${one.callers === 1 ? "" : "s"}`;
        await bench.compare(name, [...publishers(bench, one, texts), ...pgbench(bench, one, texts[0] as string)]);
      }
    }
  },
};

function publishers(bench: Bench, load: { callers: number; batch: number }, texts: readonly string[]): Participant[] {
  const { meter, options } = bench;
  return bench.contestants.map((contestant) => ({
    name: contestant.name,
    measure: async () => {
      await contestant.empty();
      const body = ring(texts);
      const publishFor = (seconds: number) =>
        repeat(load.callers, seconds, async () => {
          if (load.batch === 1) await contestant.publish(body());
          else await contestant.publishBatch(Array.from({ length: load.batch }, body));
          return load.batch;
        });
      await publishFor(warmUpSeconds);
      return meter.measure(async () => ({ count: await publishFor(options.seconds) }));
    },
  }));
}

/** pgbench makes the bodies of a batch in the server, so its batches save what it costs to bring them there. */
function pgbench(bench: Bench, load: { callers: number; batch: number }, body: string): Participant[] {
  const program = findPgbench();
  if (program === null || !bench.isAskedFor("pgbench") || !bench.isAskedFor("limit")) return [];
  return [
    {
      name: "pgbench",
      measure: async () => {
        await bench.contestants.find(({ name }) => name === "limit")?.empty();
        return bench.meter.measure(() =>
          runPgbench(program, bench.postgres.url, { ...load, body, seconds: bench.options.seconds }),
        );
      },
    },
  ];
}
