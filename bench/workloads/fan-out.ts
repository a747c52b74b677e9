import type { Bench, Workload } from "@/bench/bench";
import { declareBenchQueue, request, vhost } from "@/bench/contestants/warren";
import { repeat, ring } from "@/bench/load";
import { random, randomText } from "@/bench/random";
import { systemActor } from "@/lib/broker/actor";

const bodyBytes = 1024;
const callers = 16;
const widths = [1, 10, 100];
const exchange = (width: number) => `fan-out-${width}`;

export const fanOut: Workload = {
  name: "fan-out",
  number: "B5",
  title: "one message to many queues; peers add it once for each, in one batch; messages published are counted",
  run: async (bench) => {
    const next = random(bench.options.seed);
    const texts = Array.from({ length: 64 }, () => randomText(bodyBytes, next));
    await declare(bench);
    for (const width of widths) {
      const body = ring(texts);
      await bench.compare(
        `to ${width} queue${width === 1 ? "" : "s"}, ${callers} callers`,
        bench.contestants.map((contestant) => ({
          name: contestant.name,
          measure: async () => {
            await contestant.empty();
            const measured = await bench.meter.measure(async () => ({
              count: await repeat(callers, bench.options.seconds, async () => {
                if (contestant === bench.warren) {
                  await bench.warren.broker.publish(systemActor, request(exchange(width), "", body()));
                } else {
                  const text = body();
                  await contestant.publishBatch(Array.from({ length: width }, () => text));
                }
                return 1;
              }),
            }));
            if (contestant !== bench.warren) return measured;
            return { ...measured, more: { "bodies stored for each": await bodiesFor(bench, measured.count) } };
          },
        })),
      );
    }
  },
};

async function declare({ warren: { broker } }: Bench): Promise<void> {
  for (let index = 0; index < Math.max(...widths); index++) await declareBenchQueue(broker, `fan-${index}`);
  for (const width of widths) {
    const declaration = { durable: true, autoDelete: false, internal: false, arguments: new Map() };
    await broker.declareExchange(systemActor, { vhost, name: exchange(width), type: "fanout", ...declaration });
    for (let index = 0; index < width; index++) {
      await broker.bind(systemActor, {
        vhost,
        source: exchange(width),
        destination: { kind: "queue", name: `fan-${index}` },
        routingKey: "",
        arguments: new Map(),
      });
    }
  }
}

async function bodiesFor({ meter }: Bench, published: number): Promise<number> {
  const [row] = await meter.query<{ count: string }>("select count(*) from warren.message");
  return Number(row?.count) / Math.max(published, 1);
}
