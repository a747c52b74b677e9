import { consumersByQueue } from "@/lib/engine/sql/presence";
import type { Queryable } from "@/lib/engine/statement";

/** A queue with its counts and totals, and its totals at the reference tick, some 5 to 10 seconds before. */
export interface QueueStatusRow {
  id: number;
  vhost: string;
  name: string;
  type: "classic" | "quorum";
  durable: boolean;
  auto_delete: boolean;
  exclusive: boolean;
  arguments: Buffer;
  created_at: Date;
  ready: number;
  unacked: number;
  delayed: number;
  ready_bytes: number;
  unacked_bytes: number;
  dead: number;
  publish: number;
  deliver: number;
  deliver_no_ack: number;
  get: number;
  get_no_ack: number;
  ack: number;
  redeliver: number;
  /** Changed since the reference tick. */
  moved: boolean;
  changed_at: Date;
  /** Seconds since the reference tick; null when there is none. */
  elapsed: number | null;
  base_publish: number;
  base_deliver: number;
  base_deliver_no_ack: number;
  base_get: number;
  base_get_no_ack: number;
  base_ack: number;
  base_redeliver: number;
  consumers: number;
  /** Consumers without room. */
  full_consumers: number;
  /** Dead letters that died here, counted to a bound. */
  dead_from_here: number;
  /** The database's clock, in ms since 1970. */
  now: number;
}

/** Beyond this many, dead letters that came from a queue are not counted further. */
const FROM_HERE_BOUND_IN_LIST = 1_000;
const FROM_HERE_BOUND = 10_000;

/** All queues, or those of a vhost, in one statement and one snapshot: counters and what is not yet folded into them. */
export async function queueStatusList(db: Queryable, vhost: string | null): Promise<QueueStatusRow[]> {
  return db.query<QueueStatusRow>(list, [null, vhost]);
}

/** One queue by its id. */
export async function queueStatusGet(db: Queryable, queueId: number): Promise<QueueStatusRow | undefined> {
  const [row] = await db.query<QueueStatusRow>(one, [queueId, null]);
  return row;
}

/**
 * Queues that may have changed since a time (ms since 1970): their counters moved, or they are among those named.
 * `vhosts` and `names` belong together, one by one.
 */
export async function queueStatusChanged(
  db: Queryable,
  since: number,
  named: readonly { readonly vhost: string; readonly name: string }[],
): Promise<QueueStatusRow[]> {
  return db.query<QueueStatusRow>(changed, [
    null,
    since,
    named.map(({ vhost }) => vhost),
    named.map(({ name }) => name),
  ]);
}

/**
 * When the message that would be served next was enqueued, for a queue whose ranks go up to `maxRank`: the first of
 * what waits again, or the first beyond the cursor, in each rank.
 */
export async function queueHead(db: Queryable, queueId: number, maxRank: number): Promise<Date | null> {
  const [row] = await db.query<{ enqueued_at: Date }>({ name: "queue_head", text: head }, [queueId, maxRank]);
  return row?.enqueued_at ?? null;
}

/**
 * The tick that rates are measured from: the latest that is at least 5 s old, or, just after the sampler began, the
 * first at all. None when the sampler stands still, so that no rate is made up from old samples.
 */
export const referenceTick = `
  SELECT coalesce(
    (SELECT max(at) FROM warren.vhost_sample
      WHERE at <= statement_timestamp() - interval '5 s' AND at > statement_timestamp() - interval '15 s'),
    (SELECT min(at) FROM warren.vhost_sample
      WHERE at <= statement_timestamp() - interval '1 s' AND at > statement_timestamp() - interval '15 s')) AS at`;

const totals = ["publish", "deliver", "deliver_no_ack", "get", "get_no_ack", "ack", "redeliver"] as const;
const gauges = ["ready", "unacked", "delayed", "ready_bytes", "unacked_bytes", "dead"] as const;

