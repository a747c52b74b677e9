import type { Canary, Job, JobItem, JobPlan, RetainedMessage } from "@/lib/broker/jobs";
import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import { peekedJson } from "@/lib/http/json/message-json";
import { payloadJson } from "@/lib/http/json/payload";

/** A job. `counts.start = done + failed_again + skipped + remaining`. */
export function jobJson(job: Job) {
  const { step, counts, perSecond } = job;
  const isRunning = job.state === "running" && perSecond !== null && perSecond > 0;
  return {
    id: job.id,
    kind: job.kind,
    vhost: job.vhost,
    state: job.state,
    reason: job.reason,
    started_by: job.startedBy,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
    changed_by: job.changedBy,
    request: job.asked,
    rate: job.rate,
    canary: job.canary && canaryJson(job.canary),
    step: step && {
      number: step.number,
      of: step.of,
      size: step.size,
      sent: step.sent,
      failed_again: step.failedAgain,
      in_flight: step.inFlight,
      watching_until: step.watchingUntil?.toISOString() ?? null,
    },
    counts: {
      start: counts.start,
      done: counts.done,
      failed_again: counts.failedAgain,
      skipped: counts.skipped,
      remaining: counts.remaining,
    },
    errors: job.errors,
    trash: job.trash,
    per_second: perSecond,
    eta_s: isRunning ? Math.ceil(counts.remaining / perSecond) : null,
  };
}
export type JobJson = ReturnType<typeof jobJson>;

function canaryJson(canary: Canary) {
  return {
    steps: canary.steps,
    settle_ms: canary.settleMs,
    stop_at_failed_percent: canary.stopAtFailedPercent,
  };
}

/** What a job would do. */
export function jobPlanJson(plan: JobPlan) {
  return {
    matched: plan.matched,
    exact: plan.exact,
    sample: plan.sample.map((message) => peekedJson(message)),
    retained: plan.retained.map(retainedJson),
    without_origin: plan.withoutOrigin,
    origins: plan.origins,
  };
}
export type JobPlanJson = ReturnType<typeof jobPlanJson>;

function retainedJson(message: RetainedMessage) {
  return {
    message_id: message.messageId,
    exchange: message.exchange,
    routing_key: message.routingKey,
    properties: propertiesToJson(message.properties, { exact: true }),
    published_at: message.publishedAt.toISOString(),
    published_by: message.publishedBy,
    payload_bytes: message.bodySize,
    ...payloadJson(message.body, { cut: message.bodyTruncated }),
    payload_truncated: message.bodyTruncated,
    targets: message.targets,
  };
}

/** One message of a job. */
export function jobItemJson(item: JobItem) {
  return {
    n: item.n,
    queue: item.queue,
    id: item.id,
    state: item.state,
    why: item.why,
    at: item.at?.toISOString() ?? null,
  };
}
export type JobItemJson = ReturnType<typeof jobItemJson>;
