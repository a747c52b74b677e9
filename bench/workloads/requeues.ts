import type { Bench, Participant, Workload } from "@/bench/bench";
import { declareBenchQueue, queueName, request, vhost } from "@/bench/contestants/warren";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { systemActor } from "@/lib/broker/actor";
import type { Broker, Leased } from "@/lib/broker/broker";
import { type ComposedBroker, composeBroker } from "@/lib/compose";

const bodyBytes = 1024;
const callers = 16;
const consumers = 8;
/** Publishers wait while so many of their messages lie unconsumed. */
const mostWaiting = 5000;
const parts = [0, 0.1, 0.5];
const nodeCounts = [1, 2, 4];

export const requeues: Workload = {
  name: "requeues",
  number: "B8",
  title: "a part of what is delivered is given back once; and the same load on several broker nodes",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const body = ring(Array.from({ length: 64 }, () => randomText(bodyBytes, next)));
    const { broker } = bench.warren;
    await bench.compare(
      `${callers} publishers one at a time, ${consumers} consumers`,
      parts.map((part) => flow(bench, `${part * 100} % given back`, [broker], { part, body, next })),
      "0 % given back",
    );
    const more: ComposedBroker[] = [];
    try {
      for (let number = 2; number <= Math.max(...nodeCounts); number++) more.push(openNode(bench, number));
      const brokers = [broker, ...more.map((one) => one.broker)];
      await bench.compare(
        `${callers} publishers and ${consumers} consumers, spread over nodes of one process`,
        nodeCounts.map((count) =>
          flow(bench, `${count} node${count === 1 ? "" : "s"}`, brokers.slice(0, count), { part: 0, body, next }),
        ),
        "1 node",
      );
    } finally {
      for (const node of more) await node.close();
    }
  },
};

function openNode({ postgres }: Bench, number: number): ComposedBroker {
  return composeBroker({
    databaseUrl: postgres.url,
    node: { name: `bench ${number}`, kind: "broker", version: "0" },
    onError: (message, error) => console.error(message, error),
  });
}

/** Counted when acknowledged. Publishers and consumers are dealt to the brokers in turn. */
function flow(
  bench: Bench,
  name: string,
  brokers: readonly Broker[],
  load: { readonly part: number; readonly body: () => string; readonly next: () => number },
): Participant {
  const brokerOf = (index: number) => brokers[index % brokers.length] as Broker;
  return {
    name,
    measure: async () => {
      await bench.warren.empty();
      await declareBenchQueue(bench.warren.broker, queueName);
      return bench.meter.measure(async () => {
        const seen = { published: 0, done: 0, givenBack: 0 };
        const stopping = new AbortController();
        const consuming = Array.from({ length: consumers }, (_, index) =>
          consume(brokerOf(index), stopping.signal, load, seen),
        );
        let caller = 0;
        await repeat(callers, bench.options.seconds, async () => {
          if (seen.published - seen.done > mostWaiting) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return 0;
          }
          seen.published++;
          await brokerOf(caller++).publish(systemActor, request("", queueName, load.body()));
          return 1;
        });
        const count = seen.done;
        stopping.abort();
        await Promise.all(consuming);
        return { count, more: { "given back": seen.givenBack / Math.max(1, seen.done) } };
      });
    },
  };
}

async function consume(
  broker: Broker,
  signal: AbortSignal,
  { part, next }: { readonly part: number; readonly next: () => number },
  seen: { done: number; givenBack: number },
): Promise<void> {
  while (!signal.aborted) {
    const messages = await broker.lease(systemActor, {
      ...{ vhost, queue: queueName, max: 100, visibilityTimeoutMs: 60_000, waitMs: 1_000, autoAck: false },
      ...{ countAs: "deliver", signal },
    });
    const outcomes = messages.map((message) => outcomeOf(message, part, next));
    await broker.settle(
      systemActor,
      messages.map(({ receipt }, index) => ({ receipt: receipt ?? "", outcome: outcomes[index] ?? { kind: "ack" } })),
    );
    const givenBack = outcomes.filter(({ kind }) => kind === "requeue").length;
    seen.givenBack += givenBack;
    seen.done += messages.length - givenBack;
  }
}

/** Each is given back once at most. */
function outcomeOf({ redelivered }: Leased, part: number, next: () => number) {
  return !redelivered && next() < part ? ({ kind: "requeue", counts: false } as const) : ({ kind: "ack" } as const);
}
