import type { User } from "@/lib/broker/access";
import type { Queryable } from "@/lib/engine/statement";

// Users lie among the console's tables, with their sessions and tokens, which read them by Prisma. They are written here,
// since permissions and users come and go in one transaction.

interface UserRow {
  readonly name: string;
  readonly password_hash: string;
  readonly tags: string[];
}

/** By name; one of them, or all. */
export async function userList(db: Queryable, name: string | null): Promise<User[]> {
  const rows = await db.query<UserRow>(
    {
      name: "user_list",
      text: `SELECT name, password_hash, tags FROM warren_console."user"
             WHERE $1::text IS NULL OR name = $1 ORDER BY name COLLATE "C"`,
    },
    [name],
  );
  return rows.map((row) => ({ name: row.name, passwordHash: row.password_hash, tags: row.tags }));
}

/** Returns whether the user is new. */
export async function userPut(tx: Queryable, { name, passwordHash, tags }: User): Promise<boolean> {
  const [row] = await tx.query<{ created: boolean }>(
    {
      name: "user_put",
      text: `
        INSERT INTO warren_console."user" (name, password_hash, tags) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, tags = excluded.tags, updated_at = now()
        RETURNING xmax = 0 AS created`,
    },
    [name, passwordHash, tags],
  );
  return row?.created ?? false;
}

/** With all permissions in the vhost `/`, where there is no user yet. Any number of nodes may do it at once. */
export async function userPutFirst(tx: Queryable, { name, passwordHash, tags }: User): Promise<void> {
  await tx.query(
    {
      name: "user_put_first",
      text: `
        WITH first AS (
          INSERT INTO warren_console."user" (name, password_hash, tags)
          SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM warren_console."user")
          ON CONFLICT (name) DO NOTHING RETURNING name
        )
        INSERT INTO warren.permission (vhost_id, "user", configure, write, read)
        SELECT v.id, first.name, '.*', '.*', '.*' FROM first, warren.vhost v WHERE v.name = '/'`,
    },
    [name, passwordHash, tags],
  );
}

/** Returns the names of those that were there. */
export async function userDelete(tx: Queryable, names: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    { name: "user_delete", text: `DELETE FROM warren_console."user" WHERE name = ANY ($1::text[]) RETURNING name` },
    [names],
  );
  return rows.map((row) => row.name);
}

/** Lets changes of users wait for each other, so that no two of them take the last administrator away together. */
export async function userLock(tx: Queryable): Promise<void> {
  await tx.query({ text: `LOCK TABLE warren_console."user" IN SHARE ROW EXCLUSIVE MODE` });
}

/** Whether there is still a user with the tag `administrator`. */
export async function userAdministratorIsLeft(tx: Queryable): Promise<boolean> {
  const text = `SELECT FROM warren_console."user" WHERE 'administrator' = ANY (tags) LIMIT 1`;
  return (await tx.query({ name: "user_administrator", text })).length > 0;
}
