import { setMaxListeners } from "node:events";
import { batchesHeld, type ConsumeOptions, type Consumption, type Contestant } from "@/bench/contestants/contestant";
import { Window } from "@/bench/load";
import type { Meter } from "@/bench/meter";
import { systemActor } from "@/lib/broker/actor";
import type { Broker, Leased } from "@/lib/broker/broker";
import type { PublishRequest } from "@/lib/broker/requests";
import { composeBroker } from "@/lib/compose";

export const vhost = "bench";
export const queueName = "bench";

const tables = ["entry", "claim", "deferred", "message", "envelope", "dead_letter", "queue_delta", "exchange_delta"];

/** Warren's engine through its contract, with all duties of a broker node running in the same process. */
export interface Warren extends Contestant {
  readonly broker: Broker;
}

export async function openWarren(databaseUrl: string, meter: Meter): Promise<Warren> {
  const composed = composeBroker({
    databaseUrl,
    node: { name: "bench", kind: "broker", version: "0" },
    onError: (message, error) => console.error(message, error),
  });
  const { broker } = composed;
  await broker.putVhost(systemActor, { name: vhost });
  await declareBenchQueue(broker, queueName);
  return {
    name: "warren",
    broker,
    empty: async () => {
      // By its own means it would keep them in the trash for a while.
      // One by one: with several locks at a time there are deadlocks with the duties of the node.
      for (const table of tables) await meter.query(`truncate warren.${table}`);
      await meter.query("update warren.queue_counter set ready = 0, unacked = 0, ready_bytes = 0, unacked_bytes = 0");
    },
    publish: async (body) => {
      await broker.publish(systemActor, request("", queueName, body));
    },
    publishBatch: async (bodies) => {
      await Promise.all(bodies.map((body) => broker.publish(systemActor, request("", queueName, body))));
    },
    consume: (options) => consume(broker, options),
    close: () => composed.close(),
  };
}

/** A persistent message. */
export function request(exchange: string, routingKey: string, body: string): PublishRequest {
  return {
    vhost,
    exchange,
    routingKey,
    properties: { deliveryMode: 2, contentType: "text/plain" },
    body: Buffer.from(body),
  };
}

export async function declareBenchQueue(broker: Broker, name: string): Promise<void> {
  await broker.declareQueue(systemActor, {
    vhost,
    name,
    durable: true,
    autoDelete: false,
    exclusive: false,
    arguments: new Map(),
  });
}

async function consume(broker: Broker, { consumers, batch, onMessage, onDone }: ConsumeOptions): Promise<Consumption> {
  const stopping = new AbortController();
  setMaxListeners(consumers + 1, stopping.signal);
  const running = Array.from({ length: consumers }, async () => {
    const settling = new Window(batchesHeld);
    while (!stopping.signal.aborted) {
      const messages = await broker.lease(systemActor, {
        vhost,
        queue: queueName,
        max: batch,
        visibilityTimeoutMs: 60_000,
        waitMs: 1000,
        autoAck: false,
        countAs: "deliver",
        signal: stopping.signal,
      });
      if (messages.length === 0) continue;
      for (const { body } of messages) onMessage(body as Buffer);
      await settling.add(acknowledge(broker, messages).then(onDone));
    }
    await settling.end();
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

async function acknowledge(broker: Broker, messages: readonly Leased[]): Promise<number> {
  const results = await broker.settle(
    systemActor,
    messages.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" } })),
  );
  return results.filter(({ result }) => result === "settled").length;
}
