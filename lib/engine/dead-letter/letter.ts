import type { DeathReason } from "@/lib/broker/message";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { FailureReport } from "@/lib/broker/requests";
import { deadLetter, deathSummary, isDeadLetterCycle } from "@/lib/broker/rules/dead-lettering";
import { encodedProperties, placementIn } from "@/lib/engine/publish/outgoing";
import type { Copy } from "@/lib/engine/sql/entry-copies";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A stored message that leaves a queue, as it lay there. */
export interface DyingMessage {
  readonly message_id: number;
  readonly bytes: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
}

export interface Cause {
  readonly reason: DeathReason;
  /** What the worker that rejected it said. */
  readonly error?: FailureReport;
}

export interface RoutedLetter {
  readonly copy: Copy;
  readonly targets: readonly QueueRecord[];
}

/**
 * Makes the dead letter of a message and finds the queues that it goes to by the queue's dead-letter exchange. Null
 * when nobody takes it: there is no dead-letter exchange, it doesn't exist, it routes nowhere, or only in a circle.
 */
export function routeLetter(
  snapshot: TopologySnapshot,
  queue: QueueRecord,
  message: DyingMessage,
  cause: Cause,
): RoutedLetter | null {
  const exchange = queue.limits.deadLetterExchange;
  if (exchange === null) return null;
  const at = new Date();
  const letter = deadLetter(
    { exchange: message.exchange, routingKey: message.routing_key, properties: decodeProperties(message.properties) },
    {
      queue: queue.name,
      reason: cause.reason,
      at,
      deadLetterRoutingKey: queue.limits.deadLetterRoutingKey,
      ...(cause.error && { error: asText(cause.error) }),
    },
  );
  const { headers } = letter.properties;
  const route = snapshot.vhost(queue.vhost).routing.follow(exchange, letter.keys, headers);
  const targets = (route?.queues ?? []).filter((target) => !isDeadLetterCycle(headers, target.name, cause.reason));
  if (targets.length === 0) return null;
  const summary = deathSummary(headers, at);
  const copy: Copy = {
    messageId: message.message_id,
    bytes: message.bytes,
    envelope: { exchange, routingKey: letter.routingKey, properties: encodedProperties(letter.properties) },
    // A dead letter has lost its own time to live; that of the queue it goes to holds.
    placements: targets.map((target) => placementIn(target, { expirationMs: null, properties: letter.properties })),
    death: {
      vhostId: queue.vhostId,
      reason: cause.reason,
      count: summary?.count ?? 1,
      originQueue: queue.name,
      originExchange: message.exchange,
      originRoutingKey: message.routing_key,
      errorType: storable(summary?.errorType),
      errorMessage: storable(summary?.errorMessage),
    },
  };
  return { copy, targets };
}

/** Half a surrogate pair, as a cut in the middle of one leaves it, is no text that a header could carry. */
function asText(error: FailureReport): FailureReport {
  return Object.fromEntries(
    Object.entries(error).map(([name, text]: [string, string]) => [name, text.replace(/\p{Surrogate}/gu, "\ufffd")]),
  );
}

/** Postgres' text can't hold NUL, nor lone surrogates; the headers still have the words as they came. */
function storable(text: string | null | undefined): string | null {
  return text?.replace(/\0|\p{Surrogate}/gu, "\ufffd") ?? null;
}
