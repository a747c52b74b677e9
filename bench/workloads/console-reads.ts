import type { Bench, Participant, Workload } from "@/bench/bench";
import { declareBenchQueue, request, vhost } from "@/bench/contestants/warren";
import { ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { preload } from "@/bench/workloads/drain";
import { pacedFlow } from "@/bench/workloads/latency";
import { systemActor } from "@/lib/broker/actor";

const reads = 15;
const pageSize = 50;

/** Where the backlog lies; what flows goes through the other queue. */
const queueName = "console-reads";

export const consoleReads: Workload = {
  name: "console-reads",
  number: "B9",
  title: "what the console asks for while a backlog lies in the queue, and what that does to a flow",
  run: async (bench) => {
    const text = randomText(bench.options.body, random(bench.options.seed));
    const { messages } = bench.options;
    const { broker } = bench.warren;
    await bench.warren.empty();
    await declareBenchQueue(broker, queueName);
    const publishBatch = async (bodies: readonly string[]) => {
      await Promise.all(bodies.map((body) => broker.publish(systemActor, request("", queueName, body))));
    };
    await preload({ publishBatch }, messages, ring([text]));
    await bench.compare(`${messages} messages ready`, [...readers(bench), counting(bench)], "depth of the queue");
    const flow = { rate: 1000, seconds: bench.options.seconds * 3, batch: 10, text };
    await bench.compare(
      "a flow of 1,000 messages/s",
      [
        { name: "alone", measure: () => bench.meter.measure(() => pacedFlow(bench.warren, flow)) },
        { name: "while pages are read", measure: () => whileReading(bench, flow) },
      ],
      "alone",
    );
  },
};

function readers(bench: Bench): Participant[] {
  const { broker } = bench.warren;
  const page = { vhost, queue: queueName, limit: pageSize, bodyLimit: 256 };
  return [
    reader(bench, "depth of the queue", () => broker.getQueue(systemActor, vhost, queueName)),
    reader(bench, "list of queues with trends", () => broker.listQueues(systemActor, { vhost, trend: true })),
    reader(bench, "oldest 50", () => broker.peek(systemActor, { ...page, order: "oldest" })),
    reader(bench, "newest 50", () => broker.peek(systemActor, { ...page, order: "newest" })),
    reader(bench, "second page of 50", async () => {
      const { next } = await broker.peek(systemActor, { ...page, order: "oldest" });
      if (next !== null) await broker.peek(systemActor, { ...page, order: "oldest", cursor: next });
    }),
    reader(bench, "search that finds nothing", () =>
      broker.peek(systemActor, { ...page, order: "newest", filter: { text: "not to be found" } }),
    ),
  ];
}

/** What a console without counters would do. */
function counting(bench: Bench): Participant {
  return reader(bench, "count(*)", () => bench.meter.query("select count(*) from warren.entry where queue_id > 0"));
}

function reader(bench: Bench, name: string, read: () => Promise<unknown>): Participant {
  return {
    name,
    measure: () =>
      bench.meter.measure(async () => {
        const latencies: number[] = [];
        for (let index = 0; index < reads; index++) {
          const begin = performance.now();
          await read();
          latencies.push(performance.now() - begin);
        }
        return { count: reads, latencies };
      }),
  };
}

async function whileReading(bench: Bench, flow: Parameters<typeof pacedFlow>[1]) {
  let stopped = false;
  const { broker } = bench.warren;
  const reading = (async () => {
    while (!stopped) {
      await broker.getQueue(systemActor, vhost, queueName);
      await broker.peek(systemActor, { vhost, queue: queueName, order: "newest", limit: pageSize, bodyLimit: 256 });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const measured = await bench.meter.measure(() => pacedFlow(bench.warren, flow));
  stopped = true;
  await reading;
  return measured;
}
