import { randomUUID } from "node:crypto";
import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { encodeProperties, isPersistent, type MessageProperties } from "@/lib/broker/properties/properties";
import type { PublishRequest } from "@/lib/broker/requests";
import { delayOf, withDelayTaken } from "@/lib/broker/rules/delay";
import { groupHeader, headerId, isHeaderId } from "@/lib/broker/rules/header-id";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { expirationMs, messageTtl, rankOf } from "@/lib/broker/rules/queue-arguments";
import { type Route, route, routingKeys, withoutBcc } from "@/lib/broker/rules/router";
import type { Placement } from "@/lib/engine/sql/entry-copies";
import type { ExchangeRecord, QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** RabbitMQ 3.x's default for the greatest message, in bytes. */
const maxBodyBytes = 134_217_728;

/** A publish request, checked, and with what routing needs; it is routed when it is written. */
export interface Outgoing {
  readonly vhost: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly keys: readonly string[];
  readonly properties: MessageProperties;
  readonly encoded: Buffer;
  readonly body: Uint8Array;
  readonly expirationMs: number | null;
  /** How long it lies in its queues before it is ready. */
  readonly delayMs: number;
  readonly persistent: boolean;
  readonly publishedBy: string;
  /** Nobody needs to know its number. */
  readonly unnumbered: boolean;
  /** See `PublishRequest`. */
  readonly connectedSince: number;
}

/**
 * Checks what doesn't depend on the topology. Throws `bad-request` for keys and properties that can't be,
 * `precondition-failed` for an invalid expiration, delay or CC, `content-too-large`.
 */
export function outgoing(actor: Actor, request: PublishRequest): Outgoing {
  checkRoutingKey(request.routingKey);
  if (request.body.length > maxBodyBytes) {
    throw new BrokerError(
      "content-too-large",
      `The body has ${request.body.length} bytes; at most ${maxBodyBytes} are allowed.`,
    );
  }
  const { properties } = request;
  const kept = withDelayTaken(withoutBcc(properties));
  const keys = routingKeys(request.routingKey, properties.headers);
  return {
    vhost: request.vhost,
    exchange: request.exchange,
    routingKey: request.routingKey,
    keys,
    properties,
    encoded: (kept === properties && request.encodedProperties) || encodedProperties(kept),
    body: request.body,
    expirationMs: expirationMs(properties.expiration),
    delayMs: delayOf(properties.headers),
    persistent: isPersistent(properties),
    publishedBy: actor.user,
    unnumbered: request.unnumbered ?? false,
    connectedSince: request.connectedSince ?? 0,
  };
}

/** Where the message goes by this snapshot. Throws `not-found` and `access-refused`, see `route`. */
export function routeOf(message: Outgoing, snapshot: TopologySnapshot): Route<ExchangeRecord, QueueRecord> {
  return route(snapshot.vhost(message.vhost).routing, message.exchange, message.keys, message.properties.headers);
}

/** The place that a message gets in a queue. */
export function placementIn(
  queue: QueueRecord,
  message: { readonly expirationMs: number | null; readonly properties: MessageProperties },
): Placement {
  return {
    queueId: queue.id,
    rank: rankOf(queue.limits, message.properties.priority),
    ttlMs: messageTtl(queue.limits, message.expirationMs),
    groupKey: queue.limits.orderedGroups ? groupKeyOf(message.properties) : null,
  };
}

/** A message without a group, or with one that can't be, is a group by itself. */
function groupKeyOf({ headers }: MessageProperties): string {
  return (isHeaderId(headers, groupHeader) ? headerId(headers, groupHeader) : null) ?? `\u0001${randomUUID()}`;
}

/** Throws `bad-request` naming the property that can't be written. */
export function encodedProperties(properties: MessageProperties): Buffer {
  try {
    return encodeProperties(properties);
  } catch (error) {
    if (error instanceof InvalidPropertyError) throw new BrokerError("bad-request", error.message);
    throw error;
  }
}
