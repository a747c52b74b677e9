import type { ConnectionPool } from "@/lib/engine/connection-pool";
import { type LeaseScope, scopeValues } from "@/lib/engine/sql/expired-lease";
import { noDeferred } from "@/lib/engine/sql/no-deferred";
import { type HeldEntry, heldParameters } from "@/lib/engine/sql/settle";
import type { Queryable, Statement } from "@/lib/engine/statement";

/** A claim out of which messages were broken, or that was looked at for whether anything is left of it. */
export interface BrokenClaim {
  readonly queue_id: number;
  readonly rank: number;
  readonly hi: number;
  readonly token: number;
  readonly version: number;
}

/** A claim by its key. */
export interface ClaimKey {
  readonly queue_id: number;
  readonly rank: number;
  readonly hi: number;
}

/**
 * Gives messages that are held by a claim a row of their own in `deferred`, held as before: by the same holder, under the
 * same token, for as long. Nothing changes by that for anybody, so it needs no transaction with what follows. What isn't
 * held by a claim under its token is left alone.
 * @param endEmpty deletes the claims of which nothing is left then
 * @returns the claims that lost messages so, with their new versions
 */
export async function breakOut(
  pool: ConnectionPool,
  held: readonly HeldEntry[],
  endEmpty: boolean,
): Promise<readonly BrokenClaim[]> {
  const parameters = heldParameters(held);
  const [, broken] = await pool.pipeline([
    [{ name: "claim_break_lock", text: lock }, parameters],
    [{ name: "claim_break", text: breakThem }, parameters],
    ...(endEmpty ? [[{ name: "claim_end_empty", text: endEmptyOnes }, parameters] as const] : []),
  ]);
  return broken as unknown as BrokenClaim[];
}

const hasRunOut = "leased_until <= statement_timestamp()";
const scopes: { readonly [K in LeaseScope["kind"]]: Statement } = {
  all: { name: "claim_ended_all", text: find(hasRunOut) },
  queue: { name: "claim_ended_queue", text: find(`${hasRunOut} AND queue_id = $2`) },
  nodes: { name: "claim_ended_nodes", text: find("node = ANY ($2::int[])") },
  lost: { name: "claim_ended_lost", text: find("token = ANY ($2::bigint[]) AND queue_id = ANY ($3::int[])") },
};

/** Finds claims that are to end, at most `max`. */
export async function findEnded(db: Queryable, scope: LeaseScope, max: number): Promise<ClaimKey[]> {
  return db.query<ClaimKey>(scopes[scope.kind], [max, ...scopeValues(scope)]);
}

/** Breaks everything that is left out of claims, and deletes them. Returns how many messages that was. */
export async function endClaims(pool: ConnectionPool, claims: readonly ClaimKey[]): Promise<number> {
  const keys = [claims.map((one) => one.queue_id), claims.map((one) => one.rank), claims.map((one) => one.hi)];
  const [, rows] = await pool.pipeline([
    [{ name: "claim_end_lock", text: lockKeys }, keys],
    [{ name: "claim_end", text: end }, keys],
  ]);
  return (rows as { n: number }[])[0]?.n ?? 0;
}

/**
 * Makes messages ready again that the cursor has passed and nobody holds. There are none, unless a crash of the database
 * took back an acknowledgement of which the node thought that it was the last of its claim.
 * @returns the queues that they lie in, once for each message
 */
export async function returnUnheld(pool: ConnectionPool): Promise<{ queue_id: number }[]> {
  const suspects = await pool.query<{ queue_id: number }>({ name: "claim_unheld_queues", text: unheldQueues });
  const returned: { queue_id: number }[] = [];
  for (const { queue_id } of suspects) {
    const [, rows] = await pool.pipeline([
      [{ name: "claim_unheld_lock", text: lockQueue }, [queue_id]],
      [{ name: "claim_unheld", text: takeUnheld }, [queue_id]],
    ]);
    returned.push(...(rows as { queue_id: number }[]));
  }
  return returned;
}

const given = "unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[]) AS h (queue_id, rank, seq, token)";

/** The claim in whose range a message lies is the first that ends at or behind it. */
const claimOf = `
CROSS JOIN LATERAL (
  SELECT k.hi FROM warren.claim k WHERE k.queue_id = h.queue_id AND k.rank = h.rank AND k.hi >= h.seq
  ORDER BY k.queue_id, k.rank, k.hi LIMIT 1) k`;

// A statement of its own: what the next one sees is what whoever settled under this claim has left.
const lock = `
SELECT FROM ${given} ${claimOf}
CROSS JOIN LATERAL (
  SELECT FROM warren.claim c
  WHERE c.queue_id = h.queue_id AND c.rank = h.rank AND c.hi = k.hi AND c.token = h.token LIMIT 1 FOR UPDATE) c`;

