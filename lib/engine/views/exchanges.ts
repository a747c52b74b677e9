import { notFound } from "@/lib/broker/errors";
import { noPolicies } from "@/lib/broker/policy";
import type { ExchangeStatus } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { type ExchangeStatusRow, exchangeStatusList } from "@/lib/engine/sql/exchange-status";
import { decodeArguments } from "@/lib/engine/topology/arguments";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** All exchanges, or those of one vhost, with their totals and rates. `not-found` for an unknown vhost. */
export async function listExchanges(context: EngineContext, vhost?: string): Promise<readonly ExchangeStatus[]> {
  const snapshot = await context.topology.fresh();
  if (vhost !== undefined) snapshot.vhost(vhost);
  const rows = await exchangeStatusList(context.database.main, { vhost: vhost ?? null, name: null });
  return rows.map((row) => exchangeStatusOf(row, snapshot));
}

/** One exchange; the empty name is the default exchange's. */
export async function getExchange(context: EngineContext, vhost: string, name: string): Promise<ExchangeStatus> {
  const snapshot = await context.topology.fresh();
  snapshot.vhost(vhost);
  const [row] = await exchangeStatusList(context.database.main, { vhost, name });
  if (!row) throw notFound("exchange", name, vhost);
  return exchangeStatusOf(row, snapshot);
}

/** What a row says of an exchange. */
export function exchangeStatusOf(row: ExchangeStatusRow, snapshot: TopologySnapshot): ExchangeStatus {
  const { elapsed } = row;
  const rate = (before: number, after: number) =>
    row.moved && elapsed !== null && elapsed > 0 ? Math.max(0, after - before) / elapsed : 0;
  return {
    vhost: row.vhost,
    name: row.name,
    type: row.type,
    durable: row.durable,
    autoDelete: row.auto_delete,
    internal: row.internal,
    arguments: decodeArguments(row.arguments),
    createdAt: row.created_at,
    policies: snapshot.vhosts.get(row.vhost)?.exchanges.get(row.name)?.policies ?? noPolicies,
    publishIn: row.publish_in,
    publishOut: row.publish_out,
    publishInRate: rate(row.base_publish_in, row.publish_in),
    publishOutRate: rate(row.base_publish_out, row.publish_out),
  };
}
