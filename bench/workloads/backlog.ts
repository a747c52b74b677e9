import type { Bench, Participant, Workload } from "@/bench/bench";
import { declareBenchQueue, request, vhost } from "@/bench/contestants/warren";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { preload } from "@/bench/workloads/drain";
import { systemActor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";

const bodyBytes = 1024;
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
    const body = ring(Array.from({ length: 64 }, () => randomText(bodyBytes, next)));
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

/** What is published goes to the end of the queue, what is consumed comes from its head. */
function flow(bench: Bench, name: string, queue: string, body: () => string): Participant {
  const { broker } = bench.warren;
  return {
    name,
    measure: () =>
      bench.meter.measure(async () => {
        let published = 0;
        let done = 0;
        const stopping = new AbortController();
        const running = Array.from({ length: consumers }, async () => {
          while (!stopping.signal.aborted) {
            // As much is taken as is added.
            if (done >= published) await new Promise((resolve) => setTimeout(resolve, 1));
            else done += await takeSome(queue);
          }
        });
        await repeat(callers, bench.options.seconds, async () => {
          if (published - done > mostMore) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return 0;
          }
          await Promise.all(
            Array.from({ length: batch }, () => broker.publish(systemActor, request("", queue, body()))),
          );
          published += batch;
          return batch;
        });
        const count = done;
        stopping.abort();
        await Promise.all(running);
        return { count };
      }),
  };

  async function takeSome(from: string): Promise<number> {
    const messages = await broker.lease(systemActor, {
      ...{ vhost, queue: from, max: batch, visibilityTimeoutMs: 60_000, waitMs: 0, autoAck: false, countAs: "deliver" },
    });
    if (messages.length > 0) await broker.settle(systemActor, messages.map(acknowledged));
    return messages.length;
  }
}

function acknowledged({ receipt }: Leased) {
  return { receipt: receipt ?? "", outcome: { kind: "ack" } as const };
}
