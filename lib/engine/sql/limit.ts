import type { UserLimits, VhostLimits } from "@/lib/broker/limits";
import { isRunning } from "@/lib/engine/sql/presence";
import type { Queryable } from "@/lib/engine/statement";

interface VhostLimitRow {
  readonly vhost: string;
  readonly limits: VhostLimits["limits"];
}

/** Of one vhost or all; those without limits are not listed. */
export async function vhostLimitList(db: Queryable, vhost: string | null): Promise<VhostLimitRow[]> {
  return db.query<VhostLimitRow>(
    {
      name: "vhost_limit_list",
      text: `SELECT v.name AS vhost, jsonb_object_agg(l.name, l.value) AS limits
             FROM warren.vhost_limit l JOIN warren.vhost v ON v.id = l.vhost_id
             WHERE $1::text IS NULL OR v.name = $1 GROUP BY v.name ORDER BY v.name`,
    },
    [vhost],
  );
}

/** With null the limit goes. Returns whether something was there to go. */
export async function vhostLimitPut(
  tx: Queryable,
  vhostId: number,
  name: string,
  value: number | null,
): Promise<boolean> {
  if (value === null) {
    const text = `DELETE FROM warren.vhost_limit WHERE vhost_id = $1 AND name = $2 RETURNING 1`;
    return (await tx.query({ name: "vhost_limit_delete", text }, [vhostId, name])).length > 0;
  }
  await tx.query(
    {
      name: "vhost_limit_put",
      text: `INSERT INTO warren.vhost_limit (vhost_id, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (vhost_id, name) DO UPDATE SET value = excluded.value`,
    },
    [vhostId, name, value],
  );
  return true;
}

/** Of one user or all; those without limits are not listed. */
export async function userLimitList(db: Queryable, user: string | null): Promise<UserLimits[]> {
  return db.query<UserLimits>(
    {
      name: "user_limit_list",
      text: `SELECT "user", jsonb_object_agg(name, value) AS limits FROM warren.user_limit
             WHERE $1::text IS NULL OR "user" = $1 GROUP BY "user" ORDER BY "user" COLLATE "C"`,
    },
    [user],
  );
}

/** With null the limit goes. */
export async function userLimitPut(tx: Queryable, user: string, name: string, value: number | null): Promise<void> {
  if (value === null) {
    const text = `DELETE FROM warren.user_limit WHERE "user" = $1 AND name = $2`;
    await tx.query({ name: "user_limit_delete", text }, [user, name]);
    return;
  }
  await tx.query(
    {
      name: "user_limit_put",
      text: `INSERT INTO warren.user_limit ("user", name, value) VALUES ($1, $2, $3)
             ON CONFLICT ("user", name) DO UPDATE SET value = excluded.value`,
    },
    [user, name, value],
  );
}

export interface AdmissionRow {
  readonly vhost_connections: number;
  readonly user_connections: number;
  readonly user_channels: number;
}

/** How many clients and channels there are, as the nodes report them. */
export async function countClients(db: Queryable, vhost: string, user: string): Promise<AdmissionRow> {
  const [row] = await db.query<AdmissionRow>(
    {
      name: "limit_count_clients",
      text: `
        SELECT
          (SELECT count(*) FROM warren.connection c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
            WHERE c.vhost = $1)::integer AS vhost_connections,
          (SELECT count(*) FROM warren.connection c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
            WHERE c.report ->> 'user' = $2)::integer AS user_connections,
          (SELECT count(*) FROM warren.channel c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
            WHERE c.report ->> 'user' = $2)::integer AS user_channels`,
    },
    [vhost, user],
  );
  return row ?? { vhost_connections: 0, user_connections: 0, user_channels: 0 };
}

/** How many queues a vhost has; and how many it may have, null: as many as it likes. */
export async function queueAllowance(
  tx: Queryable,
  vhostId: number,
): Promise<{ readonly most: number | null; readonly queues: number }> {
  const [row] = await tx.query<{ most: number; queues: number }>(
    {
      name: "limit_queues",
      text: `SELECT l.value AS most, (SELECT count(*) FROM warren.queue q WHERE q.vhost_id = $1)::integer AS queues
             FROM warren.vhost_limit l WHERE l.vhost_id = $1 AND l.name = 'max-queues' AND l.value >= 0`,
    },
    [vhostId],
  );
  return row ?? { most: null, queues: 0 };
}
