import type { RoutedLetter } from "@/lib/engine/dead-lettering/letter";
import { hasLimit, isOverLimit } from "@/lib/engine/publish/overflow";
import type { Copy } from "@/lib/engine/sql/entry-copies";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";

/**
 * A dead letter is published without confirms: a queue that is full and refuses it just doesn't get it. The transaction
 * must have entered the queues.
 * @returns the plans in their order; the letter is null where no queue takes it any more
 */
export async function withoutFull<T extends { readonly letter: RoutedLetter | null }>(
  tx: Queryable,
  plans: readonly T[],
): Promise<T[]> {
  const targets = new Set(plans.flatMap(({ letter }) => letter?.targets ?? []));
  const refusing = [...targets].filter((queue) => hasLimit(queue, "refuses"));
  if (refusing.length === 0) return [...plans];
  const depths = await readQueueDepths(
    tx,
    refusing.map((queue) => queue.id),
  );
  const room = new Map(depths.map((depth) => [depth.queue_id, { ready: depth.ready, bytes: depth.ready_bytes }]));
  const accepts = (queue: QueueRecord, bytes: number) => {
    const depth = room.get(queue.id);
    if (!depth || !hasLimit(queue, "refuses")) return true;
    if (isOverLimit(queue, depth.ready + 1, depth.bytes + bytes)) return false;
    depth.ready++;
    depth.bytes += bytes;
    return true;
  };
  return plans.map((plan) => {
    if (!plan.letter) return plan;
    const { copy } = plan.letter;
    const left = plan.letter.targets.filter((queue) => accepts(queue, copy.bytes));
    return { ...plan, letter: left.length === 0 ? null : { targets: left, copy: reduced(copy, left) } };
  });
}

function reduced(copy: Copy, targets: readonly QueueRecord[]): Copy {
  const ids = new Set(targets.map((queue) => queue.id));
  return { ...copy, placements: copy.placements.filter((place) => ids.has(place.queueId)) };
}