const breakThem = `
WITH held AS MATERIALIZED (
  SELECT h.queue_id, h.rank, h.seq, c.hi, c.token, c.node, c.holder, c.leased_at, c.leased_until, e.group_key
  FROM ${given} ${claimOf}
  CROSS JOIN LATERAL (
    SELECT c.* FROM warren.claim c
    WHERE c.queue_id = h.queue_id AND c.rank = h.rank AND c.hi = k.hi AND c.lo <= h.seq AND c.token = h.token
      AND c.leased_until > statement_timestamp() LIMIT 1) c
  CROSS JOIN LATERAL (
    SELECT e.group_key FROM warren.entry e
    WHERE e.queue_id = h.queue_id AND e.rank = h.rank AND e.seq = h.seq LIMIT 1) e
  WHERE ${noDeferred("h")}
),
broken AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, lease_token, leased_by, lease_node, leased_at, leased_until,
                               group_key)
  SELECT queue_id, rank, seq, 'leased', token, holder, node, leased_at, leased_until, group_key FROM held
)
UPDATE warren.claim c SET version = c.version + 1
FROM (SELECT DISTINCT queue_id, rank, hi FROM held) b
WHERE c.queue_id = b.queue_id AND c.rank = b.rank AND c.hi = b.hi
RETURNING c.queue_id, c.rank, c.hi, c.token, c.version`;

const nothingLeft = `NOT EXISTS (
    SELECT FROM warren.entry e
    WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq >= c.lo AND e.seq <= c.hi AND ${noDeferred("e")})`;

// Each claim is looked at once, however many of its messages are given.
const endEmptyOnes = `
WITH claims AS MATERIALIZED (
  SELECT DISTINCT h.queue_id, h.rank, k.hi, h.token FROM ${given} ${claimOf}
)
DELETE FROM warren.claim WHERE ctid = ANY (ARRAY(
  SELECT c.place FROM claims g
  CROSS JOIN LATERAL (
    SELECT c.ctid AS place, c.* FROM warren.claim c
    WHERE c.queue_id = g.queue_id AND c.rank = g.rank AND c.hi = g.hi AND c.token = g.token LIMIT 1) c
  WHERE ${nothingLeft}))`;

function find(condition: string): string {
  return `SELECT queue_id, rank, hi FROM warren.claim WHERE ${condition} ORDER BY leased_until LIMIT $1`;
}

const byKey = `unnest($1::int[], $2::smallint[], $3::bigint[]) AS h (queue_id, rank, hi)`;

const lockKeys = `
SELECT FROM (SELECT * FROM ${byKey} ORDER BY queue_id, rank, hi) h
CROSS JOIN LATERAL (
  SELECT FROM warren.claim c WHERE c.queue_id = h.queue_id AND c.rank = h.rank AND c.hi = h.hi LIMIT 1 FOR UPDATE) c`;

const end = `
WITH ended AS (
  DELETE FROM warren.claim c USING ${byKey}
  WHERE c.queue_id = h.queue_id AND c.rank = h.rank AND c.hi = h.hi
  RETURNING c.*
),
broken AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, lease_token, leased_by, lease_node, leased_at, leased_until,
                               group_key)
  SELECT c.queue_id, c.rank, e.seq, 'leased', c.token, c.holder, c.node, c.leased_at, c.leased_until, e.group_key
  FROM ended c CROSS JOIN LATERAL (
    SELECT e.queue_id, e.rank, e.seq, e.group_key FROM warren.entry e
    WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq >= c.lo AND e.seq <= c.hi) e
  WHERE ${noDeferred("e")}
  RETURNING 1
)
SELECT count(*)::integer AS n FROM broken`;

const unheld = `
  SELECT e.queue_id, e.rank, e.seq, e.bytes, e.group_key
  FROM warren.entry e
  WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq <= c.seq
    AND ${noDeferred("e")}
    AND NOT EXISTS (
      SELECT FROM warren.claim k
      WHERE k.queue_id = e.queue_id AND k.rank = e.rank AND k.hi >= e.seq AND k.lo <= e.seq)`;

const unheldQueues = `
SELECT DISTINCT c.queue_id FROM warren.cursor c CROSS JOIN LATERAL (${unheld} LIMIT 1) e`;

const lockQueue = "SELECT FROM warren.cursor WHERE queue_id = $1 AND rank = 0 FOR UPDATE";

// Whoever deletes one holds it by a claim, which goes in the same transaction.
const takeUnheld = `
WITH found AS MATERIALIZED (
  SELECT e.* FROM warren.cursor c CROSS JOIN LATERAL (${unheld}) e WHERE c.queue_id = $1
),
returned AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, redelivered, group_key)
  SELECT queue_id, rank, seq, 'ready', true, group_key FROM found
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes)
  SELECT queue_id, -count(*), -sum(bytes), count(*), sum(bytes) FROM found GROUP BY queue_id
)
SELECT queue_id FROM found`;
