import type { Queryable, Statement } from "@/lib/engine/statement";

/** A lease that has run out, of a message that is not just given back. */
export interface OverdueRow {
  readonly queue_id: number;
  readonly rank: number;
  readonly seq: number;
  /** Who had it, and since when. */
  readonly was_by: string | null;
  readonly was_at: Date | null;
}

/** Which queues' delivery limits are to be kept; a queue that isn't listed has none. */
export interface DeliveryLimits {
  readonly queueIds: readonly number[];
  readonly limits: readonly number[];
  /** Queues whose leases are all held to be judged. */
  readonly judged: readonly number[];
}

/**
 * Whose leases are looked at: of one queue, or all; and whether or not their time has come, those of lost nodes and those
 * that nobody knows to have.
 */
export type LeaseScope =
  | { readonly kind: "all" }
  | { readonly kind: "queue"; readonly queueId: number }
  | { readonly kind: "nodes"; readonly nodeIds: readonly number[] }
  | { readonly kind: "lost"; readonly tokens: readonly number[]; readonly queueIds: readonly number[] };

const hasRunOut = "leased_until <= statement_timestamp()";

/** The statement for each scope, with what comes from $10 on. */
const scopes: { readonly [K in LeaseScope["kind"]]: Statement } = {
  all: { name: "lease_expire_all", text: expire(hasRunOut) },
  queue: { name: "lease_expire_queue", text: expire(`${hasRunOut} AND queue_id = $10`) },
  nodes: { name: "lease_expire_nodes", text: expire("lease_node = ANY ($10::int[])") },
  lost: {
    name: "lease_expire_lost",
    text: expire("queue_id = ANY ($11::int[]) AND lease_token = ANY ($10::bigint[])"),
  },
};

/** What a scope is about, as the last parameters of a statement. */
export function scopeValues(scope: LeaseScope): unknown[] {
  if (scope.kind === "all") return [];
  if (scope.kind === "lost") return [scope.tokens, scope.queueIds];
  return [scope.kind === "queue" ? scope.queueId : scope.nodeIds];
}

/**
 * Gives messages back whose lease has run out: redelivered, and counted towards the delivery limit. Those that would
 * exceed it, and those that are to be judged, are not given back but held under `token`.
 * @param request.holder who holds those that exceed the limit; `judge` those that are to be judged. What one of `judge`
 *   holds has run out because a node died in between, and is still to be judged; what `holder` holds comes back.
 * @returns the queues with what came back to each, and those that are held
 */
export async function returnExpired(
  db: Queryable,
  request: {
    scope: LeaseScope;
    max: number;
    limits: DeliveryLimits;
    token: number;
    holder: string;
    judge: string;
    judges: readonly string[];
    holdMs: number;
  },
): Promise<{ returned: { queue_id: number; seqs: number[] }[]; overdue: OverdueRow[]; judged: OverdueRow[] }> {
  const rows = await db.query<OverdueRow & { state: "ready" | "leased"; is_judged: boolean }>(
    scopes[request.scope.kind],
    [
      request.max,
      request.limits.queueIds,
      request.limits.limits,
      request.token,
      request.holder,
      request.holdMs,
      request.limits.judged,
      request.judge,
      request.judges,
      ...scopeValues(request.scope),
    ],
  );
  const returned = new Map<number, number[]>();
  for (const { state, queue_id: queueId, seq } of rows) {
    if (state !== "ready") continue;
    const seqs = returned.get(queueId);
    if (seqs) seqs.push(seq);
    else returned.set(queueId, [seq]);
  }
  return {
    returned: [...returned].map(([queue_id, seqs]) => ({ queue_id, seqs })),
    overdue: rows.filter((row) => row.state === "leased" && !row.is_judged),
    judged: rows.filter((row) => row.is_judged),
  };
}

function expire(condition: string): string {
  return `
WITH overdue AS MATERIALIZED (
  SELECT ctid AS place, queue_id, rank, seq, delivery_count, leased_by, leased_at FROM warren.deferred
  WHERE state = 'leased' AND ${condition}
  ORDER BY leased_until LIMIT $1 FOR UPDATE SKIP LOCKED
),
judged AS MATERIALIZED (
  SELECT o.*, o.leased_by = ANY ($9::text[]) OR (o.queue_id = ANY ($7::int[]) AND o.leased_by IS DISTINCT FROM $5) AS is_judged,
    coalesce(o.delivery_count + 1 > ($3::bigint[])[array_position($2::int[], o.queue_id)], false) AS is_too_often
  FROM overdue o
),
returned AS (
  UPDATE warren.deferred
  SET state = 'ready', redelivered = true, delivery_count = delivery_count + 1,
      lease_token = NULL, leased_by = NULL, lease_node = NULL, leased_at = NULL, leased_until = NULL
  WHERE ctid = ANY (ARRAY(SELECT place FROM judged WHERE NOT is_judged AND NOT is_too_often))
  RETURNING queue_id, rank, seq, state
),
dying AS (
  UPDATE warren.deferred d
  SET redelivered = true, lease_token = $4::bigint, lease_node = NULL, leased_at = statement_timestamp(),
      leased_by = CASE WHEN NOT j.is_judged THEN $5 WHEN j.leased_by = ANY ($9::text[]) THEN j.leased_by ELSE $8 END,
      leased_until = statement_timestamp() + $6::float8 * interval '1 millisecond'
  FROM judged j WHERE d.ctid = j.place AND (j.is_judged OR j.is_too_often)
  RETURNING d.queue_id, d.rank, d.seq, d.state, j.is_judged, j.leased_by AS was_by, j.leased_at AS was_at
),
entries AS MATERIALIZED (
  SELECT c.queue_id, e.bytes
  FROM returned c CROSS JOIN LATERAL (
    SELECT bytes FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq = c.seq LIMIT 1) e
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes)
  SELECT queue_id, -count(*), -sum(bytes), count(*), sum(bytes) FROM entries GROUP BY queue_id
)
SELECT queue_id, rank, seq, state, false AS is_judged, NULL AS was_by, NULL::timestamptz AS was_at FROM returned
UNION ALL SELECT * FROM dying`;
}
