import type { ExchangeType } from "@/lib/broker/topology";
import { referenceTick } from "@/lib/engine/sql/queue-status";
import type { Queryable } from "@/lib/engine/statement";

/** An exchange with its totals, and with those at the reference tick, some 5 to 10 seconds before. */
export interface ExchangeStatusRow {
  vhost: string;
  name: string;
  type: ExchangeType;
  durable: boolean;
  auto_delete: boolean;
  internal: boolean;
  arguments: Buffer;
  created_at: Date;
  publish_in: number;
  publish_out: number;
  base_publish_in: number;
  base_publish_out: number;
  /** Changed since the reference tick. */
  moved: boolean;
  /** Seconds since the reference tick; null when there is none. */
  elapsed: number | null;
}

/** All exchanges, those of a vhost, or one of them, in one statement and one snapshot. */
export async function exchangeStatusList(
  db: Queryable,
  options: { vhost: string | null; name: string | null },
): Promise<ExchangeStatusRow[]> {
  return db.query<ExchangeStatusRow>({ name: "exchange_status_list", text: list }, [options.vhost, options.name]);
}

/** Exchanges whose counters moved since a time (ms since 1970). */
export async function exchangeStatusChanged(db: Queryable, since: number): Promise<ExchangeStatusRow[]> {
  return db.query<ExchangeStatusRow>({ name: "exchange_status_changed", text: changed }, [since]);
}

const statusQuery = (where: string) => `
WITH delta AS MATERIALIZED (
  SELECT exchange_id, sum(publish_in) AS publish_in, sum(publish_out) AS publish_out
  FROM warren.exchange_delta GROUP BY exchange_id
), tick AS MATERIALIZED (${referenceTick}
)
SELECT v.name AS vhost, x.name, x.type, x.durable, x.auto_delete, x.internal, x.arguments, x.created_at,
  (coalesce(c.publish_in, 0) + coalesce(d.publish_in, 0))::float8 AS publish_in,
  (coalesce(c.publish_out, 0) + coalesce(d.publish_out, 0))::float8 AS publish_out,
  coalesce(base.publish_in, 0)::float8 AS base_publish_in, coalesce(base.publish_out, 0)::float8 AS base_publish_out,
  (d.exchange_id IS NOT NULL OR c.changed_at > tick.at) IS TRUE AS moved,
  extract(epoch FROM statement_timestamp() - tick.at)::float8 AS elapsed
FROM warren.exchange x
JOIN warren.vhost v ON v.id = x.vhost_id
CROSS JOIN tick
LEFT JOIN warren.exchange_counter c ON c.exchange_id = x.id
LEFT JOIN delta d ON d.exchange_id = x.id
LEFT JOIN LATERAL (
  SELECT s.publish_in, s.publish_out FROM warren.exchange_sample s
  WHERE s.exchange_id = x.id AND s.at <= tick.at AND (d.exchange_id IS NOT NULL OR c.changed_at > tick.at)
  ORDER BY s.at DESC LIMIT 1
) base ON true
WHERE ${where}
ORDER BY v.name, x.name`;

const list = statusQuery("($1::text IS NULL OR v.name = $1) AND ($2::text IS NULL OR x.name = $2)");
const changed = statusQuery("(d.exchange_id IS NOT NULL OR c.changed_at > to_timestamp($1::float8 / 1000))");
