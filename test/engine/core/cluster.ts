import { Client } from "pg";
import { type Actor, systemActor } from "@/lib/broker/actor";
import type { Broker, Leased } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import { emptyTable, type FieldTable } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { LeaseRequest, Settlement } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { createEngine } from "@/lib/engine/engine";
import { startNode } from "@/lib/engine/node";
import { createTestDatabase } from "@/test/support/database";

export const tester: Actor = { ...systemActor, user: "tester" };

export interface ClusterNode {
  readonly broker: Broker;
  readonly context: EngineContext;
}

/** Several brokers on one database, each with connections, duties and a picture of the topology of its own. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  /** The first node's. */
  readonly broker: Broker;
  /** Address of the database. */
  readonly url: string;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Ends one of the cluster's database connections, chosen at random. */
  killConnection(): Promise<void>;
  close(): Promise<void>;
}

export async function createCluster(size: number, options: { duties: boolean } = { duties: true }): Promise<Cluster> {
  const { url, drop } = await createTestDatabase();
  const client = new Client({ connectionString: url, application_name: "observer" });
  await client.connect();
  const running = Array.from({ length: size }, (_, index) => {
    // Lost connections are part of the tests; what a caller should hear of, it hears.
    const engine = createEngine({ databaseUrl: url, applicationName: `node ${index}`, log: { error: () => {} } });
    const identity = { name: `node ${index}`, kind: "broker", version: "0" } as const;
    return { engine, node: options.duties ? startNode(engine.context, identity) : undefined };
  });
  const nodes = running.map(({ engine }) => ({ broker: engine.broker, context: engine.context }));
  const [first] = nodes;
  if (!first) throw new Error("a cluster has at least one node");
  const sql = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await client.query(text, [...values])).rows as Row[];
  return {
    nodes,
    broker: first.broker,
    url,
    sql,
    killConnection: async () => {
      await sql(
        `SELECT pg_terminate_backend(pid) FROM (
           SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND application_name LIKE 'node %' ORDER BY random() LIMIT 1) one`,
      );
    },
    close: async () => {
      await Promise.all(running.map(({ node }) => node?.stop()));
      await Promise.all(running.map(({ engine }) => engine.close()));
      await client.end();
      await drop();
    },
  };
}

/** This node tells the others nothing of what it stores, as one that dies each time before it does. */
export function neverTells({ context: { signals } }: ClusterNode): void {
  signals.announce = (queueIds) => signals.wake(queueIds);
}

/** Declares a durable queue in vhost `/`. Arguments are given plainly: `{ "x-max-length": 3 }`. */
export async function declare(broker: Broker, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const traits = { durable: true, autoDelete: false, exclusive: false };
  await broker.declareQueue(tester, { vhost: "/", name, ...traits, arguments: fromPlain(args) });
  return name;
}

export async function declareExchange(
  broker: Broker,
  name: string,
  type: "direct" | "topic" | "fanout" | "headers",
  more: { autoDelete?: boolean; internal?: boolean; arguments?: Record<string, unknown> } = {},
): Promise<void> {
  await broker.declareExchange(tester, {
    vhost: "/",
    name,
    type,
    durable: true,
    autoDelete: more.autoDelete ?? false,
    internal: more.internal ?? false,
    arguments: fromPlain(more.arguments ?? {}),
  });
}

export async function bind(
  broker: Broker,
  source: string,
  destination: string,
  routingKey = "",
  more: { kind?: "queue" | "exchange"; arguments?: FieldTable } = {},
) {
  return broker.bind(tester, {
    vhost: "/",
    source,
    destination: { kind: more.kind ?? "queue", name: destination },
    routingKey,
    arguments: more.arguments ?? emptyTable,
  });
}

/** Publishes text; to a queue, unless an exchange is given. */
export async function publish(
  broker: Broker,
  to: string | { exchange: string; routingKey: string },
  body: string,
  properties: MessageProperties = { deliveryMode: 2 },
) {
  const route = typeof to === "string" ? { exchange: "", routingKey: to } : to;
  return broker.publish(tester, { vhost: "/", ...route, properties, body: Buffer.from(body) });
}

export async function lease(broker: Broker, queue: string, request: Partial<LeaseRequest> = {}) {
  return broker.lease(tester, {
    vhost: "/",
    queue,
    max: 100,
    visibilityTimeoutMs: 60_000,
    waitMs: 0,
    autoAck: false,
    countAs: "deliver",
    ...request,
  });
}

export async function settle(broker: Broker, messages: readonly Leased[], outcome: Settlement["outcome"]) {
  const results = await broker.settle(
    tester,
    messages.map((message) => ({ receipt: message.receipt ?? "", outcome })),
  );
  return results.map(({ result }) => result);
}

export function bodies(messages: readonly { readonly body: Uint8Array }[]): string[] {
  return messages.map(({ body }) => Buffer.from(body).toString());
}

/** The code of the error that a call ends in; fails when it doesn't. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (isBrokerError(error)) return error.code;
    throw error;
  }
  throw new Error("an error was expected");
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
