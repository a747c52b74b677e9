import type { Bench, Participant, Workload } from "@/bench/bench";
import type { Contestant } from "@/bench/contestants/contestant";
import { each, ring, until } from "@/bench/load";
import { random, randomText } from "@/bench/random";

const consumers = 4;
const bodyBytes = 1024;

export const drain: Workload = {
  name: "drain",
  number: "B3",
  title: "a backlog is consumed and acknowledged",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const texts = Array.from({ length: 64 }, () => randomText(bodyBytes, next));
    const { messages } = bench.options;
    await bench.compare(
      `${messages} messages of 1 KiB, ${consumers} consumers`,
      bench.contestants.map((contestant) => drainer(bench, contestant, texts)),
    );
  },
};

function drainer(bench: Bench, contestant: Contestant, texts: readonly string[]): Participant {
  const { messages } = bench.options;
  return {
    name: contestant.name,
    measure: async () => {
      await contestant.empty();
      await preload(contestant, messages, ring(texts));
      return bench.meter.measure(async () => {
        let done = 0;
        const consumption = await contestant.consume({
          consumers,
          batch: 500,
          onMessage: () => {},
          onDone: (count) => {
            done += count;
          },
        });
        await until(`${contestant.name} has consumed ${messages}, not ${done}`, 300, () => done >= messages);
        await consumption.stop();
        return { count: done };
      });
    },
  };
}

/** Publishes a backlog in batches, as fast as it goes. */
export async function preload(
  contestant: Pick<Contestant, "publishBatch">,
  messages: number,
  body: () => string,
): Promise<void> {
  const batch = 250;
  await each(Math.ceil(messages / batch), 4, (index) => {
    const count = Math.min(batch, messages - index * batch);
    return contestant.publishBatch(Array.from({ length: count }, body));
  });
}
