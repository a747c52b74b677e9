import type { Queryable, Statement } from "@/lib/engine/statement";

/** A lease that has run out, of a message that comes back too often to be given back. */
export interface OverdueRow {
  readonly queue_id: number;
  readonly rank: number;
  readonly seq: number;
}

/** Which queues' delivery limits are to be kept; a queue that isn't listed has none. */
export interface DeliveryLimits {
  readonly queueIds: readonly number[];
  readonly limits: readonly number[];
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

/** The statement for each scope, with what comes from $7 on. */
const scopes: { readonly [K in LeaseScope["kind"]]: Statement } = {
  all: { name: "lease_expire_all", text: expire(hasRunOut) },
  queue: { name: "lease_expire_queue", text: expire(`${hasRunOut} AND queue_id = $7`) },
  nodes: { name: "lease_expire_nodes", text: expire("lease_node = ANY ($7::int[])") },
  lost: {
    name: "lease_expire_lost",
    text: expire("queue_id = ANY ($8::int[]) AND lease_token = ANY ($7::bigint[])"),
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
 * exceed it are not given back but held under `token`, to be dead-lettered.
 * @returns the queues with how many came back to each, and those that are to be dead-lettered
 */
export async function returnExpired(
  db: Queryable,
  request: {
    scope: LeaseScope;
    max: number;
    limits: DeliveryLimits;
    token: number;
    holder: string;
    holdMs: number;
  },
): Promise<{ returned: { queue_id: number; count: number }[]; overdue: OverdueRow[] }> {
  const rows = await db.query<OverdueRow & { state: "ready" | "leased"; count: number }>(scopes[request.scope.kind], [
    request.max,
    request.limits.queueIds,
    request.limits.limits,
    request.token,
    request.holder,
    request.holdMs,
    ...scopeValues(request.scope),
  ]);
  const counts = new Map<number, number>();
  for (const row of rows) if (row.state === "ready") counts.set(row.queue_id, (counts.get(row.queue_id) ?? 0) + 1);
  return {
    returned: [...counts].map(([queue_id, count]) => ({ queue_id, count })),
    overdue: rows.filter((row) => row.state === "leased"),
  };
}

function expire(condition: string): string {
  return `
WITH overdue AS MATERIALIZED (
  SELECT ctid AS place, queue_id, delivery_count FROM warren.deferred
  WHERE state = 'leased' AND ${condition}
  ORDER BY leased_until LIMIT $1 FOR UPDATE SKIP LOCKED
),
judged AS MATERIALIZED (
  SELECT o.*, coalesce(o.delivery_count + 1 > ($3::bigint[])[array_position($2::int[], o.queue_id)], false) AS dies
  FROM overdue o
),
returned AS (
  UPDATE warren.deferred
  SET state = 'ready', redelivered = true, delivery_count = delivery_count + 1,
      lease_token = NULL, leased_by = NULL, lease_node = NULL, leased_at = NULL, leased_until = NULL
  WHERE ctid = ANY (ARRAY(SELECT place FROM judged WHERE NOT dies))
  RETURNING queue_id, rank, seq, state
),
dying AS (
  UPDATE warren.deferred
  SET redelivered = true, lease_token = $4::bigint, leased_by = $5, lease_node = NULL, leased_at = statement_timestamp(),
      leased_until = statement_timestamp() + $6::float8 * interval '1 millisecond'
  WHERE ctid = ANY (ARRAY(SELECT place FROM judged WHERE dies))
  RETURNING queue_id, rank, seq, state
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
SELECT * FROM returned UNION ALL SELECT * FROM dying`;
}
