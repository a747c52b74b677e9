import type { Permission, TopicPermission } from "@/lib/broker/access";
import type { Queryable } from "@/lib/engine/statement";

interface Of {
  readonly vhost?: string;
  readonly user?: string;
}

/** By vhost and user; of one vhost or user, or all. */
export async function permissionList(db: Queryable, of: Of): Promise<Permission[]> {
  return db.query<Permission>(
    {
      name: "permission_list",
      text: `SELECT v.name AS vhost, p."user", p.configure, p.write, p.read
             FROM warren.permission p JOIN warren.vhost v ON v.id = p.vhost_id
             WHERE ($1::text IS NULL OR v.name = $1) AND ($2::text IS NULL OR p."user" = $2)
             ORDER BY v.name, p."user" COLLATE "C"`,
    },
    [of.vhost ?? null, of.user ?? null],
  );
}

/** Returns whether it is new; undefined when there is no such vhost or user. */
export async function permissionPut(tx: Queryable, permission: Permission): Promise<boolean | undefined> {
  const { vhost, user, configure, write, read } = permission;
  const [row] = await tx.query<{ created: boolean }>(
    {
      name: "permission_put",
      text: `
        INSERT INTO warren.permission (vhost_id, "user", configure, write, read)
        SELECT v.id, u.name, $3, $4, $5 FROM warren.vhost v, warren_console."user" u WHERE v.name = $1 AND u.name = $2
        ON CONFLICT (vhost_id, "user") DO UPDATE
        SET configure = excluded.configure, write = excluded.write, read = excluded.read
        RETURNING xmax = 0 AS created`,
    },
    [vhost, user, configure, write, read],
  );
  return row?.created;
}

/** Gives all permissions in a vhost to every administrator who has none there. */
export async function permissionPutAdministrators(tx: Queryable, vhost: string): Promise<void> {
  await tx.query(
    {
      name: "permission_put_administrators",
      text: `
        INSERT INTO warren.permission (vhost_id, "user", configure, write, read)
        SELECT v.id, u.name, '.*', '.*', '.*' FROM warren.vhost v, warren_console."user" u
        WHERE v.name = $1 AND 'administrator' = ANY (u.tags)
        ON CONFLICT (vhost_id, "user") DO NOTHING`,
    },
    [vhost],
  );
}

/** Returns whether it was there. */
export async function permissionDelete(tx: Queryable, vhost: string, user: string): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "permission_delete",
      text: `DELETE FROM warren.permission p USING warren.vhost v
             WHERE v.id = p.vhost_id AND v.name = $1 AND p."user" = $2 RETURNING 1`,
    },
    [vhost, user],
  );
  return rows.length > 0;
}

/** By vhost, user and exchange; of one vhost or user, or all. */
export async function topicPermissionList(db: Queryable, of: Of): Promise<TopicPermission[]> {
  return db.query<TopicPermission>(
    {
      name: "topic_permission_list",
      text: `SELECT v.name AS vhost, p."user", p.exchange, p.write, p.read
             FROM warren.topic_permission p JOIN warren.vhost v ON v.id = p.vhost_id
             WHERE ($1::text IS NULL OR v.name = $1) AND ($2::text IS NULL OR p."user" = $2)
             ORDER BY v.name, p."user" COLLATE "C", p.exchange`,
    },
    [of.vhost ?? null, of.user ?? null],
  );
}

/** Returns whether it is new; undefined when there is no such vhost or user. */
export async function topicPermissionPut(tx: Queryable, permission: TopicPermission): Promise<boolean | undefined> {
  const { vhost, user, exchange, write, read } = permission;
  const [row] = await tx.query<{ created: boolean }>(
    {
      name: "topic_permission_put",
      text: `
        INSERT INTO warren.topic_permission (vhost_id, "user", exchange, write, read)
        SELECT v.id, u.name, $3, $4, $5 FROM warren.vhost v, warren_console."user" u WHERE v.name = $1 AND u.name = $2
        ON CONFLICT (vhost_id, "user", exchange) DO UPDATE SET write = excluded.write, read = excluded.read
        RETURNING xmax = 0 AS created`,
    },
    [vhost, user, exchange, write, read],
  );
  return row?.created;
}

/** For one exchange, or all of them with null. Returns whether there was one. */
export async function topicPermissionDelete(
  tx: Queryable,
  vhost: string,
  user: string,
  exchange: string | null,
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "topic_permission_delete",
      text: `DELETE FROM warren.topic_permission p USING warren.vhost v
             WHERE v.id = p.vhost_id AND v.name = $1 AND p."user" = $2 AND ($3::text IS NULL OR p.exchange = $3)
             RETURNING 1`,
    },
    [vhost, user, exchange],
  );
  return rows.length > 0;
}
