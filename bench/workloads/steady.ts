import type { Bench, Participant, Workload } from "@/bench/bench";
import type { Contestant } from "@/bench/contestants/contestant";
import { ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { preload } from "@/bench/workloads/drain";

const bodyBytes = 1024;

/** Publishers wait while so many of their messages lie unconsumed. */
const mostWaiting = 5000;

const publishers = [
  { name: "16 publishers one at a time", callers: 16, batch: 1 },
  { name: "2 publishers of batches of 100", callers: 2, batch: 100 },
] as const;

export const steady: Workload = {
  name: "steady",
  number: "B2",
  title: "publishing, consuming and acknowledging at once; counted when acknowledged",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const texts = Array.from({ length: 64 }, () => randomText(bodyBytes, next));
    const { backlog } = bench.options;
    for (const publishing of publishers) {
      for (const consumers of bench.options.consumers) {
        const name = `${publishing.name}, ${consumers} consumer${consumers === 1 ? "" : "s"}`;
        await bench.compare(
          backlog === 0 ? name : `${name}, ${backlog} waiting`,
          [...bench.contestants, ...bench.door].map((contestant) =>
            flow(bench, contestant, { ...publishing, consumers }, texts),
          ),
        );
      }
    }
  },
};

function flow(
  bench: Bench,
  contestant: Contestant,
  load: { callers: number; batch: number; consumers: number },
  texts: readonly string[],
): Participant {
  return {
    name: contestant.name,
    measure: async () => {
      const body = ring(texts);
      await contestant.empty();
      await preload(contestant, bench.options.backlog, body);
      return bench.meter.measure(async () => ({
        count: await flowing(contestant, { ...load, seconds: bench.options.seconds, body }),
      }));
    },
  };
}

/** Publishes and consumes side by side for so long. Returns how many were acknowledged in that time. */
async function flowing(
  contestant: Contestant,
  load: { callers: number; batch: number; consumers: number; seconds: number; body: () => string },
): Promise<number> {
  let published = 0;
  let done = 0;
  const consumption = await contestant.consume({
    consumers: load.consumers,
    batch: 100,
    onMessage: () => {},
    onDone: (count) => {
      done += count;
    },
  });
  const end = performance.now() + load.seconds * 1000;
  await Promise.all(
    Array.from({ length: load.callers }, async () => {
      while (performance.now() < end) {
        if (published - done > mostWaiting) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          continue;
        }
        published += load.batch;
        if (load.batch === 1) await contestant.publish(load.body());
        else await contestant.publishBatch(Array.from({ length: load.batch }, load.body));
      }
    }),
  );
  const counted = done;
  await consumption.stop();
  return counted;
}
