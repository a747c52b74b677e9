import type { EventKind, MessageEvent } from "@/lib/broker/timeline";
import { unpacked } from "@/lib/engine/history/packed";
import type { FailureRow } from "@/lib/engine/sql/failure";
import type { HistoryRow } from "@/lib/engine/sql/history";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A place that a message has or had in a queue, other than by its publication. */
export interface CopyPlace {
  readonly queueId: number;
  readonly seq: number;
}

/** How the history calls what happens on the way to consumers, and how that is shown. */
const deliveries: Readonly<Record<string, { readonly kind: EventKind; readonly detail?: Record<string, unknown> }>> = {
  delivered: { kind: "delivered" },
  taken: { kind: "delivered", detail: { acknowledged: "automatically" } },
  acknowledged: { kind: "acknowledged" },
  requeued: { kind: "requeued" },
  undelivered: { kind: "requeued" },
  timed_out: { kind: "returned", detail: { reason: "timeout" } },
  consumer_lost: { kind: "returned", detail: { reason: "consumer_lost" } },
  expired: { kind: "expired" },
  dropped: { kind: "dropped", detail: { reason: "maxlen" } },
};

const messageKinds: readonly string[] = [
  "dead_lettered",
  "retried",
  "moved",
  "replayed",
  "reviewed",
  "delayed_ready",
  "restored",
] satisfies EventKind[];

/** The dead letters that came of failures. */
export function copiesIn(failures: readonly FailureRow[]): CopyPlace[] {
  return failures.flatMap(({ detail }) => {
    const copies = Array.isArray(detail.copies) ? (detail.copies as { queue_id: number; id: number }[]) : [];
    return copies.map(({ queue_id: queueId, id }) => ({ queueId, seq: id }));
  });
}

/** What rows tell of the message itself, and the copies that came of it. */
export function messageEvents(
  snapshot: TopologySnapshot,
  messageId: number,
  rows: readonly HistoryRow[],
): { events: MessageEvent[]; copies: CopyPlace[] } {
  const events: MessageEvent[] = [];
  const copies: CopyPlace[] = [];
  for (const row of rows) {
    if (!messageKinds.includes(row.kind)) continue;
    for (const place of placesOf(row, messageId)) {
      const { queue_ids: given, ...detail } = row.detail ?? {};
      const queueIds = Array.isArray(given) ? (given as number[]) : row.queue_id === null ? [] : [row.queue_id];
      if (place.copy !== null) for (const queueId of queueIds) copies.push({ queueId, seq: place.copy });
      // The decision itself is told by the review.
      if (row.kind === "reviewed") continue;
      const queues = queueIds.map((id) => snapshot.queuesById.get(id)?.name ?? `(deleted queue ${id})`);
      events.push({
        at: row.at,
        kind: row.kind as EventKind,
        queue: queues.length === 1 ? (queues[0] ?? null) : null,
        id: place.copy,
        by: row.by,
        detail: queues.length > 1 ? { ...detail, queues } : detail,
      });
    }
  }
  return { events, copies };
}

/**
 * What rows tell of deliveries: of copies, and of the message where it was published to.
 * @returns `unseen` are those of the events that say that a message went back before any consumer saw it
 */
export function deliveryEvents(
  snapshot: TopologySnapshot,
  messageId: number,
  copies: readonly CopyPlace[],
  rows: readonly HistoryRow[],
): { readonly events: readonly MessageEvent[]; readonly unseen: ReadonlySet<MessageEvent> } {
  const places = new Set(copies.map(({ queueId, seq }) => `${queueId} ${seq}`));
  const events: MessageEvent[] = [];
  const unseen = new Set<MessageEvent>();
  for (const { at, bucket, kind: said, queue_id: queueId, by, packed } of rows) {
    const shown = deliveries[said];
    if (packed === null || queueId === null || shown === undefined) continue;
    for (const { ms, number } of unpacked(bucket, packed)) {
      if (number !== messageId && !places.has(`${queueId} ${number}`)) continue;
      const queue = snapshot.queuesById.get(queueId)?.name ?? `(deleted queue ${queueId})`;
      const when = new Date(at.getTime() + ms);
      const event = { at: when, kind: shown.kind, queue, id: number, by, detail: shown.detail ?? {} };
      events.push(event);
      if (said === "undelivered") unseen.add(event);
    }
  }
  return { events, unseen };
}

/** Where a row names the message, with the number of what came of it. */
function placesOf(row: HistoryRow, messageId: number): { readonly copy: number | null }[] {
  if (row.numbers !== null) return row.numbers.includes(messageId) ? [{ copy: null }] : [];
  if (row.packed === null) return [];
  const copies = row.copies === null ? [] : [...unpacked(0, row.copies)];
  return [...unpacked(row.bucket, row.packed)].flatMap(({ number }, index) =>
    number === messageId ? [{ copy: copies[index]?.number ?? null }] : [],
  );
}
