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
 * What rows tell of deliveries: of copies, and of the message where it was published to. A message that was taken from its
 * queue and went back before any consumer saw it was not delivered, though its rows say so: neither step is told.
 */
export function deliveryEvents(
  snapshot: TopologySnapshot,
  messageId: number,
  copies: readonly CopyPlace[],
  rows: readonly HistoryRow[],
): MessageEvent[] {
  const places = new Set(copies.map(({ queueId, seq }) => `${queueId} ${seq}`));
  const events: MessageEvent[] = [];
  const unseen: { readonly place: string; readonly at: number }[] = [];
  for (const { at, bucket, kind: said, queue_id: queueId, by, packed } of rows) {
    const shown = deliveries[said];
    if (packed === null || queueId === null || (!shown && said !== "undelivered")) continue;
    for (const { ms, number } of unpacked(bucket, packed)) {
      if (number !== messageId && !places.has(`${queueId} ${number}`)) continue;
      const queue = snapshot.queuesById.get(queueId)?.name ?? `(deleted queue ${queueId})`;
      const when = new Date(at.getTime() + ms);
      if (shown) events.push({ at: when, kind: shown.kind, queue, id: number, by, detail: shown.detail ?? {} });
      else unseen.push({ place: placeOf(queue, number), at: when.getTime() });
    }
  }
  return withoutUnseen(events, unseen);
}

/** Leaves out, for each return of what nobody saw, the last delivery before it in the same place. */
function withoutUnseen(
  events: readonly MessageEvent[],
  unseen: readonly { readonly place: string; readonly at: number }[],
): MessageEvent[] {
  const left = new Set(events);
  for (const { place, at } of unseen.toSorted((a, b) => a.at - b.at)) {
    let last: MessageEvent | undefined;
    for (const event of left) {
      if (event.kind !== "delivered" || placeOf(event.queue, event.id) !== place || event.at.getTime() > at) continue;
      if (last === undefined || event.at >= last.at) last = event;
    }
    if (last !== undefined) left.delete(last);
  }
  return [...left];
}

/** How much later than it happened, in ms, a delivery may have been written down. */
const mostLateMs = 1000;

/**
 * A delivery's time is that of its being written down, on its node's clock. Where a failure says since when the message was
 * held, and its delivery would come after it, that is the delivery's time.
 */
export function deliveredBefore(
  failures: readonly MessageEvent[],
  deliveries: readonly MessageEvent[],
): readonly MessageEvent[] {
  const events = [...deliveries];
  for (const { at, queue, id, kind, detail } of failures) {
    if (kind !== "failed" || typeof detail.held_since !== "string") continue;
    const since = new Date(detail.held_since);
    let first: number | undefined;
    events.forEach((event, index) => {
      if (event.kind !== "delivered" || placeOf(event.queue, event.id) !== placeOf(queue, id) || event.at < since)
        return;
      if (first === undefined || event.at < (events[first]?.at ?? at)) first = index;
    });
    const delivery = first === undefined ? undefined : events[first];
    if (first === undefined || delivery === undefined) continue;
    const lateMs = delivery.at.getTime() - at.getTime();
    if (lateMs >= 0 && lateMs < mostLateMs) events[first] = { ...delivery, at: since };
  }
  return events;
}

/**
 * Puts what happened in one place, given in the order of the times, into the turns that it must have had: who held a
 * message gave it back before the next one got it. Deliveries are written down on their node's clock, and what ends them
 * on Postgres's; so those within a second of each other may stand the other way round. What has no such neighbour stays:
 * a node that died took with it what it had not written down.
 */
export function inTurn(events: readonly MessageEvent[]): readonly MessageEvent[] {
  const places = new Map<string, MessageEvent[]>();
  for (const event of events) {
    const place = placeOf(event.queue, event.id);
    const steps = places.get(place);
    if (steps) steps.push(event);
    else places.set(place, [event]);
  }
  const late = new Set<MessageEvent>();
  const before = new Map<MessageEvent, MessageEvent>();
  const behind = new Map<MessageEvent, MessageEvent>();
  for (const steps of places.values()) {
    let held = false;
    for (let at = 0; at < steps.length; at++) {
      const [step, next, after] = steps.slice(at, at + 3);
      if (!step) break;
      const near = next !== undefined && next.at.getTime() - step.at.getTime() < mostLateMs;
      if (near && held && step.kind === "delivered" && goesBack(next)) {
        late.add(step);
        behind.set(next, { ...step, at: next.at });
        at++;
      } else if (near && !held && goesBack(step) && next.kind === "delivered" && after?.kind === "delivered") {
        late.add(next);
        before.set(step, { ...next, at: step.at });
        at++;
        continue;
      }
      held = step.kind === "delivered";
    }
  }
  if (late.size === 0) return events;
  return events.flatMap((event) => {
    if (late.has(event)) return [];
    return [before.get(event), event, behind.get(event)].filter((each) => each !== undefined);
  });
}

function goesBack({ kind }: MessageEvent): boolean {
  return kind === "returned" || kind === "requeued";
}

function placeOf(queue: string | null, id: number | null): string {
  return `${id} ${queue}`;
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
