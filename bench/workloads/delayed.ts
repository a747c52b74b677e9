import type { Bench, Workload } from "@/bench/bench";
import { declareBenchQueue, queueName, request, vhost } from "@/bench/contestants/warren";
import { each, until } from "@/bench/load";
import type { Done } from "@/bench/meter";
import { random, randomText } from "@/bench/random";
import { systemActor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";

const perSecond = 1000;
const bodyBytes = 64;
/** Those that lie there are due in a day or more; a fallen one would be seen. */
const farMs = 86_400_000;
/** How long before the first is due everything has been published, in ms. */
const headStartMs = 1_500;
const farQueue = "delayed-far";

export const delayed: Workload = {
  name: "delayed",
  number: "B7",
  title: `${perSecond} delayed messages fall due each second; latencies are how late they reach a waiting consumer`,
  run: async (bench) => {
    const { broker } = bench.warren;
    const text = randomText(bodyBytes, random(bench.options.seed));
    await bench.warren.empty();
    await declareBenchQueue(broker, farQueue);
    const seconds = Math.max(2, bench.options.seconds * 4);
    const lateness = () => bench.meter.measure(() => dueOnes(bench, text, seconds));
    await bench.compare("none but those", [{ name: "warren", measure: lateness }]);
    const next = random(bench.options.seed);
    const begin = performance.now();
    await each(Math.ceil(bench.options.messages / 500), 4, async () => {
      await Promise.all(
        Array.from({ length: 500 }, () =>
          broker.publish(systemActor, withDelay(queueOf(next), text, farMs + Math.floor(next() * farMs))),
        ),
      );
    });
    const rate = Math.round(bench.options.messages / ((performance.now() - begin) / 1000));
    console.log(`  ${bench.options.messages} more were published, ${rate} a second`);
    await bench.compare(`${bench.options.messages} more, due later`, [{ name: "warren", measure: lateness }]);
  },
};

/** Half of them lie in the queue that others fall due in. */
function queueOf(next: () => number): string {
  return next() < 0.5 ? queueName : farQueue;
}

function withDelay(queue: string, body: string, ms: number) {
  const wanted = request("", queue, body);
  return {
    ...wanted,
    properties: { ...wanted.properties, headers: new Map([["x-delay", { t: "l" as const, v: Math.round(ms) }]]) },
  };
}

async function dueOnes(bench: Bench, text: string, seconds: number): Promise<Done> {
  const { broker } = bench.warren;
  const total = Math.round(perSecond * seconds);
  const latencies: number[] = [];
  const stopping = new AbortController();
  const consuming = (async () => {
    while (!stopping.signal.aborted) {
      const messages = await broker.lease(systemActor, {
        ...{ vhost, queue: queueName, max: 100, visibilityTimeoutMs: 60_000, waitMs: 1_000, autoAck: true },
        ...{ countAs: "deliver", signal: stopping.signal },
      });
      const now = performance.now();
      for (const message of messages) latencies.push(now - dueAt(message));
    }
  })();
  const first = performance.now() + headStartMs + seconds * 200;
  await each(total, 64, async (index) => {
    const due = first + (index / perSecond) * 1000;
    await broker.publish(systemActor, withDelay(queueName, `${due.toFixed(3)} ${text}`, due - performance.now()));
  });
  await until(`${total} delayed messages came, not ${latencies.length}`, 60 + seconds, () => latencies.length >= total);
  stopping.abort();
  await consuming;
  return { count: total, latencies, more: { "earliest ms": Math.min(...latencies) } };
}

function dueAt({ body }: Leased): number {
  return Number.parseFloat(Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 30)).toString());
}
