import type { Queryable } from "@/lib/engine/statement";

export interface SettingRow {
  readonly value: unknown;
  readonly changed_at: Date;
  readonly changed_by: string;
}

/** One fact of the whole cluster; undefined if it was never set. */
export async function settingGet(db: Queryable, name: string): Promise<SettingRow | undefined> {
  const [row] = await db.query<SettingRow>(
    { name: "setting_get", text: `SELECT value, changed_at, changed_by FROM warren.setting WHERE name = $1` },
    [name],
  );
  return row;
}

/** Sets a fact. With `only`, only where it has that value now; says whether it was set. */
export async function settingPut(
  db: Queryable,
  name: string,
  value: unknown,
  by: string,
  only?: { readonly was: unknown },
): Promise<boolean> {
  const rows = await db.query(
    {
      name: "setting_put",
      text: `
        INSERT INTO warren.setting AS s (name, value, changed_by)
        SELECT $1, $2::jsonb, $3
        WHERE $4::jsonb IS NULL OR EXISTS (SELECT FROM warren.setting WHERE name = $1 AND value = $4::jsonb)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = now(), changed_by = excluded.changed_by
        WHERE $4::jsonb IS NULL OR s.value = $4::jsonb
        RETURNING 1`,
    },
    [name, JSON.stringify(value), by, only === undefined ? null : JSON.stringify(only.was)],
  );
  return rows.length > 0;
}
