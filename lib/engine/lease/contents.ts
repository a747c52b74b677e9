import type { Leased } from "@/lib/broker/broker";
import type { LeaseRequest } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { LeasedMessage } from "@/lib/engine/lease/leased-message";
import { receiptOf } from "@/lib/engine/lease/receipt";
import type { StoredMessage } from "@/lib/engine/message-cache";
import { type ClaimedRow, type ContentsRow, claimToken, readContents } from "@/lib/engine/sql/lease";

/** A row as it comes from the claim: with its contents if they were read along, which may depend on the row. */
export type TakenRow = ClaimedRow & { readonly [K in keyof ContentsRow]?: ContentsRow[K] | null };

/**
 * What was claimed, as it is handed out. What this node has stored itself a moment ago is not read back.
 * @param lease of which queue, under which token, and how many are ready behind the last one
 */
export async function leasedMessages(
  context: EngineContext,
  lease: { readonly queueId: number; readonly token: number; readonly readyLeft: number },
  rows: readonly TakenRow[],
  request: LeaseRequest,
): Promise<Leased[]> {
  const stored = await contentsOf(context, lease.queueId, rows);
  const messages: Leased[] = [];
  let remaining = rows.length + lease.readyLeft;
  for (const row of rows) {
    remaining--;
    const contents = stored.get(row);
    if (contents) messages.push(new LeasedMessage(contents, termsOf(row, lease, request, remaining)));
  }
  return messages;
}

function termsOf(
  row: ClaimedRow,
  lease: { readonly queueId: number; readonly token: number },
  { autoAck }: LeaseRequest,
  remaining: number,
) {
  const token = row.claimed ? claimToken(lease.token) : lease.token;
  return {
    id: row.seq,
    messageId: row.message_id,
    redelivered: row.redelivered,
    deliveryCount: row.delivery_count,
    receipt: autoAck ? null : receiptOf({ queueId: lease.queueId, rank: row.rank, seq: row.seq, token }),
    leasedUntil: autoAck ? null : row.leased_until,
    remaining,
  };
}

async function contentsOf(
  context: EngineContext,
  queueId: number,
  rows: readonly TakenRow[],
): Promise<ReadonlyMap<TakenRow, StoredMessage>> {
  const stored = new Map<TakenRow, StoredMessage>();
  const missing: TakenRow[] = [];
  let found = 0;
  for (const row of rows) {
    const cached = context.messages.take(row.message_id);
    if (cached) found++;
    if (hasContents(row)) stored.set(row, storedOf(row));
    else if (cached && !row.has_envelope) stored.set(row, cached);
    else missing.push(row);
  }
  context.messages.taken(queueId, found, rows.length);
  if (missing.length === 0) return stored;
  const read = await readContents(context.database.relaxed, queueId, missing);
  const bySeq = new Map(read.map((row) => [row.seq, row]));
  for (const row of missing) {
    const contents = bySeq.get(row.seq);
    if (contents) stored.set(row, storedOf(contents));
  }
  return stored;
}

function hasContents(row: TakenRow): row is ClaimedRow & ContentsRow {
  return row.body !== undefined && row.body !== null;
}

function storedOf({ exchange, routing_key, properties, body }: ContentsRow): StoredMessage {
  return { exchange, routingKey: routing_key, properties, body };
}
