import type { Queryable } from "@/lib/engine/statement";

interface Row {
  readonly id: number;
  readonly name: string;
}

/** The numbers of all vhosts, by name. */
export async function vhostIds(db: Queryable): Promise<Map<string, number>> {
  return byName(await db.query<Row>({ name: "vhost_ids", text: `SELECT id, name FROM warren.vhost` }));
}

/** The numbers of a vhost's exchanges, by name. */
export async function exchangeIds(db: Queryable, vhostId: number): Promise<Map<string, number>> {
  const text = `SELECT id, name FROM warren.exchange WHERE vhost_id = $1`;
  return byName(await db.query<Row>({ name: "exchange_ids", text }, [vhostId]));
}

/** The numbers of a vhost's queues, by name. */
export async function queueIds(db: Queryable, vhostId: number): Promise<Map<string, number>> {
  const text = `SELECT id, name FROM warren.queue WHERE vhost_id = $1`;
  return byName(await db.query<Row>({ name: "queue_ids", text }, [vhostId]));
}

function byName(rows: readonly Row[]): Map<string, number> {
  return new Map(rows.map(({ id, name }) => [name, id]));
}
