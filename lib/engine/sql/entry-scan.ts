import type { MessageState } from "@/lib/broker/message";
import { noDeferred } from "@/lib/engine/sql/no-deferred";
import type { Queryable } from "@/lib/engine/statement";

/** Where an entry lies. */
export interface Position {
  queue_id: number;
  rank: number;
  seq: number;
}

/** An entry, and what is known of it without reading its message. */
export interface PositionRow extends Position {
  bytes: number;
  state: MessageState;
}

export type Order = "oldest" | "newest";

/** Which entries of one queue a scan passes. */
export type ScanKind = "all" | "held" | "waiting";

/** Runs `work` on one snapshot, which can neither write nor hold anybody up, nor run for long. */
export async function beginReading(tx: Queryable, timeoutMs: number): Promise<void> {
  await Promise.all([
    tx.query({ text: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY" }),
    tx.query({ text: `SELECT set_config('statement_timeout', $1, true)` }, [String(timeoutMs)]),
  ]);
}

/**
 * The next entries of one queue in the order of service, or against it.
 * @param kind `all` walks over every entry, `held` over those that are leased or delayed, `waiting` over the others
 * @param after the last one seen
 */
export async function entryScanQueue(
  db: Queryable,
  scan: {
    queueId: number;
    maxRank: number;
    kind: ScanKind;
    order: Order;
    after: { rank: number; seq: number } | null;
    limit: number;
  },
): Promise<PositionRow[]> {
  const start = scan.order === "oldest" ? { rank: -1, seq: -1 } : { rank: 32_767, seq: Number.MAX_SAFE_INTEGER };
  const after = scan.after ?? start;
  const values = [scan.queueId, after.rank, after.seq, scan.limit];
  if (scan.kind === "waiting") values.push(scan.maxRank);
  return db.query<PositionRow>(queueScans[scan.order][scan.kind], values);
}

/**
 * The next entries of many queues by their numbers, merged: only the queues whose first entry is among the first
 * `limit` can contribute, and each at most `limit`.
 */
export async function entryScanQueues(
  db: Queryable,
  scan: {
    queueIds: readonly number[];
    maxRanks: readonly number[];
    order: Order;
    after: { seq: number; queueId: number } | null;
    limit: number;
  },
): Promise<PositionRow[]> {
  const start = scan.order === "oldest" ? { seq: -1, queueId: -1 } : { seq: Number.MAX_SAFE_INTEGER, queueId: -1 };
  const after = scan.after ?? start;
  return db.query<PositionRow>(queuesScans[scan.order], [
    scan.queueIds,
    scan.maxRanks,
    after.seq,
    after.queueId,
    scan.limit,
  ]);
}

/** The next leased and delayed entries of many queues by their numbers. They are few, compared with all entries. */
export async function entryScanHeld(
  db: Queryable,
  scan: {
    queueIds: readonly number[];
    order: Order;
    after: { seq: number; queueId: number } | null;
    limit: number;
  },
): Promise<PositionRow[]> {
  const start = scan.order === "oldest" ? { seq: -1, queueId: -1 } : { seq: Number.MAX_SAFE_INTEGER, queueId: -1 };
  const after = scan.after ?? start;
  return db.query<PositionRow>(heldScans[scan.order], [scan.queueIds, after.seq, after.queueId, scan.limit]);
}

/** Of rows in ascending order, those up to a number. */
export function upTo(rows: PositionRow[], bound: number | undefined): PositionRow[] {
  const end = bound === undefined ? -1 : rows.findIndex((row) => row.seq > bound);
  return end < 0 ? rows : rows.slice(0, end);
}

/** The greatest number given to an entry so far: a bulk operation that stops there ends, whatever arrives meanwhile. */
export async function entryLastSeq(db: Queryable): Promise<number> {
  const [row] = await db.query<{ last_value: number }>({
    name: "entry_last_seq",
    text: "SELECT last_value FROM warren.seq",
  });
  if (!row) throw new Error("warren.seq has no row");
  return row.last_value;
}

/**
 * Condition on an entry: the cursor has passed it and no row of `deferred` tells how it stands, so a claim holds it.
 * @param deferredState the state in `deferred`, null without a row
 */
export function isClaimed(entry: string, deferredState: string): string {
  return `${deferredState} IS NULL AND ${entry}.seq <= (
    SELECT k.seq FROM warren.cursor k WHERE k.queue_id = ${entry}.queue_id AND k.rank = ${entry}.rank)`;
}

const state = `CASE WHEN d.state = 'leased' OR ${isClaimed("e", "d.state")} THEN 'unacked'
  WHEN d.state = 'delayed' THEN 'delayed' WHEN e.dead THEN 'dead' ELSE 'ready' END AS state`;
const deferredOfEntry = `
LEFT JOIN LATERAL (
  SELECT f.state FROM warren.deferred f WHERE f.queue_id = e.queue_id AND f.rank = e.rank AND f.seq = e.seq LIMIT 1
) d ON true`;

/** Entries of a claim `c` that it still holds. */
const entriesOfClaim = `warren.entry n
    WHERE n.queue_id = c.queue_id AND n.rank = c.rank AND n.seq >= c.lo AND n.seq <= c.hi AND ${noDeferred("n")}`;

function allScan(order: Order): string {
  const { direction, beyond } = words(order);
  return `
SELECT e.queue_id, e.rank, e.seq, e.bytes, ${state}
FROM (
  SELECT queue_id, rank, seq, bytes, dead FROM warren.entry
  WHERE queue_id = $1 AND (rank, seq) ${beyond} ($2::smallint, $3::bigint)
  ORDER BY rank ${direction}, seq ${direction} LIMIT $4
) e ${deferredOfEntry}
ORDER BY e.rank ${direction}, e.seq ${direction}`;
}

function heldScan(order: Order): string {
  const { direction, beyond } = words(order);
  const reached = order === "oldest" ? "(c.rank, c.hi)" : "(c.rank, c.lo)";
  return `
SELECT d.queue_id, d.rank, d.seq, coalesce(e.bytes, 0) AS bytes,
  CASE d.state WHEN 'delayed' THEN 'delayed' ELSE 'unacked' END AS state
FROM (
  (SELECT queue_id, rank, seq, state FROM warren.deferred
   WHERE queue_id = $1 AND state IN ('leased', 'delayed') AND (rank, seq) ${beyond} ($2::smallint, $3::bigint)
   ORDER BY rank ${direction}, seq ${direction} LIMIT $4)
  UNION ALL
  (SELECT n.queue_id, n.rank, n.seq, 'leased' FROM warren.claim c CROSS JOIN LATERAL (
     SELECT n.queue_id, n.rank, n.seq FROM ${entriesOfClaim} AND (n.rank, n.seq) ${beyond} ($2::smallint, $3::bigint)
     ORDER BY n.seq ${direction} LIMIT $4) n
   WHERE c.queue_id = $1 AND ${reached} ${beyond}= ($2::smallint, $3::bigint)
   ORDER BY n.rank ${direction}, n.seq ${direction} LIMIT $4)
  ORDER BY rank ${direction}, seq ${direction} LIMIT $4
) d LEFT JOIN LATERAL (
  SELECT n.bytes FROM warren.entry n WHERE n.queue_id = d.queue_id AND n.rank = d.rank AND n.seq = d.seq LIMIT 1
) e ON true
ORDER BY d.rank ${direction}, d.seq ${direction}`;
}

/** In each rank: what waits again, and what the cursor has not reached. */
function waitingScan(order: Order): string {
  const { direction, beyond } = words(order);
  return `
SELECT e.queue_id, e.rank, e.seq, e.bytes, CASE WHEN e.dead THEN 'dead' ELSE 'ready' END AS state
FROM generate_series(0, $5::integer) AS r (rank)
CROSS JOIN LATERAL (
  (SELECT n.queue_id, n.rank, n.seq, n.bytes, n.dead FROM warren.deferred d
   CROSS JOIN LATERAL (
     SELECT x.* FROM warren.entry x WHERE x.queue_id = d.queue_id AND x.rank = d.rank AND x.seq = d.seq LIMIT 1
   ) n
   WHERE d.queue_id = $1 AND d.rank = r.rank AND d.state = 'ready'
     AND (d.rank, d.seq) ${beyond} ($2::smallint, $3::bigint)
   ORDER BY d.seq ${direction} LIMIT $4)
  UNION ALL
  (SELECT n.queue_id, n.rank, n.seq, n.bytes, n.dead FROM warren.entry n
   WHERE n.queue_id = $1 AND n.rank = r.rank AND (n.rank, n.seq) ${beyond} ($2::smallint, $3::bigint)
     AND n.seq > coalesce((SELECT k.seq FROM warren.cursor k WHERE k.queue_id = $1 AND k.rank = r.rank), 0)
     AND ${noDeferred("n")}
   ORDER BY n.seq ${direction} LIMIT $4)
) e
ORDER BY e.rank ${direction}, e.seq ${direction} LIMIT $4`;
}

function mergedScan(order: Order): string {
  const { direction, beyond } = words(order);
  // At equal numbers the copies of one message follow each other by queue, in either order of numbers.
  const reached = (alias: string) => `${alias}.seq ${beyond}= $3::bigint
    AND (${alias}.seq ${beyond} $3::bigint OR ${alias}.queue_id > $4::integer)`;
  return `
WITH delta AS MATERIALIZED (
  SELECT queue_id, sum(ready + unacked + delayed) AS messages FROM warren.queue_delta GROUP BY queue_id
), filled AS MATERIALIZED (
  SELECT q.id, q.max_rank FROM unnest($1::integer[], $2::integer[]) AS q (id, max_rank)
  LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
  LEFT JOIN delta d ON d.queue_id = q.id
  WHERE coalesce(c.ready + c.unacked + c.delayed, 0) + coalesce(d.messages, 0) > 0
), first AS MATERIALIZED (
  SELECT f.id AS queue_id, r.rank, h.seq
  FROM filled f CROSS JOIN generate_series(0, f.max_rank) AS r (rank)
  CROSS JOIN LATERAL (
    SELECT h.seq FROM warren.entry h WHERE h.queue_id = f.id AND h.rank = r.rank AND ${reached("h")}
    ORDER BY h.seq ${direction} LIMIT 1
  ) h
  ORDER BY h.seq ${direction}, f.id LIMIT $5
), merged AS MATERIALIZED (
  SELECT e.* FROM first f CROSS JOIN LATERAL (
    SELECT n.queue_id, n.rank, n.seq, n.bytes, n.dead FROM warren.entry n
    WHERE n.queue_id = f.queue_id AND n.rank = f.rank AND ${reached("n")}
    ORDER BY n.seq ${direction} LIMIT $5
  ) e
  ORDER BY e.seq ${direction}, e.queue_id LIMIT $5
)
SELECT e.queue_id, e.rank, e.seq, e.bytes, ${state}
FROM merged e ${deferredOfEntry}
ORDER BY e.seq ${direction}, e.queue_id`;
}

function mergedHeldScan(order: Order): string {
  const { direction, beyond } = words(order);
  const reached = (alias: string) => `${alias}.seq ${beyond}= $2::bigint
     AND (${alias}.seq ${beyond} $2::bigint OR ${alias}.queue_id > $3::integer)`;
  return `
SELECT d.queue_id, d.rank, d.seq, coalesce(e.bytes, 0) AS bytes,
  CASE d.state WHEN 'delayed' THEN 'delayed' ELSE 'unacked' END AS state
FROM (
  (SELECT f.queue_id, f.rank, f.seq, f.state FROM warren.deferred f
   WHERE f.queue_id = ANY ($1::integer[]) AND f.state IN ('leased', 'delayed') AND ${reached("f")}
   ORDER BY f.seq ${direction}, f.queue_id LIMIT $4)
  UNION ALL
  (SELECT n.queue_id, n.rank, n.seq, 'leased' FROM warren.claim c CROSS JOIN LATERAL (
     SELECT n.queue_id, n.rank, n.seq FROM ${entriesOfClaim} AND ${reached("n")} ORDER BY n.seq ${direction} LIMIT $4) n
   WHERE c.queue_id = ANY ($1::integer[]) AND ${order === "oldest" ? "c.hi" : "c.lo"} ${beyond}= $2::bigint
   ORDER BY n.seq ${direction}, n.queue_id LIMIT $4)
  ORDER BY seq ${direction}, queue_id LIMIT $4
) d LEFT JOIN LATERAL (
  SELECT n.bytes FROM warren.entry n WHERE n.queue_id = d.queue_id AND n.rank = d.rank AND n.seq = d.seq LIMIT 1
) e ON true
ORDER BY d.seq ${direction}, d.queue_id`;
}

function words(order: Order) {
  return order === "oldest" ? { direction: "ASC", beyond: ">" } : { direction: "DESC", beyond: "<" };
}

function named(order: Order) {
  return {
    all: { name: `entry_scan_all_${order}`, text: allScan(order) },
    held: { name: `entry_scan_held_${order}`, text: heldScan(order) },
    waiting: { name: `entry_scan_waiting_${order}`, text: waitingScan(order) },
  };
}

const queueScans = { oldest: named("oldest"), newest: named("newest") };
const queuesScans = {
  oldest: { name: "entry_scan_merged_oldest", text: mergedScan("oldest") },
  newest: { name: "entry_scan_merged_newest", text: mergedScan("newest") },
};
const heldScans = {
  oldest: { name: "entry_scan_merged_held_oldest", text: mergedHeldScan("oldest") },
  newest: { name: "entry_scan_merged_held_newest", text: mergedHeldScan("newest") },
};
