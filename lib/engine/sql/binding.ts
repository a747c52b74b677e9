import type { Queryable } from "@/lib/engine/statement";

/** What a binding leads to: exactly one of the two. */
export interface BindingTarget {
  readonly queueId: number | null;
  readonly exchangeId: number | null;
}

/** Makes a binding. False when there is one already between the two with this properties key. */
export async function insertBinding(
  tx: Queryable,
  binding: BindingTarget & {
    vhostId: number;
    sourceId: number;
    routingKey: string;
    arguments: Buffer;
    propertiesKey: string;
  },
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "binding_insert",
      text: `INSERT INTO warren.binding (vhost_id, source_id, queue_id, exchange_id, routing_key, arguments, properties_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
    },
    [
      binding.vhostId,
      binding.sourceId,
      binding.queueId,
      binding.exchangeId,
      binding.routingKey,
      binding.arguments,
      binding.propertiesKey,
    ],
  );
  return rows.length > 0;
}

/** False when there is none. */
export async function deleteBinding(
  tx: Queryable,
  binding: BindingTarget & { sourceId: number; propertiesKey: string },
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "binding_delete",
      text: `DELETE FROM warren.binding
             WHERE source_id = $1 AND properties_key = $2
               AND queue_id IS NOT DISTINCT FROM $3 AND exchange_id IS NOT DISTINCT FROM $4 RETURNING id`,
    },
    [binding.sourceId, binding.propertiesKey, binding.queueId, binding.exchangeId],
  );
  return rows.length > 0;
}

/** The exchanges that have bindings to these queues or exchanges. */
export async function sourcesOf(
  tx: Queryable,
  targets: { readonly queueIds: readonly number[]; readonly exchangeIds: readonly number[] },
): Promise<number[]> {
  const rows = await tx.query<{ source_id: number }>(
    {
      name: "binding_sources",
      text: `SELECT DISTINCT source_id FROM warren.binding
             WHERE queue_id = ANY ($1::int[]) OR exchange_id = ANY ($2::int[])`,
    },
    [targets.queueIds, targets.exchangeIds],
  );
  return rows.map((row) => row.source_id);
}

/** Whether anything is bound to an exchange. */
export async function hasBindings(tx: Queryable, sourceId: number): Promise<boolean> {
  const rows = await tx.query(
    { name: "binding_any", text: `SELECT id FROM warren.binding WHERE source_id = $1 LIMIT 1` },
    [sourceId],
  );
  return rows.length > 0;
}
