import type { Actor } from "@/lib/broker/actor";
import { notFound } from "@/lib/broker/errors";
import type { Channel, Connection, Consumer } from "@/lib/broker/presence";
import type { EngineContext } from "@/lib/engine/context";
import {
  channelList,
  connectionByName,
  connectionCloseAsk,
  connectionList,
  consumerList,
} from "@/lib/engine/sql/presence";

interface Row {
  readonly node: string;
  readonly report: unknown;
}

export async function listConnections(
  context: EngineContext,
  { vhost = null }: { readonly vhost?: string | null },
): Promise<readonly Connection[]> {
  return (await connectionList(context.database.main, vhost)).map((row) => reported<Connection>(row));
}

/** Throws `not-found`. */
export async function getConnection(context: EngineContext, name: string): Promise<Connection> {
  const row = await connectionByName(context.database.main, name);
  if (row === undefined) throw notFound("connection", name);
  return reported<Connection>(row);
}

export async function listChannels(
  context: EngineContext,
  { vhost = null, connection = null }: { readonly vhost?: string | null; readonly connection?: string | null },
): Promise<readonly Channel[]> {
  return (await channelList(context.database.main, vhost, connection)).map((row) => reported<Channel>(row));
}

export async function listConsumers(
  context: EngineContext,
  { vhost = null, queue = null }: { readonly vhost?: string | null; readonly queue?: string | null },
): Promise<readonly Consumer[]> {
  return (await consumerList(context.database.main, vhost, queue)).map((row) => reported<Consumer>(row));
}

/** Throws `not-found`. The node that has it closes it as soon as it hears of it. */
export async function closeConnection(
  context: EngineContext,
  actor: Actor,
  name: string,
  reason: string,
): Promise<void> {
  const asked = await connectionCloseAsk(context.database.main, name, reason, actor.user);
  if (asked === 0) throw notFound("connection", name);
}

/** What a door has reported is in the form of the contract. */
function reported<T extends { readonly node: string }>({ node, report }: Row): T {
  return { ...(report as Omit<T, "node">), node } as T;
}
