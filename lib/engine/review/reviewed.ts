import { BrokerError } from "@/lib/broker/errors";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { Review, ReviewState } from "@/lib/broker/reviews";
import type { ReadReviewRow, ReviewRow } from "@/lib/engine/sql/review";

/** A row as the contract has it. */
export function reviewOf(row: ReadReviewRow): Review {
  const { error_type: type, error_message: message, error_stack: stack } = row;
  const body = row.body ?? Buffer.alloc(0);
  return {
    id: row.id,
    vhost: row.vhost,
    queue: row.queue,
    state: stateOf(row),
    version: row.version,
    messageId: row.message_id,
    at: row.at,
    reason: row.reason,
    attempts: row.attempts,
    error: {
      ...(type !== null && { type }),
      ...(message !== null && { message }),
      ...(stack !== null && { stack }),
    },
    policy: row.policy,
    note: row.note,
    exchange: row.exchange,
    routingKey: row.routing_key,
    properties: decodeProperties(row.properties),
    bodySize: row.bytes,
    body,
    bodyTruncated: body.length < row.bytes,
    claim: row.claimed_by === null || row.claimed_at === null ? null : { by: row.claimed_by, at: row.claimed_at },
    comments: row.comments.map(({ at, by, text }) => ({ at: new Date(at), by, text })),
    decision: decisionOf(row),
  };
}

function stateOf(row: Pick<ReviewRow, "decision" | "claimed_by">): ReviewState {
  if (row.decision !== null) return "decided";
  return row.claimed_by === null ? "waiting" : "claimed";
}

/** Throws `conflict` when it is decided, or somebody else has claimed it. */
export function mustBeFree(row: ReviewRow, user: string): void {
  if (row.decision !== null) {
    const at = row.decided_at?.toISOString() ?? null;
    throw new BrokerError("conflict", `${row.decided_by} has decided about it: ${row.decision}. Nothing was changed.`, {
      decision: { kind: row.decision, by: row.decided_by, at, detail: row.decision_detail },
    });
  }
  if (row.claimed_by !== null && row.claimed_by !== user) {
    throw new BrokerError("conflict", `${row.claimed_by} has claimed it. Nothing was changed.`, {
      claimed_by: row.claimed_by,
      claimed_at: row.claimed_at?.toISOString() ?? null,
    });
  }
}

/** The error `not-found` for a review. */
export function noReview(id: number): BrokerError {
  return new BrokerError("not-found", `There is no review ${id}.`, { id });
}

function decisionOf(row: ReviewRow): Review["decision"] {
  const { decision: kind, decided_by: by, decided_at: at, decision_detail: detail } = row;
  return kind === null || by === null || at === null ? null : { kind, by, at, detail };
}
