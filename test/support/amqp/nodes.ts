import type { ChannelModel, ConfirmChannel, ConsumeMessage, Options } from "amqplib";
import { Client } from "pg";
import { systemActor } from "@/lib/broker/actor";
import { type ComposedBroker, composeBroker } from "@/lib/compose";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

export interface Node {
  readonly composed: ComposedBroker;
  readonly server: TestServer;
}

/** Broker nodes on one database, each with a door; what is agreed on is agreed on by all. */
export class Nodes {
  readonly all: Node[] = [];
  /** Beside them, for what they don't do. */
  readonly other: Client;
  readonly #database: TestDatabase;
  readonly #connections: ChannelModel[] = [];

  private constructor(database: TestDatabase, other: Client) {
    this.#database = database;
    this.other = other;
  }

  static async start(count: number): Promise<Nodes> {
    const database = await createTestDatabase();
    const other = new Client({ connectionString: database.url });
    await other.connect();
    const nodes = new Nodes(database, other);
    for (let i = 0; i < count; i++) await nodes.add();
    return nodes;
  }

  async add(options: { readonly storeFirst?: boolean } = {}): Promise<void> {
    const node = { name: `node ${this.all.length}`, kind: "broker" as const, version: "0" };
    const composed = composeBroker({ databaseUrl: this.#database.url, node, onError: () => {}, ...options });
    // Nobody has logged in who would have made the first user.
    await composed.administration.createFirstUser({ name: "guest", passwordHash: "", tags: ["administrator"] });
    const server = await startAmqpServer({}, composed.broker, { presence: composed.presence, cluster: composed.doors });
    await composed.entered;
    this.all.push({ composed, server });
  }

  get broker() {
    return this.node(0).composed.broker;
  }

  node(number: number): Node {
    const node = this.all[number];
    if (!node) throw new Error(`there is no node ${number}`);
    return node;
  }

  /** A channel of a connection of its own to a node. */
  async open(number = 0): Promise<ConfirmChannel> {
    const connection = await this.node(number).server.connect();
    this.#connections.push(connection);
    const channel = await connection.createConfirmChannel();
    channel.on("error", () => {});
    return channel;
  }

  /** What the others do when they have not heard of a node for too long. This one lives on, and enters itself anew. */
  async giveUp(number: number): Promise<void> {
    await this.other.query("UPDATE warren.node SET gone_at = now() WHERE id = $1", [
      Number(this.node(number).composed.doors.node),
    ]);
  }

  async sql<T>(text: string): Promise<T[]> {
    return (await this.other.query(text)).rows as T[];
  }

  statusOf(queue: string) {
    return this.broker.getQueue(systemActor, "/", queue);
  }

  /** Nothing can be stored meanwhile. */
  async whileNothingIsStored(work: () => Promise<void>): Promise<void> {
    await this.#whileLocked("LOCK TABLE warren.message IN SHARE MODE", work);
  }

  /** Somebody else takes messages from all queues meanwhile. */
  async whileClaimed(work: () => Promise<void>): Promise<void> {
    await this.#whileLocked("SELECT FROM warren.cursor FOR UPDATE", work);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.splice(0)) await connection.close().catch(() => {});
    for (const { server, composed } of this.all) {
      await server.close();
      await composed.close();
    }
    await this.other.end();
    await this.#database.drop();
  }

  async #whileLocked(lock: string, work: () => Promise<void>): Promise<void> {
    await this.other.query(`BEGIN; ${lock}`);
    try {
      await work();
    } finally {
      await this.other.query("COMMIT");
    }
  }
}

/** Consumes, and keeps what comes; null for the end of the consumer. */
export async function consume(channel: ConfirmChannel, queue: string, options: Options.Consume = {}) {
  const seen: (ConsumeMessage | null)[] = [];
  const { consumerTag } = await channel.consume(queue, (message) => seen.push(message), options);
  return { seen, consumerTag, bodies: () => seen.map((message) => message?.content.toString() ?? null) };
}

/** "0", "1", and so on. */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}
