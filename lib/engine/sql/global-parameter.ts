import type { GlobalParameter } from "@/lib/broker/limits";
import type { Queryable } from "@/lib/engine/statement";

/** All global parameters. */
export async function globalParameterList(db: Queryable): Promise<GlobalParameter[]> {
  return db.query<GlobalParameter>({
    name: "global_parameter_list",
    text: `SELECT name, value FROM warren.global_parameter ORDER BY name`,
  });
}

/** Returns whether it is new. */
export async function globalParameterPut(tx: Queryable, name: string, value: unknown): Promise<boolean> {
  const [row] = await tx.query<{ created: boolean }>(
    {
      name: "global_parameter_put",
      text: `INSERT INTO warren.global_parameter (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING xmax = 0 AS created`,
    },
    [name, JSON.stringify(value)],
  );
  return row?.created ?? false;
}

/** Returns whether it was there. */
export async function globalParameterDelete(tx: Queryable, name: string): Promise<boolean> {
  const text = `DELETE FROM warren.global_parameter WHERE name = $1 RETURNING 1`;
  return (await tx.query({ name: "global_parameter_delete", text }, [name])).length > 0;
}
