import type { Leased } from "@/lib/broker/broker";
import type { DeathSummary, Envelope, Page, PeekedMessage, TrashBatch } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import type { BindingVerdict, BulkResult, PublishOutcome, RoutePreview } from "@/lib/broker/requests";
import { celeryTask } from "@/lib/broker/rules/celery";
import { failureOf } from "@/lib/broker/rules/failure";
import { payloadJson } from "@/lib/http/json/payload";
import { bindingJson } from "@/lib/http/json/topology-json";

/** What all views of a message share. Headers keep their exact types, so that it can be published again as it was. */
function envelopeJson(message: Envelope) {
  return {
    id: message.id,
    message_id: message.messageId,
    exchange: message.exchange,
    routing_key: message.routingKey,
    properties: propertiesToJson(message.properties, { exact: true }),
    redelivered: message.redelivered,
    delivery_count: message.deliveryCount,
    payload_bytes: message.bodySize,
  };
}

/** A message that was looked at. */
export function peekedJson(message: PeekedMessage, encoding: "auto" | "base64" = "auto") {
  const { lease } = message;
  return {
    ...envelopeJson(message),
    vhost: message.vhost,
    queue: message.queue,
    state: message.state,
    priority: message.priority,
    enqueued_at: message.enqueuedAt.toISOString(),
    published_at: message.publishedAt.toISOString(),
    published_by: message.publishedBy,
    expires_at: message.expiresAt?.toISOString() ?? null,
    available_at: message.availableAt?.toISOString() ?? null,
    lease: lease && {
      holder: lease.holder,
      since: lease.since.toISOString(),
      until: lease.until?.toISOString() ?? null,
    },
    death: message.death && deathJson(message.death),
    error: failureOf(message.properties.headers),
    celery: celeryJson(message.properties, { bytes: message.body, truncated: message.bodyTruncated }),
    ...payloadJson(message.body, { encoding, cut: message.bodyTruncated }),
    payload_truncated: message.bodyTruncated,
  };
}

/** A task of Celery, recognised by its headers; null for other messages. */
export function celeryJson(
  properties: MessageProperties,
  body: { readonly bytes: Uint8Array; readonly truncated: boolean } | null,
) {
  const task = celeryTask(properties, body);
  if (task === null) return null;
  const { rootId, parentId, ...rest } = task;
  return { ...rest, root_id: rootId, parent_id: parentId };
}
export type PeekedJson = ReturnType<typeof peekedJson>;

function deathJson(death: DeathSummary) {
  return {
    reason: death.reason,
    at: death.at.toISOString(),
    count: death.count,
    origin_queue: death.originQueue,
    origin_exchange: death.originExchange,
    origin_routing_key: death.originRoutingKey,
    error_type: death.errorType,
    error_message: death.errorMessage,
    group: death.group,
  };
}

/** A message that was leased to the caller. */
export function leasedJson(message: Leased, encoding: "auto" | "base64") {
  return {
    receipt: message.receipt,
    leased_until: message.leasedUntil?.toISOString() ?? null,
    ...envelopeJson(message),
    ...payloadJson(message.body, { encoding }),
    remaining: message.remaining,
  };
}

/** A message in the answer to RabbitMQ's `get`. */
export function gotJson(message: Leased, encoding: "auto" | "base64", truncate: number | undefined) {
  const cut = truncate !== undefined && message.body.length > truncate;
  return {
    payload_bytes: message.bodySize,
    redelivered: message.redelivered,
    exchange: message.exchange,
    routing_key: message.routingKey,
    message_count: message.remaining,
    properties: propertiesToJson(message.properties),
    ...payloadJson(cut ? message.body.subarray(0, truncate) : message.body, { encoding, cut }),
  };
}

/** A page of a list; `next` goes into `cursor` to have the following one. */
export function pageJson<T, J>(page: Page<T>, itemJson: (item: T) => J) {
  return { items: page.items.map(itemJson), next: page.next };
}

export function publishedJson(outcome: PublishOutcome) {
  return {
    routed: outcome.routed,
    queues: outcome.queues,
    rejected: outcome.rejected,
    ...(outcome.duplicates && { duplicates: outcome.duplicates }),
    message_id: outcome.messageId,
  };
}
export type PublishedJson = ReturnType<typeof publishedJson>;

export function routePreviewJson(preview: RoutePreview) {
  return {
    queues: preview.queues,
    alternate_exchange: preview.alternateExchange,
    steps: preview.steps.map((step) => ({
      exchange: step.exchange,
      exchange_type: step.exchangeType,
      via: step.via,
      verdicts: step.verdicts.map(verdictJson),
    })),
  };
}
export type RoutePreviewJson = ReturnType<typeof routePreviewJson>;

function verdictJson(verdict: BindingVerdict) {
  return {
    binding: bindingJson(verdict.binding),
    matches: verdict.matches,
    why: verdict.why,
    decided_by: verdict.decidedBy,
  };
}

/** The numbers of a bulk operation: `matched = done + skipped_count`. */
export function bulkJson(result: BulkResult) {
  return {
    matched: result.matched,
    done: result.done,
    skipped_count: result.skippedCount,
    skipped: result.skipped,
  };
}
export type BulkJson = ReturnType<typeof bulkJson>;

export function trashBatchJson(batch: TrashBatch) {
  return {
    id: batch.id,
    action: batch.action,
    vhost: batch.vhost,
    queue: batch.queue,
    count: batch.count,
    by: batch.by,
    at: batch.at.toISOString(),
    expires_at: batch.expiresAt.toISOString(),
    restored_at: batch.restoredAt?.toISOString() ?? null,
    bindings: batch.deletedQueue?.bindings.length ?? null,
  };
}
export type TrashBatchJson = ReturnType<typeof trashBatchJson>;
