import type { NodeFacts } from "@/lib/broker/node-facts";
import { isRunning } from "@/lib/engine/sql/presence";
import { referenceTick } from "@/lib/engine/sql/queue-status";
import type { Queryable } from "@/lib/engine/statement";

const counters = ["publish", "deliver", "deliver_no_ack", "get", "get_no_ack", "ack", "redeliver"] as const;
const unroutable = ["return_unroutable", "drop_unroutable"] as const;
const totals = [...counters, ...unroutable] as const;
const gauges = ["ready", "unacked", "delayed", "ready_bytes", "unacked_bytes", "dead"] as const;

type Total = (typeof totals)[number];

/** Cumulative counters of a sample; those that a kind of sample doesn't have are 0. */
export type TotalsRow = Record<Total, number>;

interface OverviewRow extends TotalsRow, Record<(typeof gauges)[number], number> {
  queues: number;
  exchanges: number;
  bindings: number;
  connections: number;
  channels: number;
  consumers: number;
  vhosts: number;
  /** Seconds since the reference tick; null when there is none. */
  elapsed: number | null;
  base: TotalsRow | null;
  /** The database's clock, in ms since 1970. */
  now: number;
}

/** One point of a series: counters as they stood at `at` (ms since 1970). */
export interface SampleRow extends TotalsRow {
  at: number;
  ready: number;
  unacked: number;
}

export interface NodeRow {
  name: string;
  kind: "web" | "broker" | "postgres";
  running: boolean;
  version: string;
  started_at: Date;
  last_seen_at: Date;
  facts: NodeFacts | null;
}

/**
 * Counts, totals and numbers of objects of everything, or of some vhosts, in one snapshot.
 * @param user whose connections and channels are counted; null counts all
 */
export async function overviewGet(
  db: Queryable,
  vhostIds: readonly number[] | null,
  user: string | null,
): Promise<OverviewRow> {
  const [row] = await db.query<OverviewRow>({ name: "overview_get", text: overview }, [vhostIds, user]);
  if (!row) throw new Error("the overview has no row");
  return row;
}

/** Samples of everything or of some vhosts, oldest first, from `ageMs` ago on, and the last one before that. */
export async function vhostSampleList(
  db: Queryable,
  vhostIds: readonly number[] | null,
  ageMs: number,
): Promise<SampleRow[]> {
  return db.query<SampleRow>({ name: "vhost_sample_list", text: vhostSamples }, [vhostIds, ageMs]);
}

/** Samples of one queue, oldest first, from `ageMs` ago on, and the last one before that. */
export async function queueSampleList(db: Queryable, queueId: number, ageMs: number): Promise<SampleRow[]> {
  return db.query<SampleRow>({ name: "queue_sample_list", text: queueSamples }, [queueId, ageMs]);
}

/**
 * The database server and the processes that were seen within a day. Of those that stopped, only the last of each
 * name, and only where none of that name runs.
 */
export async function nodeList(db: Queryable): Promise<NodeRow[]> {
  return db.query<NodeRow>({ name: "node_list", text: nodes });
}

/** How many of them there are at nodes that run, as a column named in the plural. */
function present(table: "connection" | "channel" | "consumer"): string {
  const ofUser = table === "consumer" ? "" : "AND ($2::text IS NULL OR p.report ->> 'user' = $2)";
  return `(SELECT count(*) FROM warren.${table} p JOIN warren.node n ON n.id = p.node_id AND ${isRunning}
    WHERE ($1::integer[] IS NULL OR p.vhost IN (SELECT name FROM scope)) ${ofUser})::float8 AS ${table}s`;
}

