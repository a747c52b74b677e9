import type { Queryable } from "@/lib/engine/statement";

export interface EditRow {
  at: Date;
  by: string;
  queue: string;
  from_message_id: number;
  to_message_id: number;
  exchange: string;
  routing_key: string;
  properties: Buffer;
  trash: string;
  /** The original's; null when it is no longer retained. */
  body: Buffer | null;
}

/** Writes down which message became which. */
export async function editInsert(
  tx: Queryable,
  edit: {
    readonly vhostId: number;
    readonly by: string;
    readonly queue: string;
    readonly queueId: number;
    readonly seq: number;
    readonly fromMessageId: number;
    readonly toMessageId: number;
    readonly exchange: string;
    readonly routingKey: string;
    readonly properties: Buffer;
    readonly trash: string;
  },
): Promise<void> {
  await tx.query({ name: "edit_insert", text: insert }, [
    edit.vhostId,
    edit.by,
    edit.queue,
    edit.queueId,
    edit.seq,
    edit.fromMessageId,
    edit.toMessageId,
    edit.exchange,
    edit.routingKey,
    edit.properties,
    edit.trash,
  ]);
}

/** The edits that made a message, or that it was the original of, oldest first. */
export async function editsOf(db: Queryable, vhostId: number, messageId: number): Promise<EditRow[]> {
  return db.query<EditRow>({ name: "edits_of", text: list }, [vhostId, messageId]);
}

/** The edit that took the message away from this place. */
export async function editAt(
  db: Queryable,
  queueId: number,
  seq: number,
): Promise<{ at: Date; by: string; to_message_id: number } | undefined> {
  const [row] = await db.query<{ at: Date; by: string; to_message_id: number }>(
    {
      name: "edit_at",
      text: "SELECT at, by, to_message_id FROM warren.edit WHERE queue_id = $1 AND seq = $2 ORDER BY id DESC LIMIT 1",
    },
    [queueId, seq],
  );
  return row;
}

/** Forgets edits whose new message is no longer retained, after so many days. */
export async function editExpire(db: Queryable, days: number): Promise<void> {
  await db.query({ name: "edit_expire", text: expire }, [days]);
}

const insert = `
INSERT INTO warren.edit (vhost_id, by, queue, queue_id, seq, from_message_id, to_message_id, exchange, routing_key,
  properties, trash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::uuid)`;

const list = `
SELECT d.at, d.by, d.queue, d.from_message_id, d.to_message_id, d.exchange, d.routing_key, d.properties, d.trash, m.body
FROM warren.edit d
LEFT JOIN LATERAL (SELECT n.body FROM warren.message n WHERE n.id = d.from_message_id LIMIT 1) m ON true
WHERE d.vhost_id = $1 AND (d.to_message_id = $2::bigint OR d.from_message_id = $2::bigint)
ORDER BY d.id LIMIT 100`;

const expire = `
DELETE FROM warren.edit d WHERE d.at < now() - $1::int * interval '1 day'
  AND NOT EXISTS (SELECT FROM warren.message m WHERE m.id = d.to_message_id)`;
