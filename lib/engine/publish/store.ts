import { groupHeader, headerId } from "@/lib/broker/rules/header-id";
import type { Database } from "@/lib/engine/database";
import {
  deduplicationIdOf,
  mayKnow,
  refusedLikeFirst,
  rememberIds,
  withoutDuplicates,
} from "@/lib/engine/publish/deduplicate";
import { type Outgoing, placementIn, routeOf } from "@/lib/engine/publish/outgoing";
import { hasLimit, refusals } from "@/lib/engine/publish/overflow";
import type { Placement } from "@/lib/engine/sql/entry-copies";
import { type ExchangeUse, insertMessages, type NewMessage } from "@/lib/engine/sql/publish";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { Queryable } from "@/lib/engine/statement";
import type { ExchangeRecord, QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A message with the queues that it goes to. */
export interface Routed {
  readonly message: Outgoing;
  readonly vhostId: number;
  readonly exchanges: readonly ExchangeRecord[];
  readonly queues: readonly QueueRecord[];
  /** Queues that are full and refuse it. */
  readonly rejected: readonly QueueRecord[];
  /** By which queues recognise that it was published before; null when none of them does. */
  readonly deduplicationId: string | null;
  /** Queues that have had it before. */
  readonly duplicates: readonly QueueRecord[];
  /** Null until it is stored, and for one that goes nowhere. */
  readonly messageId: number | null;
}

/** Throws `not-found` and `access-refused`, see `route`, and `precondition-failed` for an invalid deduplication or group id. */
export function routed(message: Outgoing, snapshot: TopologySnapshot): Routed {
  const { queues, exchanges } = routeOf(message, snapshot);
  const vhostId = snapshot.vhost(message.vhost).vhost.id;
  const deduplicationId = deduplicationIdOf(message, queues);
  // What is no group is refused while its publisher can be told.
  if (queues.some(({ limits }) => limits.orderedGroups)) headerId(message.properties.headers, groupHeader);
  return { message, vhostId, exchanges, queues, rejected: [], deduplicationId, duplicates: [], messageId: null };
}

/**
 * Writes messages in their order, in one transaction.
 * @returns them with their numbers, and without the queues that refused them; null when the topology is no longer that
 *   of the snapshot and nothing was written
 */
export async function storeRouted(
  database: Database,
  snapshot: TopologySnapshot,
  messages: readonly Routed[],
): Promise<readonly Routed[] | null> {
  const pool = messages.some(mustSurvive) ? database.durable : database.relaxed;
  if (!messages.some(needsAdmission)) return insertRouted(pool, snapshot.version, messages);
  return pool.transaction(async (tx) => {
    if (!(await enterQueues(tx, snapshot.version, queueIdsOf(messages)))) return null;
    return insertRouted(tx, snapshot.version, await admitted(tx, messages));
  });
}

/** The numbers of all queues that they go to. */
export function queueIdsOf(messages: readonly Routed[]): number[] {
  return messages.flatMap(({ queues }) => queues.map((queue) => queue.id));
}

/** Whether a queue that it goes to has to be asked whether it takes it. */
function needsAdmission(message: Routed): boolean {
  return message.queues.some((queue) => hasLimit(queue, "refuses") || mayKnow(queue, message));
}

/**
 * The messages, in their order, without the queues that don't take them. The transaction must have entered the queues
 * and store what is admitted.
 */
export async function admitted(tx: Queryable, messages: readonly Routed[]): Promise<readonly Routed[]> {
  if (!messages.some(needsAdmission)) return messages;
  const isMarked = messages.some((message) => message.deduplicationId !== null);
  const unique = isMarked ? await withoutDuplicates(tx, messages) : messages;
  const limited = new Set(unique.flatMap(({ queues }) => queues.filter((queue) => hasLimit(queue, "refuses"))));
  if (limited.size === 0) return unique;
  const rejected = await refusals(tx, [...limited], unique);
  const accepted = unique.map((message, index) => {
    const refusing = rejected[index] ?? [];
    const queues = message.queues.filter((queue) => !refusing.includes(queue));
    return { ...message, queues, rejected: refusing };
  });
  return isMarked ? refusedLikeFirst(accepted) : accepted;
}

/**
 * Writes admitted messages; where some had to be asked for, `db` is the transaction that entered their queues. Null when the topology has moved on: then
 * nothing was written.
 */
export async function insertRouted(
  db: Queryable,
  version: number,
  messages: readonly Routed[],
): Promise<readonly Routed[] | null> {
  const stored = messages.filter(isKept);
  const ids = await insertMessages(db, version, stored.map(newMessage), usesOf(messages));
  if (!ids) return null;
  await rememberIds(db, messages);
  let next = 0;
  return messages.map((message) => (isKept(message) ? { ...message, messageId: ids[next++] ?? null } : message));
}

/** A message that a full queue refused is kept too if that queue has a dead-letter exchange to send it to. */
function isKept({ queues, rejected }: Routed): boolean {
  return queues.length > 0 || rejected.some(deadLettersRefusals);
}

/** Whether the queue dead-letters what it refuses for want of room. */
export function deadLettersRefusals({ limits }: QueueRecord): boolean {
  return limits.overflow === "reject-publish-dlx" && limits.deadLetterExchange !== null;
}

function mustSurvive({ message, queues }: Routed): boolean {
  return message.persistent && queues.some((queue) => queue.durable);
}

function newMessage({ message, vhostId, queues }: Routed): NewMessage {
  return {
    vhostId,
    publishedBy: message.publishedBy,
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties: message.encoded,
    body: message.body,
    delayMs: message.delayMs,
    placements: queues.map((queue): Placement => placementIn(queue, message)),
  };
}

/** Counts a message, and what came of it, at the exchange that it was published to, as RabbitMQ does. */
function usesOf(messages: readonly Routed[]): ExchangeUse[] {
  const uses = new Map<number, { exchangeId: number; publishIn: number; publishOut: number; dropUnroutable: number }>();
  for (const { exchanges, queues, rejected, duplicates } of messages) {
    const [first] = exchanges;
    if (!first) continue;
    let use = uses.get(first.id);
    if (!use) {
      use = { exchangeId: first.id, publishIn: 0, publishOut: 0, dropUnroutable: 0 };
      uses.set(first.id, use);
    }
    use.publishIn++;
    use.publishOut += queues.length;
    if (queues.length + rejected.length + duplicates.length === 0) use.dropUnroutable++;
  }
  return [...uses.values()];
}
