import type { Bench, Participant, Workload } from "@/bench/bench";
import { declareBenchQueue, queueName, request, vhost } from "@/bench/contestants/warren";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { systemActor } from "@/lib/broker/actor";

const bodyBytes = 1024;
const callers = 16;
const queues = 100;
const words = 30;
const exchange = "topic-routing";

export const topicRouting: Workload = {
  name: "topic-routing",
  number: "B5",
  title: "a topic exchange with many bindings, against the default exchange",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const texts = Array.from({ length: 64 }, () => randomText(bodyBytes, next));
    const word = () => `w${Math.floor(next() * words)}`;
    await declare(bench, () => [word(), next() < 0.3 ? "*" : word(), next() < 0.1 ? "#" : word()].join("."));
    const keys = ring(Array.from({ length: 512 }, () => [word(), word(), word()].join(".")));
    const body = ring(texts);
    await bench.compare(
      `${bench.options.bindings} bindings, ${callers} callers`,
      [
        publisher(bench, "default exchange", () => request("", queueName, body())),
        publisher(bench, "topic exchange", () => request(exchange, keys(), body())),
      ],
      "default exchange",
    );
  },
};

function publisher(bench: Bench, name: string, next: () => ReturnType<typeof request>): Participant {
  return {
    name,
    measure: async () => {
      await bench.warren.empty();
      let copies = 0;
      const measured = await bench.meter.measure(async () => ({
        count: await repeat(callers, bench.options.seconds, async () => {
          const { queues } = await bench.warren.broker.publish(systemActor, next());
          copies += queues.length;
          return 1;
        }),
      }));
      return { ...measured, more: { "queues for each": copies / Math.max(measured.count, 1) } };
    },
  };
}

/** Through SQL, since each change of the topology alone is a transaction that all nodes learn of. */
async function declare({ warren: { broker }, meter, options }: Bench, pattern: () => string): Promise<void> {
  const declaration = { durable: true, autoDelete: false, internal: false, arguments: new Map() };
  await broker.declareExchange(systemActor, { vhost, name: exchange, type: "topic", ...declaration });
  for (let index = 0; index < queues; index++) await declareBenchQueue(broker, `topic-${index}`);
  const patterns = new Set<string>();
  for (let tries = 0; patterns.size < options.bindings && tries < options.bindings * 20; tries++)
    patterns.add(pattern());
  await meter.query(
    `insert into warren.binding (vhost_id, source_id, queue_id, routing_key, properties_key)
     select v.id, x.id, q.id, p.pattern, p.pattern
     from unnest($1::text[]) with ordinality as p (pattern, at)
     join warren.vhost v on v.name = $2 join warren.exchange x on x.vhost_id = v.id and x.name = $3
     join warren.queue q on q.vhost_id = v.id and q.name = 'topic-' || (p.at % $4)`,
    [[...patterns], vhost, exchange, queues],
  );
  await meter.query("update warren.topology set version = version + 1");
}