function statusQuery(where: string, bound: number): string {
  const sums = [...gauges, ...totals];
  return `
WITH delta AS MATERIALIZED (
  SELECT queue_id, ${sums.map((name) => `sum(${name}) AS ${name}`).join(", ")}
  FROM warren.queue_delta WHERE $1::integer IS NULL OR queue_id = $1 GROUP BY queue_id
), tick AS MATERIALIZED (${referenceTick}
), consumers AS MATERIALIZED (${consumersByQueue}
)
SELECT q.id, v.name AS vhost, q.name, q.type, q.durable, q.auto_delete, q.exclusive, q.arguments, q.created_at,
  ${sums.map((name) => `(coalesce(c.${name}, 0) + coalesce(d.${name}, 0))::float8 AS ${name}`).join(", ")},
  (d.queue_id IS NOT NULL OR coalesce(c.changed_at, q.created_at) > tick.at) IS TRUE AS moved,
  CASE WHEN d.queue_id IS NULL THEN coalesce(c.changed_at, q.created_at) ELSE statement_timestamp() END AS changed_at,
  extract(epoch FROM statement_timestamp() - tick.at)::float8 AS elapsed,
  extract(epoch FROM statement_timestamp())::float8 * 1000 AS now,
  ${totals.map((name) => `coalesce(base.${name}, 0)::float8 AS base_${name}`).join(", ")},
  (SELECT count(*) FROM (SELECT FROM warren.dead_letter l WHERE l.vhost_id = q.vhost_id AND l.origin_queue = q.name
    LIMIT ${bound}) bounded)::float8 AS dead_from_here,
  coalesce(w.consumers, 0)::float8 AS consumers, coalesce(w."full", 0)::float8 AS full_consumers
FROM warren.queue q
JOIN warren.vhost v ON v.id = q.vhost_id
CROSS JOIN tick
LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
LEFT JOIN delta d ON d.queue_id = q.id
LEFT JOIN consumers w ON w.vhost = v.name AND w.queue = q.name
LEFT JOIN LATERAL (
  SELECT ${totals.map((name) => `s.${name}`).join(", ")} FROM warren.queue_sample s
  WHERE s.queue_id = q.id AND s.at <= tick.at AND (d.queue_id IS NOT NULL OR c.changed_at > tick.at)
  ORDER BY s.at DESC LIMIT 1
) base ON true
WHERE ${where}
ORDER BY v.name, q.name`;
}

const head = `
SELECT coalesce(again.enqueued_at, fresh.enqueued_at) AS enqueued_at
FROM generate_series(0, $2::integer) AS r (rank)
LEFT JOIN LATERAL (
  SELECT e.seq, e.enqueued_at FROM warren.deferred d
  JOIN warren.entry e ON e.queue_id = d.queue_id AND e.rank = d.rank AND e.seq = d.seq
  WHERE d.queue_id = $1 AND d.rank = r.rank AND d.state = 'ready' ORDER BY d.seq LIMIT 1
) again ON true
LEFT JOIN LATERAL (
  SELECT e.seq, e.enqueued_at FROM warren.entry e
  WHERE e.queue_id = $1 AND e.rank = r.rank
    AND e.seq > coalesce((SELECT k.seq FROM warren.cursor k WHERE k.queue_id = $1 AND k.rank = r.rank), 0)
  ORDER BY e.seq LIMIT 1
) fresh ON true
WHERE again.seq IS NOT NULL OR fresh.seq IS NOT NULL
ORDER BY r.rank LIMIT 1`;

const inVhost = "$2::text IS NULL OR v.name = $2";
const changedSince = `(d.queue_id IS NOT NULL OR c.changed_at > to_timestamp($2::float8 / 1000)
  OR (v.name, q.name) IN (SELECT * FROM unnest($3::text[], $4::text[])))`;
const list = { name: "queue_status_list", text: statusQuery(inVhost, FROM_HERE_BOUND_IN_LIST) };
const changed = { name: "queue_status_changed", text: statusQuery(changedSince, FROM_HERE_BOUND_IN_LIST) };
const one = { name: "queue_status_get", text: statusQuery("q.id = $1 AND $2::text IS NULL", FROM_HERE_BOUND) };
