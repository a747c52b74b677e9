import type { DeathReason } from "@/lib/broker/message";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { FailureReport } from "@/lib/broker/requests";
import { deadLetter, deathSummary, isDeadLetterCycle } from "@/lib/broker/rules/dead-lettering";
import { groupIdOf } from "@/lib/engine/dead-lettering/group";
import { encodedProperties, placementIn } from "@/lib/engine/publish/outgoing";
import type { Copy } from "@/lib/engine/sql/entry-copies";
import { storable } from "@/lib/engine/sql/storable";
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

/** Through which exchange a dead letter goes, and under which key; null keeps its own. */
export interface Via {
  readonly exchange: string;
  readonly routingKey: string | null;
}

/** What the queue's own arguments say; null when it has no dead-letter exchange. */
function ownVia({ limits }: QueueRecord): Via | null {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: routingKey } = limits;
  return exchange === null ? null : { exchange, routingKey };
}

/**
 * Makes the dead letter of a message and finds the queues that it goes to by the queue's dead-letter exchange, or
 * another one. Null when nobody takes it: there is no exchange, it doesn't exist, it routes nowhere, or only in a circle.
 */
export function routeLetter(
  snapshot: TopologySnapshot,
  queue: QueueRecord,
  message: DyingMessage,
  cause: Cause,
  via: Via | null = ownVia(queue),
): RoutedLetter | null {
  if (via === null) return null;
  const { exchange } = via;
  const at = new Date();
  const letter = deadLetter(
    { exchange: message.exchange, routingKey: message.routing_key, properties: decodeProperties(message.properties) },
    {
      queue: queue.name,
      reason: cause.reason,
      at,
      deadLetterRoutingKey: via.routingKey,
      ...(cause.error && { error: asText(cause.error) }),
    },
  );
  const { headers } = letter.properties;
  const route = snapshot.vhost(queue.vhost).routing.follow(exchange, letter.keys, headers);
  const targets = (route?.queues ?? []).filter((target) => !isDeadLetterCycle(headers, target.name, cause.reason));
  if (targets.length === 0) return null;
  const summary = deathSummary(headers, at);
  const died = {
    vhostId: queue.vhostId,
    reason: cause.reason,
    originQueue: queue.name,
    errorType: storableOrNull(summary?.errorType),
    errorMessage: storableOrNull(summary?.errorMessage),
  };
  const copy: Copy = {
    messageId: message.message_id,
    bytes: message.bytes,
    envelope: { exchange, routingKey: letter.routingKey, properties: encodedProperties(letter.properties) },
    // A dead letter has lost its own time to live; that of the queue it goes to holds.
    placements: targets.map((target) => placementIn(target, { expirationMs: null, properties: letter.properties })),
    death: {
      ...died,
      count: summary?.count ?? 1,
      originExchange: message.exchange,
      originRoutingKey: message.routing_key,
      groupId: groupIdOf(died),
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

/** The headers still have the words as they came. */
function storableOrNull(text: string | null | undefined): string | null {
  return text == null ? null : storable(text);
}
