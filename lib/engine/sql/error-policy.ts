import type { ErrorPolicyInput } from "@/lib/broker/failures";
import type { Queryable } from "@/lib/engine/statement";

export interface ErrorPolicyRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly name: string;
  readonly position: number;
  readonly enabled: boolean;
  readonly version: number;
  readonly queue: string | null;
  readonly pattern: string | null;
  readonly definition: Pick<ErrorPolicyInput, "when" | "action">;
  readonly created_at: Date;
  readonly created_by: string;
  readonly changed_at: Date;
  readonly changed_by: string;
}

const columns = `id, vhost_id, name, position, enabled, version, queue, pattern, definition, created_at, created_by,
  changed_at, changed_by`;

/** All of them, by vhost and order. */
export async function errorPolicyList(db: Queryable): Promise<ErrorPolicyRow[]> {
  return db.query<ErrorPolicyRow>({
    name: "error_policy_list",
    text: `SELECT ${columns} FROM warren.error_policy ORDER BY vhost_id, position`,
  });
}

/** Adds one at a position (from 1; beyond the last: at the end), and moves those from there on back. Returns its number. */
export async function errorPolicyInsert(
  tx: Queryable,
  vhostId: number,
  policy: ErrorPolicyInput,
  position: number,
  by: string,
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    {
      name: "error_policy_insert",
      text: `
WITH place AS MATERIALIZED (
  SELECT least($8::int, (SELECT count(*) FROM warren.error_policy WHERE vhost_id = $1) + 1)::int AS position
), moved AS (
  UPDATE warren.error_policy p SET position = p.position + 1 FROM place
  WHERE p.vhost_id = $1 AND p.position >= place.position
)
INSERT INTO warren.error_policy (vhost_id, name, position, enabled, queue, pattern, definition, created_by, changed_by)
SELECT $1, $2, place.position, $3, $4, $5, $6::jsonb, $7, $7 FROM place RETURNING id`,
    },
    [vhostId, policy.name, policy.enabled, policy.queue, policy.pattern, definitionOf(policy), by, position],
  );
  if (!row) throw new Error("no error policy was made");
  return row.id;
}

/** Writes all of one but its position. */
export async function errorPolicyUpdate(
  tx: Queryable,
  id: number,
  policy: ErrorPolicyInput,
  by: string,
): Promise<void> {
  await tx.query(
    {
      name: "error_policy_update",
      text: `UPDATE warren.error_policy SET name = $2, enabled = $3, queue = $4, pattern = $5, definition = $6::jsonb,
               changed_by = $7, changed_at = now(), version = version + 1 WHERE id = $1`,
    },
    [id, policy.name, policy.enabled, policy.queue, policy.pattern, definitionOf(policy), by],
  );
}

/** Gives the policies of a vhost the order in which they are named here. */
export async function errorPolicyReorder(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query(
    {
      name: "error_policy_reorder",
      text: `UPDATE warren.error_policy p SET position = o.n
             FROM unnest($1::int[]) WITH ORDINALITY AS o (id, n) WHERE p.id = o.id AND p.position <> o.n`,
    },
    [ids],
  );
}

/** Deletes an error policy. */
export async function errorPolicyDelete(tx: Queryable, id: number): Promise<void> {
  await tx.query(
    {
      name: "error_policy_delete",
      text: `
WITH gone AS (DELETE FROM warren.error_policy WHERE id = $1 RETURNING vhost_id, position)
UPDATE warren.error_policy p SET position = p.position - 1 FROM gone
WHERE p.vhost_id = gone.vhost_id AND p.position > gone.position`,
    },
    [id],
  );
}

export interface PolicyUseRow {
  readonly policy_id: number;
  readonly count: number;
  readonly last_at: Date | null;
}

/** How often each has decided, as far as failures are kept; counts at most `most`. */
export async function errorPolicyUses(db: Queryable, ids: readonly number[], most: number): Promise<PolicyUseRow[]> {
  return db.query<PolicyUseRow>(
    {
      name: "error_policy_uses",
      text: `
SELECT i.id AS policy_id, u.count, u.last_at
FROM unnest($1::int[]) AS i (id) CROSS JOIN LATERAL (
  SELECT count(*)::int AS count, max(at) AS last_at
  FROM (SELECT at FROM warren.failure f WHERE f.policy_id = i.id ORDER BY at DESC LIMIT $2) f
) u`,
    },
    [ids, most],
  );
}

function definitionOf({ when, action }: ErrorPolicyInput): string {
  return JSON.stringify({ when, action });
}
