import type { Bench, Participant, Workload } from "@/bench/bench";
import type { Contestant } from "@/bench/contestants/contestant";
import { until } from "@/bench/load";
import type { Done } from "@/bench/meter";
import { random, randomText } from "@/bench/random";

const bodyBytes = 1024;
const rates = [10, 100, 500, 1000];

/** Slow ones need longer for a picture. */
const leastMessages = 20;

/** The time of sending goes in front of the body. */
const stampBytes = 20;

export const latency: Workload = {
  name: "latency",
  number: "B4",
  title: "from the call that publishes to the consumer that waits for it",
  run: async (bench) => {
    const text = randomText(bodyBytes - stampBytes, random(bench.options.seed));
    for (const rate of rates) {
      await bench.compare(
        `${rate} messages/s, 1 consumer`,
        [...bench.contestants, ...bench.door]
          .filter(({ name }) => name !== "limit")
          .map((contestant) => paced(bench, contestant, rate, text)),
      );
    }
  },
};

function paced(bench: Bench, contestant: Contestant, rate: number, text: string): Participant {
  const seconds = Math.max(bench.options.seconds * 2, leastMessages / rate);
  return {
    name: contestant.name,
    measure: async () => {
      await contestant.empty();
      return bench.meter.measure(() => pacedFlow(contestant, { rate, seconds, batch: 1, text }));
    },
  };
}

/** Publishes at a steady rate, whether or not answers come, to one consumer that waits. */
export async function pacedFlow(
  contestant: Contestant,
  load: { rate: number; seconds: number; batch: number; text: string },
): Promise<Done> {
  const latencies: number[] = [];
  let done = 0;
  const consumption = await contestant.consume({
    consumers: 1,
    // Those that give out single jobs only have no latency to gain from batches.
    batch: load.rate > 1000 ? 100 : 10,
    onMessage: (body) => {
      latencies.push(performance.now() - Number(body.toString().slice(0, stampBytes)));
    },
    onDone: (count) => {
      done += count;
    },
  });
  const total = Math.round(load.rate * load.seconds);
  const begin = performance.now();
  const published: Promise<void>[] = [];
  for (let sent = 0; sent < total; sent += load.batch) {
    const early = begin + (sent / load.rate) * 1000 - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const bodies = Array.from({ length: Math.min(load.batch, total - sent) }, () => stamped(load.text));
    published.push(bodies.length === 1 ? contestant.publish(bodies[0] as string) : contestant.publishBatch(bodies));
  }
  await Promise.all(published);
  await until(`${contestant.name} has consumed ${total}, not ${done}`, 60, () => done >= total);
  await consumption.stop();
  return { count: total, latencies };
}

function stamped(text: string): string {
  return performance.now().toFixed(4).padEnd(stampBytes) + text;
}
