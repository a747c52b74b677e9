import type { MessageEvent } from "@/lib/broker/timeline";

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

/**
 * Leaves out what went back before any consumer saw it: that, and the delivery that it ends, which there was not. That is
 * the last one before it in its place, or, where none is, the next one within a second, written down late.
 * @param events in turn
 * @param unseen those of them that say that a message went back unseen
 */
export function withoutUnseen(
  events: readonly MessageEvent[],
  unseen: ReadonlySet<MessageEvent>,
): readonly MessageEvent[] {
  if (unseen.size === 0) return events;
  const out = new Set<MessageEvent>(unseen);
  const held = new Map<string, MessageEvent>();
  const early = new Map<string, MessageEvent>();
  for (const event of events) {
    const place = placeOf(event.queue, event.id);
    const [delivery, before] = [held.get(place), early.get(place)];
    if (unseen.has(event)) {
      if (delivery) out.add(delivery);
      else early.set(place, event);
      held.delete(place);
    } else if (event.kind !== "delivered") {
      held.delete(place);
    } else if (before && event.at.getTime() - before.at.getTime() < mostLateMs) {
      early.delete(place);
      out.add(event);
    } else {
      held.set(place, event);
    }
  }
  return events.filter((event) => !out.has(event));
}

function goesBack({ kind }: MessageEvent): boolean {
  return kind === "returned" || kind === "requeued";
}

/** Of events of one moment: what comes first. */
export function orderOf({ kind }: MessageEvent): number {
  const order = ["delivered", "requeued", "returned", "acknowledged", "failed", "dropped", "dead_lettered", "notified"];
  return order.indexOf(kind);
}

/** Where an event happened: which copy, in which queue. */
export function placeOf(queue: string | null, id: number | null): string {
  return `${id} ${queue}`;
}
