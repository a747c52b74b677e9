import type { Policy, PolicyKind } from "@/lib/broker/policy";
import type { Queryable } from "@/lib/engine/statement";

/** Makes a policy, or puts it in the place of the one of its name. Returns whether it is new. */
export async function putPolicyRow(
  tx: Queryable,
  vhostId: number,
  kind: PolicyKind,
  { name, pattern, applyTo, priority, definition }: Policy,
): Promise<boolean> {
  const [row] = await tx.query<{ created: boolean }>(
    {
      name: "policy_put",
      text: `
        INSERT INTO warren.policy (vhost_id, kind, name, pattern, apply_to, priority, definition)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (vhost_id, kind, name) DO UPDATE SET pattern = excluded.pattern, apply_to = excluded.apply_to,
          priority = excluded.priority, definition = excluded.definition
        RETURNING xmax = 0 AS created`,
    },
    [vhostId, kind, name, pattern, applyTo, priority, JSON.stringify(definition)],
  );
  return row?.created ?? false;
}

/** Returns whether it was there. */
export async function deletePolicyRow(
  tx: Queryable,
  vhostId: number,
  kind: PolicyKind,
  name: string,
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "policy_delete",
      text: `DELETE FROM warren.policy WHERE vhost_id = $1 AND kind = $2 AND name = $3 RETURNING 1`,
    },
    [vhostId, kind, name],
  );
  return rows.length > 0;
}
