import { randomUUID } from "node:crypto";
import { type Actor, systemActor } from "@/lib/broker/actor";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { deadLetter } from "@/lib/broker/rules/dead-lettering";
import type { EngineContext } from "@/lib/engine/context";
import { Database } from "@/lib/engine/database";
import { encodedProperties, outgoing, placementIn } from "@/lib/engine/publish/outgoing";
import { Publisher } from "@/lib/engine/publish/publisher";
import { QueueSignals } from "@/lib/engine/signals";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { entryTakeAway } from "@/lib/engine/sql/entry-take";
import { enterQueues } from "@/lib/engine/sql/shards";
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
  /** Makes dead letters: `bodies` that died in `origin` and lie in `queue`. */
  die(queue: string, origin: string, bodies: readonly string[]): Promise<void>;
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
    queuesGrew: async () => {},
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
    die: (queue, origin, bodies) => makeDeadLetters(context, queue, origin, bodies),
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

/** Stores messages in the queue and gives each a new place there as a dead letter, as rejecting them would. */
async function makeDeadLetters(context: EngineContext, queue: string, origin: string, bodies: readonly string[]) {
  const topology = await context.topology.fresh();
  const target = topology.queue("/", queue);
  const source = topology.queue("/", origin);
  const ids: number[] = [];
  for (const body of bodies) {
    const request = { vhost: "/", exchange: "", routingKey: origin, properties: {}, body: Buffer.from(body) };
    const { messageId } = await context.publisher.publish(outgoing(actor, request));
    if (messageId !== null) ids.push(messageId);
  }
  await context.database.main.transaction(async (tx) => {
    await enterQueues(tx, topology.version, [target.id]);
    await claimLock(tx, [source.id]);
    await entryTakeAway(
      tx,
      ids.map((seq) => ({ queue_id: source.id, rank: 0, seq })),
    );
    await insertEntryCopies(
      tx,
      ids.map((messageId, index) => {
        const letter = deadLetter(
          { exchange: "", routingKey: origin, properties: {} },
          { queue: origin, reason: "rejected", at: new Date(), deadLetterRoutingKey: null },
        );
        return {
          messageId,
          bytes: Buffer.byteLength(bodies[index] ?? ""),
          envelope: { exchange: "dlx", routingKey: origin, properties: encodedProperties(letter.properties) },
          placements: [placementIn(target, { expirationMs: null, properties: letter.properties })],
          death: {
            vhostId: target.vhostId,
            reason: "rejected" as const,
            count: 1,
            originQueue: origin,
            originExchange: "",
            originRoutingKey: origin,
            errorType: "TestError",
            errorMessage: `failed on ${bodies[index]}`,
          },
        };
      }),
    );
  });
}
