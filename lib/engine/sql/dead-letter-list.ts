import type { DeathReason } from "@/lib/broker/message";
import { isClaimed, type Order, type PositionRow } from "@/lib/engine/sql/entry-scan";
import type { Queryable } from "@/lib/engine/statement";

/** Which dead letters: what the table itself can tell. */
export interface DeadLetterScope {
  readonly vhostIds: readonly number[];
  readonly queueId: number | null;
  readonly reason: DeathReason | null;
  readonly originQueue: string | null;
  readonly groupId: string | null;
}

/** The next dead letters by their numbers, over all queues of the scope. */
export async function deadLetterScan(
  db: Queryable,
  scope: DeadLetterScope,
  scan: { order: Order; after: { seq: number; queueId: number } | null; limit: number },
): Promise<PositionRow[]> {
  const start = { seq: scan.order === "oldest" ? -1 : Number.MAX_SAFE_INTEGER, queueId: -1 };
  const after = scan.after ?? start;
  return db.query<PositionRow>({ text: scanText(scope, scan.order) }, [
    idsOf(scope),
    after.seq,
    after.queueId,
    scan.limit,
    ...conditionValues(scope),
  ]);
}

/** Exact count of the scope. Without conditions it is a sum of counters, however many there are. */
export async function deadLetterCount(db: Queryable, scope: DeadLetterScope): Promise<number> {
  const [row] =
    scope.reason === null && scope.originQueue === null && scope.groupId === null
      ? await db.query<{ n: number }>({ name: "dead_letter_sum", text: sum }, [scope.vhostIds, scope.queueId])
      : await countSelected(db, scope);
  return row?.n ?? 0;
}

const sum = `
SELECT (coalesce(sum(c.dead), 0) + coalesce(sum(d.dead), 0))::float8 AS n
FROM warren.queue q
LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
LEFT JOIN (SELECT queue_id, sum(dead) AS dead FROM warren.queue_delta GROUP BY queue_id) d ON d.queue_id = q.id
WHERE q.vhost_id = ANY ($1::integer[]) AND ($2::integer IS NULL OR q.id = $2)`;

function scanText(scope: DeadLetterScope, order: Order): string {
  const direction = order === "oldest" ? "ASC" : "DESC";
  const beyond = order === "oldest" ? ">" : "<";
  const { key, type } = keyOf(scope);
  return `
WITH listed AS MATERIALIZED (
  SELECT l.queue_id, l.rank, l.seq FROM unnest($1::${type}[]) AS s (id)
  CROSS JOIN LATERAL (
    SELECT d.queue_id, d.rank, d.seq FROM warren.dead_letter d
    WHERE d.${key} = s.id AND d.seq ${beyond}= $2::bigint AND (d.seq ${beyond} $2::bigint OR d.queue_id > $3::integer)
      ${conditions(scope, 5)} AND EXISTS (SELECT FROM warren.queue q WHERE q.id = d.queue_id)
    ORDER BY d.seq ${direction}, d.queue_id LIMIT $4
  ) l
  ORDER BY l.seq ${direction}, l.queue_id LIMIT $4
)
SELECT listed.queue_id, listed.rank, listed.seq, coalesce(e.bytes, 0) AS bytes,
  CASE WHEN f.state = 'leased' OR ${isClaimed("listed", "f.state")} THEN 'unacked'
    WHEN f.state = 'delayed' THEN 'delayed' ELSE 'dead' END AS state
FROM listed
LEFT JOIN LATERAL (
  SELECT n.bytes FROM warren.entry n
  WHERE n.queue_id = listed.queue_id AND n.rank = listed.rank AND n.seq = listed.seq LIMIT 1
) e ON true
LEFT JOIN LATERAL (
  SELECT d.state FROM warren.deferred d
  WHERE d.queue_id = listed.queue_id AND d.rank = listed.rank AND d.seq = listed.seq LIMIT 1
) f ON true
ORDER BY listed.seq ${direction}, listed.queue_id`;
}

/**
 * The letters of a scope as "warren.dead_letter d WHERE ..." for a statement of the caller's, with the values of its
 * parameters. Those of a deleted queue, which stay until a duty clears them away, are not among them.
 */
export function deadLetterSelection(
  scope: DeadLetterScope,
  firstParameter: number,
): { text: string; values: unknown[] } {
  const { key, type } = keyOf(scope);
  return {
    text: `warren.dead_letter d WHERE d.${key} = ANY ($${firstParameter}::${type}[])
  ${conditions(scope, firstParameter + 1)} AND EXISTS (SELECT FROM warren.queue q WHERE q.id = d.queue_id)`,
    values: [idsOf(scope), ...conditionValues(scope)],
  };
}

function countSelected(db: Queryable, scope: DeadLetterScope): Promise<{ n: number }[]> {
  const { text, values } = deadLetterSelection(scope, 1);
  return db.query({ text: `SELECT count(*)::float8 AS n FROM ${text}` }, values);
}

/** By what the letters are looked up: the narrowest that an index has. */
function keyOf(scope: DeadLetterScope): { key: string; type: string } {
  if (scope.groupId !== null) return { key: "group_id", type: "uuid" };
  return { key: scope.queueId === null ? "vhost_id" : "queue_id", type: "integer" };
}

function idsOf(scope: DeadLetterScope): readonly unknown[] {
  if (scope.groupId !== null) return [scope.groupId];
  return scope.queueId === null ? scope.vhostIds : [scope.queueId];
}

function conditions(scope: DeadLetterScope, firstParameter: number): string {
  let parameter = firstParameter;
  let text = "";
  if (scope.groupId !== null) {
    text +=
      scope.queueId === null
        ? ` AND d.vhost_id = ANY ($${parameter++}::integer[])`
        : ` AND d.queue_id = $${parameter++}::integer`;
  }
  if (scope.reason !== null) text += ` AND d.reason = $${parameter++}::text`;
  if (scope.originQueue !== null) text += ` AND d.origin_queue = $${parameter++}::text`;
  return text;
}

function conditionValues(scope: DeadLetterScope): unknown[] {
  const within = scope.groupId === null ? null : (scope.queueId ?? scope.vhostIds);
  return [within, scope.reason, scope.originQueue].filter((value) => value !== null);
}
