import type { DeadLetter, DeathSummary, PeekedMessage } from "@/lib/broker/message";
import { decodeProperties } from "@/lib/broker/properties/properties";
import { withoutBcc } from "@/lib/broker/rules/router";
import type { MessageRow } from "@/lib/engine/sql/message-read";
import type { QueueRecord } from "@/lib/engine/topology/records";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** A row as the contract shows it. */
export function peekedOf(row: MessageRow, queue: QueueRecord): PeekedMessage {
  return {
    id: row.seq,
    messageId: row.message_id,
    vhost: queue.vhost,
    queue: queue.name,
    exchange: row.exchange,
    routingKey: row.routing_key,
    properties: withoutBcc(decodeProperties(row.properties)),
    bodySize: row.bytes,
    redelivered: row.redelivered,
    deliveryCount: row.delivery_count,
    state: row.state,
    priority: maxRankOf(queue) - row.rank,
    enqueuedAt: row.enqueued_at,
    publishedAt: row.published_at,
    publishedBy: row.published_by,
    expiresAt: row.expires_at,
    availableAt: row.available_at,
    lease:
      row.state === "unacked"
        ? { holder: row.leased_by ?? "", since: row.leased_at ?? row.enqueued_at, until: row.leased_until }
        : null,
    death: deathOf(row),
    body: row.body,
    bodyTruncated: row.body.length < row.bytes,
  };
}

/** The same for a dead letter; null for a row that has lost its record of the death. */
export function deadLetterOf(message: PeekedMessage): DeadLetter | null {
  return message.death === null ? null : { ...message, death: message.death };
}

/** The same message with fewer bytes of its body. */
export function withBodyLimit<T extends PeekedMessage>(message: T, bodyLimit: number): T {
  if (message.body.length <= bodyLimit) return message;
  // A copy: a view would keep the whole body in memory for as long as the page lives.
  return { ...message, body: Buffer.from(message.body.subarray(0, bodyLimit)), bodyTruncated: true };
}

function deathOf(row: MessageRow): DeathSummary | null {
  if (row.reason === null || row.died_at === null) return null;
  return {
    reason: row.reason,
    at: row.died_at,
    count: row.death_count ?? 1,
    originQueue: row.origin_queue ?? "",
    originExchange: row.origin_exchange ?? "",
    originRoutingKey: row.origin_routing_key ?? "",
    errorType: row.error_type,
    errorMessage: row.error_message,
    group: row.group_id,
  };
}
