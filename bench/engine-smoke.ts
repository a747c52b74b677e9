import { type Actor, systemActor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { composeBroker } from "@/lib/compose";

/**
 * Quick numbers of the engine, without judgement: `npx tsx bench/engine-smoke.ts postgres://...`. The database must be
 * migrated; what the run makes is deleted at the end.
 */
const databaseUrl = process.argv[2] ?? process.env.DATABASE_URL;
if (databaseUrl === undefined) throw new Error("Give the address of a migrated database.");

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const bodyBytes = Number(process.env.BODY ?? 1024);
const vhost = "bench";
const queue = "bench";
const actor: Actor = systemActor;
const body = Buffer.alloc(bodyBytes, "x");

const request = {
  vhost,
  exchange: "",
  routingKey: queue,
  properties: { deliveryMode: 2, contentType: "application/octet-stream" },
  body,
};

const composed = composeBroker({
  databaseUrl,
  node: { name: "bench", kind: "broker", version: "0" },
  onError: (message, error) => console.error(message, error),
});
try {
  await run(composed.broker);
} finally {
  await composed.broker.deleteVhost(actor, vhost).catch(() => {});
  await composed.close();
}

async function run(broker: Broker): Promise<void> {
  await broker.putVhost(actor, { name: vhost });
  await broker.declareQueue(actor, {
    vhost,
    name: queue,
    durable: true,
    autoDelete: false,
    exclusive: false,
    arguments: new Map(),
  });
  for (const callers of [1, 16, 64]) {
    report(`publish, ${callers} callers, one at a time`, await publishing(broker, callers, 1));
  }
  for (const callers of [1, 4]) {
    report(`publish, ${callers} callers, batches of 100`, await publishing(broker, callers, 100));
  }
  const { ready } = (await broker.getQueue(actor, vhost, queue)).counts;
  for (const [callers, max] of [
    [1, 1],
    [1, 100],
    [4, 100],
    [8, 10],
  ] as const) {
    report(`lease + ack, ${callers} callers, up to ${max} (of ${ready})`, await draining(broker, callers, max));
  }
  await broker.purgeQueue(actor, vhost, queue);
  report("publish -> lease -> ack, 16 publishers, 4 consumers of 100", await flowing(broker));
}

/** Messages per second. */
async function publishing(broker: Broker, callers: number, batch: number): Promise<number> {
  return rate(callers, async () => {
    await Promise.all(Array.from({ length: batch }, () => broker.publish(actor, request)));
    return batch;
  });
}

async function draining(broker: Broker, callers: number, max: number): Promise<number> {
  return rate(callers, async () => {
    const messages = await broker.lease(actor, {
      vhost,
      queue,
      max,
      visibilityTimeoutMs: 30_000,
      waitMs: 0,
      autoAck: false,
      countAs: "deliver",
    });
    const settled = await broker.settle(
      actor,
      messages.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" } })),
    );
    return settled.length;
  });
}

async function flowing(broker: Broker): Promise<number> {
  const [, consumed] = await Promise.all([publishing(broker, 16, 10), draining(broker, 4, 100)]);
  return consumed;
}

/** Runs `once` again and again in so many chains at a time; returns what they returned in all, per second. */
async function rate(callers: number, once: () => Promise<number>): Promise<number> {
  const begin = performance.now();
  let total = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - begin < seconds * 1000) {
        const done = await once();
        total += done;
      }
    }),
  );
  return (total / (performance.now() - begin)) * 1000;
}

function report(what: string, perSecond: number): void {
  console.log(`${what.padEnd(64)} ${Math.round(perSecond).toLocaleString("en").padStart(10)} /s`);
}
