import type { PublishOutcome } from "@/lib/broker/requests";
import { groupHeader, headerId } from "@/lib/broker/rules/header-id";
import type { Database } from "@/lib/engine/database";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import {
  deduplicationIdOf,
  mayKnow,
  refusedLikeFirst,
  rememberIds,
  withoutDuplicates,
} from "@/lib/engine/publish/deduplicate";
import { Handover, type Takers } from "@/lib/engine/publish/handover";
import { type Outgoing, placementIn, routeOf } from "@/lib/engine/publish/outgoing";
import { hasLimit, refusals } from "@/lib/engine/publish/overflow";
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
  /** Queues of which all messages of the same flush were handed to consumers as they were stored. */
  readonly handed?: ReadonlySet<number>;
  /** Null until it is stored, and for one that goes nowhere. */
  readonly messageId: number | null;
}

/** What its publisher is told. */
export function outcomeOf({ queues, rejected, duplicates, messageId }: Routed): PublishOutcome {
  return {
    messageId,
    routed: queues.length + duplicates.length > 0,
    queues: queues.map((queue) => queue.name),
    rejected: rejected.map((queue) => queue.name),
    ...(duplicates.length > 0 && { duplicates: duplicates.map((queue) => queue.name) }),
  };
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
  handovers?: Handovers,
): Promise<readonly Routed[] | null> {
  const pool = messages.some(mustSurvive) ? database.durable : database.relaxed;
  if (!messages.some(needsAdmission)) {
    const handover = handovers && !messages.some(isSpecial) ? Handover.of(handovers.takers, messages) : null;
    if (!handovers || !handover) return insertRouted(pool, snapshot.version, messages);
    return insertHanded(pool, snapshot.version, messages, handover, handovers);
  }
  return pool.transaction(async (tx) => {
    if (!(await enterQueues(tx, snapshot.version, queueIdsOf(messages)))) return null;
    return insertRouted(tx, snapshot.version, await admitted(tx, messages));
  });
}

/** Who is told of what was handed to consumers as it was stored. */
export interface Handovers {
  readonly takers: Takers;
  granted(claim: { queueId: number; rank: number; token: number; seqs: readonly number[] }): void;
  /** A claim may have been made. */
  lost(queueId: number, leaseToken: number): void;
}

/** The same as `insertRouted`, with some of them in the hands of consumers from the beginning. */
async function insertHanded(
  pool: Queryable,
  version: number,
  messages: readonly Routed[],
  handover: Handover,
  { granted, lost }: Handovers,
): Promise<readonly Routed[] | null> {
  const stored = messages.filter(isKept);
  const rows = stored.map((message, index) =>
    newMessage(message, (queueId) => handover.assign(queueId, message.message, index)),
  );
  const inserted = await insertMessages(pool, version, rows, usesOf(messages), handover).catch((error: unknown) => {
    if (isConnectionTrouble(error)) handover.lost(lost);
    else handover.refused();
    throw error;
  });
  if (!inserted) {
    handover.refused();
    return null;
  }
  const whole = handover.stored(inserted.open, inserted.ids, inserted.at, granted);
  return numbered(messages, inserted.ids, whole);
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
  const inserted = await insertMessages(
    db,
    version,
    stored.map((message) => newMessage(message)),
    usesOf(messages),
  );
  if (!inserted) return null;
  await rememberIds(db, messages);
  return numbered(messages, inserted.ids);
}

/** @param handed queues of which all messages were handed over */
function numbered(
  messages: readonly Routed[],
  ids: readonly number[],
  handed?: ReadonlySet<number>,
): readonly Routed[] {
  let next = 0;
  return messages.map((one) => {
    const messageId = isKept(one) ? (ids[next++] ?? null) : null;
    // Field by field: a spread costs a microsecond and more, for each message.
    const { message, vhostId, exchanges, queues, rejected, deduplicationId, duplicates } = one;
    const stored = { message, vhostId, exchanges, queues, rejected, deduplicationId, duplicates, messageId };
    return handed && queues.some(({ id }) => handed.has(id)) ? Object.assign(stored, { handed }) : stored;
  });
}

/** It waits for a time, or for others of its group. */
function isSpecial({ message, queues }: Routed): boolean {
  return message.delayMs > 0 || queues.some(({ limits }) => limits.orderedGroups);
}

/** A message that a full queue refused is kept too if that queue has a dead-letter exchange to send it to. */
function isKept({ queues, rejected }: Routed): boolean {
  return queues.length > 0 || rejected.some(deadLettersRefusals);
}

/** Whether the queue dead-letters what it refuses for want of room. */
export function deadLettersRefusals({ limits }: QueueRecord): boolean {
  return limits.overflow === "reject-publish-dlx" && limits.deadLetterExchange !== null;
}

/** Whether it is to be on the disk before it counts as stored. */
export function mustSurvive({ message, queues }: Routed): boolean {
  return message.persistent && queues.some((queue) => queue.durable);
}

/** @param offerOf to which offer the message goes in a queue, 0 for none */
function newMessage({ message, vhostId, queues }: Routed, offerOf?: (queueId: number) => number): NewMessage {
  return {
    vhostId,
    publishedBy: message.publishedBy,
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties: message.encoded,
    body: message.body,
    delayMs: message.delayMs,
    placements: queues.map((queue) => placementIn(queue, message)),
    ...(offerOf && { offers: queues.map((queue) => offerOf(queue.id)) }),
  };
}

/** Counts a message, and what came of it, at the exchange that it was published to, as RabbitMQ does. */
export function usesOf(messages: readonly Routed[]): ExchangeUse[] {
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
