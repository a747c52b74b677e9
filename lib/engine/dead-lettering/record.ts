import type { FailureOutcome } from "@/lib/broker/failures";
import { wasTried } from "@/lib/broker/failures";
import type { Held } from "@/lib/engine/dead-lettering/endings";
import { isRecorded } from "@/lib/engine/error-policy/judged";
import { isBrokerHolder } from "@/lib/engine/lease/hold";
import { failureInsert, type NewFailure } from "@/lib/engine/sql/failure";
import { storable } from "@/lib/engine/sql/storable";
import type { Queryable } from "@/lib/engine/statement";

/** Writes down what became of failures, in the transaction in which it did. */
export async function recordFailures(tx: Queryable, done: readonly Held[]): Promise<void> {
  await failureInsert(tx, done.filter(({ plan }) => isRecorded(plan.judged, plan.letter !== null)).map(failureOf));
}

function failureOf(held: Held): NewFailure {
  const { queue, message, judged, burial } = held.plan;
  const { policy } = judged.verdict;
  const before = burial.heldBefore ?? { holder: message.leased_by, since: message.leased_at };
  // What nobody tried was held by the broker itself.
  const wasHeld = wasTried(judged.reason) && before.holder !== null && !isBrokerHolder(before.holder);
  return {
    vhostId: queue.vhostId,
    messageId: message.message_id,
    queueId: queue.id,
    queue: queue.name,
    seq: burial.seq,
    attempt: judged.attempt,
    reason: judged.reason,
    holder: wasHeld ? storable(before.holder ?? "") : null,
    heldSince: wasHeld ? before.since : null,
    errorType: storableOrNull(judged.error.type),
    errorMessage: storableOrNull(judged.error.message),
    errorStack: storableOrNull(judged.error.stack),
    outcome: outcomeOf(held),
    policyId: policy?.id ?? null,
    policy: policy?.name ?? null,
    detail: { ...detailOf(held), ...notified(held) },
  };
}

function outcomeOf({ plan: { letter, otherwise } }: Held): FailureOutcome {
  if (letter) return "dead_letter";
  if (otherwise.kind === "gone") return "drop";
  return otherwise.kind === "review" ? "review" : otherwise.outcome;
}

function detailOf({ plan: { letter, otherwise }, letterSeq, trash, review }: Held): Record<string, unknown> {
  if (letter) {
    const { exchange = "", routingKey = "" } = letter.copy.envelope ?? {};
    const copies = letter.targets.map(({ id, name }) => ({ queue_id: id, queue: name, id: letterSeq }));
    return { exchange, routing_key: routingKey, queues: letter.targets.map(({ name }) => name), copies };
  }
  if (otherwise.kind === "retry" && otherwise.outcome === "retry") return { delay_ms: otherwise.delayMs };
  if (review !== null) return { review };
  return trash === null ? {} : { trash };
}

function notified({ plan }: Held): Record<string, unknown> {
  const targets = plan.judged.verdict.notices.map(({ target }) => target);
  return targets.length === 0 ? {} : { notified: [...new Set(targets)] };
}

function storableOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}
