import { deduplicationHeader, headerId } from "@/lib/broker/rules/header-id";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import type { Routed } from "@/lib/engine/publish/store";
import { type DeduplicationKey, knownDeduplicationIds, rememberDeduplicationIds } from "@/lib/engine/sql/deduplication";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";

/**
 * The id by which queues recognise that a message was published before; null when none of them does. Throws
 * `precondition-failed` for what is no id.
 */
export function deduplicationIdOf({ properties }: Outgoing, queues: readonly QueueRecord[]): string | null {
  return queues.some(hasWindow) ? headerId(properties.headers, deduplicationHeader) : null;
}

/** Whether the queue has to be asked about this message. */
export function mayKnow(queue: QueueRecord, message: Pick<Routed, "deduplicationId">): boolean {
  return message.deduplicationId !== null && hasWindow(queue);
}

function hasWindow({ limits }: QueueRecord): boolean {
  return limits.deduplicationWindowMs !== null;
}

/**
 * Takes messages away from the queues that have had one of the same id within their window, or get one earlier in this
 * batch. The transaction must have entered the queues.
 */
export async function withoutDuplicates(tx: Queryable, messages: readonly Routed[]): Promise<readonly Routed[]> {
  const keys = new Map(messages.flatMap(keysOf).map((key) => [nameOf(key), key]));
  const known = await knownDeduplicationIds(tx, [...keys.values()]);
  const seen = new Set(known.map((row) => nameOf({ queueId: row.queue_id, id: row.id })));
  return messages.map((message) => {
    if (message.deduplicationId === null) return message;
    const duplicates = message.queues.filter((queue) => {
      if (!mayKnow(queue, message)) return false;
      const name = nameOf({ queueId: queue.id, id: message.deduplicationId ?? "" });
      if (seen.has(name)) return true;
      seen.add(name);
      return false;
    });
    if (duplicates.length === 0) return message;
    return { ...message, duplicates, queues: message.queues.filter((queue) => !duplicates.includes(queue)) };
  });
}

/**
 * A duplicate of a message in the same batch that its queue then refused is refused as well: nothing was stored that it
 * could be a duplicate of.
 */
export function refusedLikeFirst(messages: readonly Routed[]): readonly Routed[] {
  const refused = new Set<string>();
  return messages.map((message) => {
    const id = message.deduplicationId;
    if (id === null) return message;
    for (const queue of message.rejected) if (mayKnow(queue, message)) refused.add(nameOf({ queueId: queue.id, id }));
    const also = message.duplicates.filter((queue) => refused.has(nameOf({ queueId: queue.id, id })));
    if (also.length === 0) return message;
    const duplicates = message.duplicates.filter((queue) => !also.includes(queue));
    return { ...message, duplicates, rejected: [...message.rejected, ...also] };
  });
}

/** Begins the windows of what was stored, in the same transaction. */
export async function rememberIds(tx: Queryable, stored: readonly Routed[]): Promise<void> {
  const keys = stored.flatMap(keysOf);
  if (keys.length > 0) await rememberDeduplicationIds(tx, keys);
}

function keysOf(message: Routed): (DeduplicationKey & { windowMs: number })[] {
  const id = message.deduplicationId;
  if (id === null) return [];
  return message.queues.flatMap(({ id: queueId, limits }) =>
    limits.deduplicationWindowMs === null ? [] : [{ queueId, id, windowMs: limits.deduplicationWindowMs }],
  );
}

function nameOf({ queueId, id }: DeduplicationKey): string {
  return `${queueId} ${id}`;
}