const overview = `
WITH scope AS MATERIALIZED (
  SELECT id, name FROM warren.vhost WHERE $1::integer[] IS NULL OR id = ANY ($1)
), delta AS MATERIALIZED (
  SELECT queue_id, ${[...gauges, ...counters].map((name) => `sum(${name}) AS ${name}`).join(", ")}
  FROM warren.queue_delta GROUP BY queue_id
), queues AS (
  SELECT count(*) AS n, ${gauges.map((name) => `sum(coalesce(c.${name}, 0) + coalesce(d.${name}, 0)) AS ${name}`).join(", ")},
    ${counters.map((name) => `sum(d.${name}) AS ${name}`).join(", ")}
  FROM warren.queue q JOIN scope ON scope.id = q.vhost_id
  LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
  LEFT JOIN delta d ON d.queue_id = q.id
), published AS (
  SELECT sum(d.publish_in) AS publish, ${unroutable.map((name) => `sum(d.${name}) AS ${name}`).join(", ")}
  FROM warren.exchange_delta d JOIN warren.exchange x ON x.id = d.exchange_id JOIN scope ON scope.id = x.vhost_id
), folded AS (
  SELECT ${totals.map((name) => `sum(c.${name}) AS ${name}`).join(", ")}
  FROM warren.vhost_counter c JOIN scope ON scope.id = c.vhost_id
), tick AS MATERIALIZED (${referenceTick}
), base AS (
  SELECT ${totals.map((name) => `sum(s.${name})::float8 AS ${name}`).join(", ")}
  FROM warren.vhost_sample s JOIN scope ON scope.id = s.vhost_id JOIN tick ON tick.at = s.at HAVING count(*) > 0
)
SELECT q.n::float8 AS queues,
  (SELECT count(*) FROM warren.exchange x JOIN scope ON scope.id = x.vhost_id)::float8 AS exchanges,
  (SELECT count(*) FROM warren.binding b JOIN scope ON scope.id = b.vhost_id)::float8 AS bindings,
  (SELECT count(*) FROM scope)::float8 AS vhosts,
  ${present("connection")}, ${present("channel")}, ${present("consumer")},
  ${gauges.map((name) => `coalesce(q.${name}, 0)::float8 AS ${name}`).join(", ")},
  (coalesce(f.publish, 0) + coalesce(p.publish, 0))::float8 AS publish,
  ${counters
    .slice(1)
    .map((name) => `(coalesce(f.${name}, 0) + coalesce(q.${name}, 0))::float8 AS ${name}`)
    .join(", ")},
  ${unroutable.map((name) => `(coalesce(f.${name}, 0) + coalesce(p.${name}, 0))::float8 AS ${name}`).join(", ")},
  extract(epoch FROM statement_timestamp() - tick.at)::float8 AS elapsed,
  extract(epoch FROM statement_timestamp())::float8 * 1000 AS now,
  (SELECT to_jsonb(base) FROM base) AS base
FROM queues q, published p, folded f, tick`;

const vhostSamples = `
SELECT extract(epoch FROM at)::float8 * 1000 AS at, sum(ready)::float8 AS ready, sum(unacked)::float8 AS unacked,
  ${totals.map((name) => `sum(${name})::float8 AS ${name}`).join(", ")}
FROM warren.vhost_sample
WHERE ($1::integer[] IS NULL OR vhost_id = ANY ($1)) AND at >= coalesce(
  (SELECT max(at) FROM warren.vhost_sample WHERE at <= now() - $2 * interval '1 ms'), now() - $2 * interval '1 ms')
GROUP BY at ORDER BY at`;

const queueSamples = `
SELECT extract(epoch FROM at)::float8 * 1000 AS at, ready::float8, unacked::float8,
  ${counters.map((name) => `${name}::float8`).join(", ")}, 0::float8 AS return_unroutable, 0::float8 AS drop_unroutable
FROM warren.queue_sample
WHERE queue_id = $1 AND at >= coalesce(
  (SELECT max(at) FROM warren.queue_sample WHERE queue_id = $1 AND at <= now() - $2 * interval '1 ms'),
  now() - $2 * interval '1 ms')
ORDER BY at`;

const nodes = `
SELECT name, kind, running, version, started_at, last_seen_at, facts FROM (
  SELECT DISTINCT ON (n.kind, n.name, n.running, CASE WHEN n.running THEN n.id END) n.*,
    bool_or(n.running) OVER (PARTITION BY n.kind, n.name) AS any_running
  FROM (SELECT *, last_seen_at > now() - interval '10 s' AS running FROM warren.node
        WHERE last_seen_at > now() - interval '1 day') n
  ORDER BY n.kind, n.name, n.running, CASE WHEN n.running THEN n.id END, n.last_seen_at DESC
) seen WHERE running OR NOT any_running
UNION ALL
SELECT 'postgres', 'postgres', true, split_part(current_setting('server_version'), ' ', 1),
  pg_postmaster_start_time(), now(), NULL
ORDER BY kind, name, started_at`;
