import type { ExchangeType } from "@/lib/broker/topology";
import type { ExchangeRow } from "@/lib/engine/sql/topology";
import type { Queryable } from "@/lib/engine/statement";

/** An exchange by its name; undefined when there is none. */
export async function findExchange(db: Queryable, vhostId: number, name: string): Promise<ExchangeRow | undefined> {
  const [row] = await db.query<ExchangeRow>(
    {
      name: "exchange_find",
      text: `SELECT id, vhost_id, name, type, durable, auto_delete, internal, arguments, created_at
             FROM warren.exchange WHERE vhost_id = $1 AND name = $2`,
    },
    [vhostId, name],
  );
  return row;
}

export async function insertExchange(
  tx: Queryable,
  exchange: {
    vhostId: number;
    name: string;
    type: ExchangeType;
    durable: boolean;
    autoDelete: boolean;
    internal: boolean;
    arguments: Buffer;
  },
): Promise<void> {
  await tx.query(
    {
      name: "exchange_insert",
      text: `INSERT INTO warren.exchange (vhost_id, name, type, durable, auto_delete, internal, arguments)
             VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    },
    [
      exchange.vhostId,
      exchange.name,
      exchange.type,
      exchange.durable,
      exchange.autoDelete,
      exchange.internal,
      exchange.arguments,
    ],
  );
}

/** Deletes exchanges with all bindings from and to them. */
export async function deleteExchanges(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query({ name: "exchange_delete", text: `DELETE FROM warren.exchange WHERE id = ANY ($1::int[])` }, [ids]);
}

/** Those of the exchanges that are to go because nothing is bound to them any more. */
export async function unusedAutoDeleteExchanges(tx: Queryable, ids: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    {
      name: "exchange_unused",
      text: `SELECT id FROM warren.exchange e
             WHERE id = ANY ($1::int[]) AND auto_delete
               AND NOT EXISTS (SELECT FROM warren.binding b WHERE b.source_id = e.id)`,
    },
    [ids],
  );
  return rows.map((row) => row.id);
}
