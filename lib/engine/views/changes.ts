import { BrokerError } from "@/lib/broker/errors";
import type { BrokerEvent, Changes, PresenceKind } from "@/lib/broker/events";
import type { EngineContext } from "@/lib/engine/context";
import { eventList, eventMarks, type MarksRow } from "@/lib/engine/sql/event";
import { exchangeStatusChanged } from "@/lib/engine/sql/exchange-status";
import { queueStatusChanged } from "@/lib/engine/sql/queue-status";
import { exchangeStatusOf } from "@/lib/engine/views/exchanges";
import { statusOf } from "@/lib/engine/views/queues";

/** Events are kept for longer than a position is accepted, so that none is missing between the two, in ms. */
export const EVENTS_KEPT_MS = 20 * 60_000;
const POSITION_KEPT_MS = 15 * 60_000;
/** Whoever missed more than this is better off looking at everything anew. */
const MOST_EVENTS = 1_000;
/**
 * Rates fall for so long after the last message, and a queue becomes idle; the commit of a counter may also lag behind
 * its time. So what changed within this time before a position is told again, in ms.
 */
const AFTERMATH_MS = 20_000;

/** As far back as `eventMarks` looks for recent events, in ms. */
const RECENT_MS = 10_000;

const presenceKinds: readonly PresenceKind[] = ["connection", "channel", "consumer"];

/** See `Broker.changesSince`. */
export async function changesSince(context: EngineContext, position: string | null): Promise<Changes> {
  const db = context.database.main;
  const since = position === null ? null : parsePosition(position);
  const [marks, snapshot] = await Promise.all([eventMarks(db), context.topology.fresh()]);
  if (since === null) return nothingYet(marks);
  const known = marks.now - since.at < POSITION_KEPT_MS && since.event <= marks.last_event;
  const events = known ? await eventList(db, since.event, marks.last_event, MOST_EVENTS + 1) : [];
  const complete = known && events.length <= MOST_EVENTS;
  const [queues, exchanges] = complete
    ? await Promise.all([
        queueStatusChanged(db, since.at - AFTERMATH_MS, queuesOf(events)),
        exchangeStatusChanged(db, since.at - AFTERMATH_MS),
      ])
    : [[], []];
  return {
    position: `${marks.last_event}.${Math.floor(marks.now)}`,
    complete,
    events: complete ? events : [],
    queues: queues.map((row) => statusOf(row, snapshot.queuesById.get(row.id), null, [])),
    exchanges: exchanges.map((row) => exchangeStatusOf(row, snapshot)),
    presence: complete ? presenceKinds.filter((kind) => reportedSince(marks, kind, since.at)) : [],
    topologyVersion: marks.topology_version,
    sampledAt: marks.sampled_at ?? 0,
  };
}

/** The position of ten seconds ago, so that what happened while a page was on its way is told next. */
function nothingYet(marks: MarksRow): Changes {
  const event = marks.last_before_recent ?? marks.last_event;
  return {
    position: `${event}.${Math.floor(marks.now) - RECENT_MS}`,
    ...{ complete: true, events: [], queues: [], exchanges: [], presence: [] },
    topologyVersion: marks.topology_version,
    sampledAt: marks.sampled_at ?? 0,
  };
}

/** A position is the number of the last event and the database's clock, in ms since 1970. */
function parsePosition(position: string): { event: number; at: number } {
  const [, event, at] = /^(\d{1,15})\.(\d{1,15})$/.exec(position) ?? [];
  if (event === undefined || at === undefined) {
    throw new BrokerError("bad-request", `'${position.slice(0, 100)}' is not the id of an event.`);
  }
  return { event: Number(event), at: Number(at) };
}

/** A report bears the time at which its transaction began, which may commit a little after the look that it follows. */
function reportedSince(marks: MarksRow, kind: PresenceKind, at: number): boolean {
  return (marks[kind] ?? 0) > at - 1_000;
}

/** New queues, and those whose consumers came or went: their counters need not have moved. */
function queuesOf(events: readonly BrokerEvent[]): { vhost: string; name: string }[] {
  return events.flatMap(({ kind, action, vhost, name, detail }) => {
    if (vhost === null) return [];
    if (kind === "queue" && action !== "deleted") return [{ vhost, name }];
    if (kind !== "consumer" || !Array.isArray(detail?.names)) return [];
    return detail.names.map((queue) => ({ vhost, name: String(queue) }));
  });
}
