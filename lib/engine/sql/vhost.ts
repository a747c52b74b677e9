import { predeclaredExchanges } from "@/lib/broker/rules/names";
import type { Queryable } from "@/lib/engine/statement";

/** The number of a vhost; undefined when there is none of that name. */
export async function findVhost(db: Queryable, name: string): Promise<number | undefined> {
  const [row] = await db.query<{ id: number }>(
    { name: "vhost_find", text: `SELECT id FROM warren.vhost WHERE name = $1` },
    [name],
  );
  return row?.id;
}

/** Makes a vhost with the exchanges that every vhost has. */
export async function insertVhost(
  tx: Queryable,
  vhost: { name: string; description: string; tags: readonly string[] },
): Promise<void> {
  await tx.query(
    {
      name: "vhost_insert",
      text: `
        WITH made AS (
          INSERT INTO warren.vhost (name, description, tags) VALUES ($1, $2, $3) RETURNING id
        )
        INSERT INTO warren.exchange (vhost_id, name, type, durable, auto_delete, internal)
        SELECT made.id, e.name, e.type, true, false, e.internal
        FROM made, unnest($4::text[], $5::text[], $6::boolean[]) AS e (name, type, internal)`,
    },
    [
      vhost.name,
      vhost.description,
      vhost.tags,
      predeclaredExchanges.map((exchange) => exchange.name),
      predeclaredExchanges.map((exchange) => exchange.type),
      predeclaredExchanges.map((exchange) => exchange.internal),
    ],
  );
}

/** What is null stays as it is. */
export async function updateVhost(
  tx: Queryable,
  id: number,
  change: { description: string | null; tags: readonly string[] | null },
): Promise<void> {
  await tx.query(
    {
      name: "vhost_update",
      text: `UPDATE warren.vhost SET description = coalesce($2, description), tags = coalesce($3, tags) WHERE id = $1`,
    },
    [id, change.description, change.tags],
  );
}

/** Exchanges, bindings and counters go with it; queues must have been deleted by `deleteQueues` before. */
export async function deleteVhostRow(tx: Queryable, id: number): Promise<void> {
  await tx.query(
    {
      name: "vhost_delete",
      text: `
        WITH counted AS (DELETE FROM warren.vhost_counter WHERE vhost_id = $1),
             sampled AS (DELETE FROM warren.vhost_sample WHERE vhost_id = $1)
        DELETE FROM warren.vhost WHERE id = $1`,
    },
    [id],
  );
}

/** How many vhosts there are. */
export async function countVhosts(tx: Queryable): Promise<number> {
  const [row] = await tx.query<{ count: number }>({ text: `SELECT count(*) AS count FROM warren.vhost` });
  return row?.count ?? 0;
}
