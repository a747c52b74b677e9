import type { MessageEvent } from "@/lib/broker/timeline";
import { attemptOf } from "@/lib/engine/error-policy/attempts";
import type { EditRow } from "@/lib/engine/sql/edit";
import type { FailureRow } from "@/lib/engine/sql/failure";
import type { ReviewStepRow, TrashedRow } from "@/lib/engine/sql/timeline";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** Failures with what was decided, and whom it was told to. */
export function failureEvents(rows: readonly FailureRow[]): MessageEvent[] {
  return rows.flatMap((row) => {
    const { at, queue, id, holder, error, number, reason, outcome, policy, heldSince, detail } = attemptOf(row, "");
    const { copies: _, notified, ...shown } = detail;
    const event = { at, queue, id, by: holder };
    const facts = { number, reason, outcome, policy, held_since: heldSince?.toISOString() ?? null, error, ...shown };
    const kind = reason === "expired" && outcome === "drop" ? ("expired" as const) : ("failed" as const);
    const events: MessageEvent[] = [{ ...event, kind, detail: facts }];
    if (Array.isArray(notified))
      events.push({ ...event, by: null, kind: "notified", detail: { targets: notified, policy } });
    if (outcome === "dead_letter") {
      const { exchange, routing_key: routingKey, queues } = shown;
      const way = { reason, exchange, routing_key: routingKey, queues };
      events.push({ ...event, by: null, kind: "dead_lettered", detail: way });
    }
    return events;
  });
}

/** What people did in the review inbox. */
export function reviewEvents(rows: readonly ReviewStepRow[]): MessageEvent[] {
  return rows.flatMap((row) => {
    const event = { queue: row.queue, id: null, detail: { review: row.id } };
    const events: MessageEvent[] = row.comments.map(({ at, by, text }) => ({
      ...event,
      ...{ at: new Date(at), kind: "commented", by, detail: { review: row.id, text } },
    }));
    if (row.claimed_at) events.push({ ...event, at: row.claimed_at, kind: "review_claimed", by: row.claimed_by });
    if (row.decided_at) {
      const detail = { review: row.id, decision: row.decision, ...row.decision_detail };
      events.push({ ...event, at: row.decided_at, kind: "reviewed", by: row.decided_by, detail });
    }
    return events;
  });
}

/** That it was made of another message, or another of it. */
export function editEvents(messageId: number, rows: readonly EditRow[]): MessageEvent[] {
  return rows.map((row) => ({
    at: row.at,
    kind: "edited",
    queue: row.queue,
    id: null,
    by: row.by,
    detail:
      row.from_message_id === messageId
        ? { to_message_id: row.to_message_id }
        : { from_message_id: row.from_message_id },
  }));
}

const actions = { discard: "discarded", purge: "purged", drop: "dropped" } as const;

/** That it lies in the trash, and until when it can be restored. */
export function trashEvents(
  snapshot: TopologySnapshot,
  rows: readonly TrashedRow[],
  failures: readonly FailureRow[],
): MessageEvent[] {
  // A batch of what a queue drops is filled for a while.
  const droppedAt = new Map(failures.map(({ detail, at }) => [detail.trash, at]));
  return rows.map((row) => ({
    at: droppedAt.get(row.batch) ?? row.at,
    kind: actions[row.action],
    queue: snapshot.queuesById.get(row.queue_id)?.name ?? null,
    id: row.seq,
    by: row.by,
    detail: { trash: row.batch, restorable_until: row.expires_at.toISOString() },
  }));
}
