import type { Bench, Participant, Workload } from "@/bench/bench";
import { declareBenchQueue, request, vhost } from "@/bench/contestants/warren";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { preload } from "@/bench/workloads/drain";
import { systemActor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";

const callers = 2;
const batch = 100;
const consumers = 8;
/** Publishers wait while so many more lie there than at the beginning, so that the backlog stays what it is. */
const mostMore = 5000;

export const backlog: Workload = {
  name: "backlog",
  number: "B2",
  title: "publishing, consuming and acknowledging at once, from a queue in which messages lie and from an empty one",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const body = ring(Array.from({ length: 64 }, () => randomText(bench.options.body, next)));
    const { messages } = bench.options;
    const { broker } = bench.warren;
    await bench.warren.empty();
    for (const queue of ["backlog", "no-backlog"]) await declareBenchQueue(broker, queue);
    const publishBatch = async (bodies: readonly string[]) => {
      await Promise.all(bodies.map((one) => broker.publish(systemActor, request("", "backlog", one))));
    };
    await preload({ publishBatch }, messages, body);
    await bench.compare(
      `${callers} publishers of batches of ${batch}, ${consumers} consumers`,
      [flow(bench, "no backlog", "no-backlog", body), flow(bench, `${messages} waiting`, "backlog", body)],
      "no backlog",
    );
  },
};

/** What is published goes to the end of the queue, what is consumed comes from its head: as much as was added. */
function flow(bench: Bench, name: string, queue: string, body: () => string): Participant {
  const { broker } = bench.warren;
  return {
    name,
    measure: () =>
      bench.meter.measure(async () => {
        const permits = new Permits();
        let done = 0;
        const running = Array.from({ length: consumers }, async () => {
          while (await permits.take()) done += await takeBatch(queue);
        });
        await repeat(callers, bench.options.seconds, async () => {
          if (permits.waiting * batch > mostMore) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return 0;
          }
          await Promise.all(
            Array.from({ length: batch }, () => broker.publish(systemActor, request("", queue, body()))),
          );
          permits.give();
          return batch;
        });
        const count = done;
        permits.end();
        await Promise.all(running);
        return { count };
      }),
  };

  async function takeBatch(from: string): Promise<number> {
    for (let left = batch; left > 0; ) {
      const messages = await broker.lease(systemActor, {
        ...{ vhost, queue: from, max: left, visibilityTimeoutMs: 60_000, waitMs: 1_000, autoAck: false },
        countAs: "deliver",
      });
      await broker.settle(systemActor, messages.map(acknowledged));
      left -= messages.length;
    }
    return batch;
  }
}

/** What was published may be consumed, by whoever waits for it. */
class Permits {
  #free = 0;
  #ended = false;
  readonly #takers: ((given: boolean) => void)[] = [];

  /** How many nobody has taken. */
  get waiting(): number {
    return this.#free;
  }

  give(): void {
    const taker = this.#takers.shift();
    if (taker) taker(true);
    else this.#free++;
  }

  /** False when there are none left and no more will come. */
  async take(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    if (this.#ended) return false;
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  end(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) taker(false);
  }
}

function acknowledged({ receipt }: Leased) {
  return { receipt: receipt ?? "", outcome: { kind: "ack" } as const };
}
