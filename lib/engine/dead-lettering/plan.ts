import { deathReasonOf, type FailureReason } from "@/lib/broker/failures";
import type { FailureReport } from "@/lib/broker/requests";
import { retryDelay } from "@/lib/broker/rules/error-policy";
import { type RoutedLetter, routeLetter, type Via } from "@/lib/engine/dead-lettering/letter";
import { type Judged, judged } from "@/lib/engine/error-policy/judged";
import type { HeldContents } from "@/lib/engine/sql/held-contents";
import type { HeldEntry } from "@/lib/engine/sql/settle";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A delivery that came to nothing, of a message that the caller holds. */
export interface Burial extends HeldEntry {
  readonly reason: FailureReason;
  /** What the worker said. */
  readonly error?: FailureReport;
  /** Who had it and since when, where the broker holds it meanwhile. */
  readonly heldBefore?: { readonly holder: string | null; readonly since: Date | null };
}

/** How long what nobody takes as a dead letter can be found in the trash, in ms. */
const trashMs = 7 * 24 * 60 * 60 * 1000;

/** What happens to a message, apart from the dead letter that may be made of it. */
export type Ending =
  /** Gone from its queue; without a letter, gone for good. */
  | { readonly kind: "gone" }
  | { readonly kind: "trash"; readonly keepMs: number; readonly by: string; readonly outcome: "drop" | "ignore" }
  /** Stays in its queue, at its place; ready after the delay. */
  | { readonly kind: "retry"; readonly delayMs: number; readonly outcome: "retry" | "requeue" }
  | { readonly kind: "review"; readonly note: string | null };

export interface Plan {
  readonly burial: Burial;
  readonly queue: QueueRecord;
  readonly message: HeldContents;
  readonly judged: Judged;
  /** Null when nobody takes it. */
  readonly letter: RoutedLetter | null;
  /** What happens if there is no letter. */
  readonly otherwise: Ending;
}

/** Decides about one message. @param at now, in ms since 1970 */
export function planOf(
  snapshot: TopologySnapshot,
  queue: QueueRecord,
  message: HeldContents,
  burial: Burial,
  at: number,
): Plan {
  const verdict = judged(snapshot, queue, message, burial, at);
  const { decision, policy } = verdict.verdict;
  const plan = { burial, queue, message, judged: verdict };
  switch (decision.kind) {
    case "retry": {
      const delayMs = retryDelay(decision.action, decision.attempt, Math.random());
      return { ...plan, letter: null, otherwise: { kind: "retry", delayMs, outcome: "retry" } };
    }
    case "ignore": {
      const by = `error policy ${policy?.name}`;
      const keepMs = decision.keepMs ?? trashMs;
      return { ...plan, letter: null, otherwise: { kind: "trash", keepMs, by, outcome: "ignore" } };
    }
    case "review":
      return { ...plan, letter: null, otherwise: { kind: "review", note: decision.note ?? null } };
    case "dead_letter": {
      const via = { exchange: decision.exchange, routingKey: decision.routingKey ?? null };
      // Somebody wants it there: it is not lost where that leads nowhere.
      return { ...plan, letter: letterOf(snapshot, plan, via), otherwise: dropped };
    }
    case "default":
      return byDefault(snapshot, plan, at);
  }
}

const dropped: Ending = { kind: "trash", keepMs: trashMs, by: "system", outcome: "drop" };

/** What RabbitMQ does. */
function byDefault(snapshot: TopologySnapshot, plan: Omit<Plan, "letter" | "otherwise">, at: number): Plan {
  const { queue, message, burial } = plan;
  const { reason } = burial;
  if (reason === "timeout" || reason === "consumer_lost") {
    const limit = queue.limits.deliveryLimit;
    if (limit === null || message.delivery_count + 1 <= limit) {
      return { ...plan, letter: null, otherwise: { kind: "retry", delayMs: 0, outcome: "requeue" } };
    }
    return planOf(snapshot, queue, message, { ...burial, reason: "delivery_limit", error: plan.judged.error }, at);
  }
  // Somebody may still want what failed; what expired or did not fit was to go.
  const isGivenUp = reason === "rejected" || reason === "delivery_limit";
  return { ...plan, letter: letterOf(snapshot, plan), otherwise: isGivenUp ? dropped : { kind: "gone" } };
}

function letterOf(
  snapshot: TopologySnapshot,
  plan: Omit<Plan, "letter" | "otherwise">,
  via?: Via,
): RoutedLetter | null {
  const { burial, queue, message, judged } = plan;
  // Headers that are there already stay; words that only describe the reason are added.
  const error =
    burial.error ?? (burial.reason === "timeout" || burial.reason === "consumer_lost" ? judged.error : null);
  return routeLetter(snapshot, queue, message, { reason: deathReasonOf(burial.reason), ...(error && { error }) }, via);
}
