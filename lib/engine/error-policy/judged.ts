import { type FailedDelivery, type FailureReason, wasTried } from "@/lib/broker/failures";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { FailureReport } from "@/lib/broker/requests";
import { judge, type Verdict } from "@/lib/broker/rules/error-policy";
import { boundedReport, failureOf } from "@/lib/broker/rules/failure";
import type { HeldContents } from "@/lib/engine/sql/held-contents";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A failure with what the policies of its vhost say of it. */
export interface Judged {
  readonly reason: FailureReason;
  readonly error: FailureReport;
  readonly attempt: number;
  readonly verdict: Verdict;
}

/**
 * Asks the policies about a delivery that came to nothing. What the worker said goes before what earlier headers say.
 * @param at now, in ms since 1970
 */
export function judged(
  snapshot: TopologySnapshot,
  queue: QueueRecord,
  message: HeldContents,
  cause: { readonly reason: FailureReason; readonly error?: FailureReport },
  at: number,
): Judged {
  const { headers } = decodeProperties(message.properties);
  const error = errorOf(cause.reason, cause.error, headers);
  const failed: FailedDelivery = {
    queue: queue.name,
    reason: cause.reason,
    errorType: error.type ?? null,
    errorMessage: error.message ?? null,
    headers,
    attempts: message.delivery_count + 1,
    ageMs: Math.max(0, at - message.published_at.getTime()),
  };
  const verdict = judge(snapshot.vhost(queue.vhost).errorPolicies, failed);
  return { reason: cause.reason, error, attempt: failed.attempts, verdict };
}

/** What is known of the error; a consumer that said nothing is described. */
function errorOf(
  reason: FailureReason,
  reported: FailureReport | undefined,
  headers: FieldTable | undefined,
): FailureReport {
  if (reported) return boundedReport(reported);
  if (reason === "timeout") {
    return { type: "AcknowledgementTimeout", message: "The consumer did not settle the message in time." };
  }
  if (reason === "consumer_lost") {
    return { type: "ConsumerLost", message: "The consumer went away while it held the message." };
  }
  const failure = failureOf(headers);
  if (!failure) return {};
  return boundedReport({
    ...(failure.type !== null && { type: failure.type }),
    ...(failure.message !== null && { message: failure.message }),
    ...(failure.stack !== null && { stack: failure.stack }),
  });
}

/** Whether a policy may have something to say of such failures in the queue, so that they must be judged one by one. */
export function isConcern(snapshot: TopologySnapshot, queue: QueueRecord, reason: FailureReason): boolean {
  return snapshot.vhost(queue.vhost).errorPolicies.some((policy) => policy.concerns(queue.name, reason));
}

/** Whether it is written down as a failure: what only expired or did not fit, if it still lies somewhere or a rule decided. */
export function isRecorded({ reason, verdict }: Judged, isLetter: boolean): boolean {
  return wasTried(reason) || isLetter || verdict.policy !== null;
}
