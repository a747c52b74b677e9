import type { Queryable } from "@/lib/engine/statement";

export interface DirectReplyRow {
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly body: Buffer;
}

/** Puts an answer down for a node, and tells it. Returns false when that node doesn't run. */
export async function directReplyInsert(
  db: Queryable,
  nodeId: number,
  routingKey: string,
  properties: Uint8Array,
  body: Uint8Array,
): Promise<boolean> {
  const rows = await db.query({ name: "direct_reply_insert", text: insert }, [nodeId, routingKey, properties, body]);
  return rows.length > 0;
}

/** Takes out what came for a node, in the order in which it came. */
export async function directReplyTake(db: Queryable, nodeId: number): Promise<DirectReplyRow[]> {
  return db.query({ name: "direct_reply_take", text: take }, [nodeId]);
}

const insert = `
WITH put AS (
  INSERT INTO warren.direct_reply (node_id, routing_key, properties, body)
  SELECT n.id, $2, $3, $4 FROM warren.node n WHERE n.id = $1 AND n.gone_at IS NULL RETURNING node_id
)
SELECT pg_notify('warren', 'reply ' || node_id) FROM put`;

const take = `
WITH taken AS (DELETE FROM warren.direct_reply WHERE node_id = $1 RETURNING id, routing_key, properties, body)
SELECT routing_key, properties, body FROM taken ORDER BY id`;
