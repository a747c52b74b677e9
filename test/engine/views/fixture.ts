import { randomUUID } from "node:crypto";
import { type Actor, systemActor } from "@/lib/broker/actor";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { EngineContext } from "@/lib/engine/context";
import { Database } from "@/lib/engine/database";
import { outgoing } from "@/lib/engine/publish/outgoing";
import { Publisher } from "@/lib/engine/publish/publisher";
import { QueueSignals } from "@/lib/engine/signals";
import { bumpTopology } from "@/lib/engine/sql/topology";
import { encodeArguments } from "@/lib/engine/topology/arguments";
import { TopologyCache } from "@/lib/engine/topology/cache";
import { createTestDatabase } from "@/test/support/database";

export const actor: Actor = { ...systemActor, user: "tester" };

export interface Fixture {
  readonly context: EngineContext;
  /** Makes a queue in vhost `/`; its number comes back. */
  queue(name?: string, args?: FieldTable): Promise<{ id: number; name: string }>;
  /** Publishes to a queue through the default exchange. */
  publish(queue: string, bodies: readonly string[], properties?: MessageProperties): Promise<void>;
  /** Runs any statement; for looking behind the curtain. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** The parts that views and bulk operations work with, on a database of their own. */
export async function createFixture(): Promise<Fixture> {
  const { url, drop } = await createTestDatabase();
  const database = new Database({ url, applicationName: "test" });
  const topology = new TopologyCache(database);
  const context: EngineContext = {
    database,
    topology,
    signals: new QueueSignals(),
    publisher: new Publisher(database, topology, async () => {}),
    log: { error: (message, error) => console.error(message, error) },
  };
  return {
    context,
    queue: (name = `q-${randomUUID()}`, args = new Map()) => makeQueue(database, name, args),
    publish: async (queue, bodies, properties = {}) => {
      await Promise.all(
        bodies.map((body) =>
          context.publisher.publish(
            outgoing(actor, { vhost: "/", exchange: "", routingKey: queue, properties, body: Buffer.from(body) }),
          ),
        ),
      );
    },
    sql: (text, values) => database.main.query({ text }, values),
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

async function makeQueue(database: Database, name: string, args: FieldTable): Promise<{ id: number; name: string }> {
  return database.main.transaction(async (tx) => {
    const [row] = await tx.query<{ id: number }>(
      {
        text: `INSERT INTO warren.queue (vhost_id, name, type, durable, auto_delete, exclusive, arguments)
               VALUES (1, $1, 'classic', true, false, false, $2) RETURNING id`,
      },
      [name, encodeArguments(args)],
    );
    if (!row) throw new Error("no queue was made");
    await tx.query({ text: "INSERT INTO warren.cursor (queue_id, rank) VALUES ($1, 0) ON CONFLICT DO NOTHING" }, [
      row.id,
    ]);
    await bumpTopology(tx);
    return { id: row.id, name };
  });
}
