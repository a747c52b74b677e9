import { randomUUID } from "node:crypto";
import { type Actor, systemActor } from "@/lib/broker/actor";
import type { Broker, Leased } from "@/lib/broker/broker";
import { type FieldTable, longString } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { EngineContext } from "@/lib/engine/context";
import { createEngine } from "@/lib/engine/engine";
import { createTestDatabase } from "@/test/support/database";

export const actor: Actor = { ...systemActor, user: "tester" };

export interface Fixture {
  readonly broker: Broker;
  readonly context: EngineContext;
  /** Makes a durable queue in vhost `/`; returns its name. */
  queue(args?: FieldTable): Promise<string>;
  /** Publishes to a queue through the default exchange. */
  publish(queue: string, bodies: readonly string[], properties?: MessageProperties): Promise<void>;
  /** Takes messages, for a minute. */
  lease(queue: string, max: number): Promise<readonly Leased[]>;
  /** Makes a queue with a dead-letter queue, and messages that were rejected in the first and lie in the second. */
  grave(bodies: readonly string[]): Promise<{ origin: string; dlq: string }>;
  /** Runs any statement; for looking behind the curtain. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** An engine on a database of its own, without background duties. */
export async function createFixture(): Promise<Fixture> {
  const { url, drop } = await createTestDatabase();
  const log = { error: (message: string, error: unknown) => console.error(message, error) };
  const engine = createEngine({ databaseUrl: url, applicationName: "test", log });
  const { broker, context } = engine;
  const fixture: Fixture = {
    broker,
    context,
    queue: async (args = new Map()) => {
      const name = `q-${randomUUID()}`;
      const kind = { durable: true, autoDelete: false, exclusive: false };
      await broker.declareQueue(actor, { vhost: "/", name, ...kind, arguments: args });
      return name;
    },
    publish: async (queue, bodies, properties = { deliveryMode: 2 }) => {
      const publish = (body: string) =>
        broker.publish(actor, { vhost: "/", exchange: "", routingKey: queue, properties, body: Buffer.from(body) });
      await Promise.all(bodies.map(publish));
    },
    lease: (queue, max) =>
      broker.lease(actor, {
        vhost: "/",
        queue,
        max,
        visibilityTimeoutMs: 60_000,
        waitMs: 0,
        autoAck: false,
        countAs: "get",
      }),
    grave: async (bodies) => {
      const dlq = await fixture.queue();
      const origin = await fixture.queue(
        new Map([
          ["x-dead-letter-exchange", longString("")],
          ["x-dead-letter-routing-key", longString(dlq)],
        ]),
      );
      await fixture.publish(origin, bodies);
      for (let left = bodies.length; left > 0; left -= 1000) {
        const leased = await fixture.lease(origin, 1000);
        await broker.settle(actor, leased.map(rejected));
      }
      return { origin, dlq };
    },
    sql: (text, values) => context.database.main.query({ text }, values),
    close: async () => {
      await engine.close();
      await drop();
    },
  };
  return fixture;
}

function rejected(message: Leased) {
  const body = Buffer.from(message.body).toString();
  const error = { type: "TestError", message: `failed on ${body}` };
  return { receipt: message.receipt ?? "", outcome: { kind: "reject" as const, error } };
}
