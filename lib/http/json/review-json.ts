import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import type { Review } from "@/lib/broker/reviews";
import { reportJson } from "@/lib/http/json/failure-json";
import { celeryJson } from "@/lib/http/json/message-json";
import { payloadJson } from "@/lib/http/json/payload";

export function reviewJson(review: Review, encoding: "auto" | "base64" = "auto") {
  const { claim, decision } = review;
  return {
    id: review.id,
    vhost: review.vhost,
    queue: review.queue,
    state: review.state,
    version: review.version,
    message_id: review.messageId,
    at: review.at.toISOString(),
    reason: review.reason,
    attempts: review.attempts,
    error: reportJson(review.error),
    policy: review.policy,
    note: review.note,
    exchange: review.exchange,
    routing_key: review.routingKey,
    properties: propertiesToJson(review.properties, { exact: true }),
    payload_bytes: review.bodySize,
    ...payloadJson(review.body, { encoding, cut: review.bodyTruncated }),
    payload_truncated: review.bodyTruncated,
    celery: celeryJson(review.properties, { bytes: review.body, truncated: review.bodyTruncated }),
    claimed_by: claim?.by ?? null,
    claimed_at: claim?.at.toISOString() ?? null,
    comments: review.comments.map(({ at, by, text }) => ({ at: at.toISOString(), by, text })),
    decision: decision && { ...decision, at: decision.at.toISOString() },
  };
}
export type ReviewJson = ReturnType<typeof reviewJson>;
