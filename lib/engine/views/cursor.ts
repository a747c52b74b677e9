import { BrokerError } from "@/lib/broker/errors";
import type { Order, Position } from "@/lib/engine/sql/entry-scan";

/** A cursor as callers carry it: the order that it belongs to, and the last entry that a page looked at. */
export function encodeCursor(order: Order, position: Position): string {
  return `${order === "oldest" ? "o" : "n"}.${position.rank}.${position.seq}.${position.queue_id}`;
}

/** Throws `bad-request` for a cursor that no page gave out, or that belongs to the other order. */
export function decodeCursor(order: Order, cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const match = /^([on])\.(\d{1,3})\.(\d{1,16})\.(\d{1,10})$/.exec(cursor);
  const [, letter, rank, seq, queueId] = match ?? [];
  const position = { rank: Number(rank), seq: Number(seq), queue_id: Number(queueId) };
  const sound = match !== null && Number.isSafeInteger(position.seq) && position.queue_id <= 0x7fffffff;
  if (!sound || letter !== (order === "oldest" ? "o" : "n")) {
    throw new BrokerError("bad-request", "This cursor is not one of this list. Begin again without a cursor.", {
      cursor,
    });
  }
  return position;
}
