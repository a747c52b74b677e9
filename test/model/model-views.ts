import type { DeadLetter, Page, PeekedMessage } from "@/lib/broker/message";
import { noPolicies } from "@/lib/broker/policy";
import type { BulkResult, DeadLetterQuery, PeekRequest, Selection } from "@/lib/broker/requests";
import { messageTest } from "@/lib/broker/rules/message-filter";
import type { ExchangeStatus, Overview, QueueStatus } from "@/lib/broker/topology";
import { countsOf, type ModelEntry, type ModelQueue, noTotals, readyIn, stateOf } from "@/test/model/model-state";
import type { ModelTopology } from "@/test/model/model-topology";

export interface Found {
  readonly queue: ModelQueue;
  readonly entry: ModelEntry;
}

export function peeked(
  { queue, limits }: ModelQueue,
  entry: ModelEntry,
  bodyLimit = Number.POSITIVE_INFINITY,
): PeekedMessage {
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  return {
    id: entry.id,
    messageId: entry.messageId,
    vhost: queue.vhost,
    queue: queue.name,
    exchange: entry.exchange,
    routingKey: entry.routingKey,
    properties: entry.properties,
    bodySize: entry.body.length,
    redelivered: entry.redelivered,
    deliveryCount: entry.deliveryCount,
    state: stateOf(entry),
    priority: (limits.maxPriority ?? 0) - entry.rank,
    enqueuedAt: new Date(entry.enqueuedAt),
    publishedAt: new Date(entry.publishedAt),
    publishedBy: entry.publishedBy,
    expiresAt: date(entry.expiresAt),
    availableAt: date(entry.availableAt),
    lease: entry.lease && {
      holder: entry.lease.holder,
      since: new Date(entry.lease.since),
      until: new Date(entry.lease.until),
    },
    death: entry.death,
    body: entry.body.subarray(0, bodyLimit),
    bodyTruncated: entry.body.length > bodyLimit,
  };
}

/** One queue in the order of service; several by number, then by queue. */
export function peek(topology: ModelTopology, request: PeekRequest): Page<PeekedMessage> {
  const vhosts = request.vhost === null ? [...topology.vhosts.values()] : [topology.vhost(request.vhost)];
  const queues =
    request.vhost !== null && request.queue !== undefined
      ? [topology.queue(request.vhost, request.queue)]
      : vhosts.flatMap(({ queues }) =>
          [...queues].filter(([name]) => (request.queue ?? name) === name).map(([, queue]) => queue),
        );
  const found = queues.flatMap((queue) => queue.entries.map((entry): Found => ({ queue, entry })));
  if (queues.length !== 1) found.sort((a, b) => a.entry.id - b.entry.id || a.queue.id - b.queue.id);
  if (request.order === "newest") found.reverse();
  const test = messageTest(request.filter ?? {});
  const wanted = found
    .filter(({ entry }) => request.states?.includes(stateOf(entry)) ?? true)
    .map(({ queue, entry }) => peeked(queue, entry))
    .filter(test);
  return page(wanted, request);
}

export function deadLetters(
  topology: ModelTopology,
  query: Pick<DeadLetterQuery, "vhost" | "queue" | "filter">,
): DeadLetter[] {
  const test = messageTest(query.filter ?? {});
  return queuesOf(topology, query.vhost)
    .filter(({ queue }) => query.queue === undefined || queue.name === query.queue)
    .flatMap((queue) => queue.entries.map((entry) => peeked(queue, entry)))
    .filter((message): message is DeadLetter => message.death !== null)
    .filter(test)
    .sort((a, b) => a.id - b.id);
}

export function deadLetterPage(topology: ModelTopology, query: DeadLetterQuery): Page<DeadLetter> {
  const found = deadLetters(topology, query);
  return page(query.order === "newest" ? found.reverse() : found, query);
}

/** Cursors are places in the list. */
function page<T extends PeekedMessage>(
  found: readonly T[],
  { limit, cursor, bodyLimit }: { limit: number; cursor?: string; bodyLimit: number },
): Page<T> {
  const from = Number(cursor ?? 0);
  const items = found.slice(from, from + limit).map((message) => ({
    ...message,
    body: message.body.subarray(0, bodyLimit),
    bodyTruncated: message.body.length > bodyLimit,
  }));
  return { items, next: from + limit < found.length ? String(from + limit) : null };
}

export function select(queues: readonly ModelQueue[], selection: Selection): Found[] {
  const all = queues.flatMap((queue) => queue.entries.map((entry): Found => ({ queue, entry })));
  if (selection.kind === "messages") {
    return selection.refs.flatMap((ref) =>
      all.filter(({ queue, entry }) => queue.queue.name === ref.queue && entry.id === ref.id),
    );
  }
  const test = messageTest(selection.filter ?? {});
  return all
    .filter(({ queue }) => selection.queue === undefined || queue.queue.name === selection.queue)
    .filter(({ queue, entry }) => test(peeked(queue, entry)));
}

/** The queue that a selection is about; null when it may be about several. */
export function onlyQueueOf(selection: Selection): string | null {
  if (selection.kind === "all") return selection.queue ?? null;
  const names = new Set(selection.refs.map(({ queue }) => queue));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

export function bulkResult(matched: number, skipped: readonly Found[], why: string): BulkResult {
  return {
    matched,
    done: matched - skipped.length,
    skippedCount: skipped.length,
    skipped: skipped.slice(0, 100).map(({ queue, entry }) => ({ queue: queue.queue.name, id: entry.id, why })),
  };
}

export function queuesOf(topology: ModelTopology, vhost?: string): ModelQueue[] {
  const vhosts = vhost === undefined ? [...topology.vhosts.values()] : [topology.vhost(vhost)];
  return vhosts.flatMap(({ queues }) => [...queues.values()]);
}

export function queueStatus(topology: ModelTopology, queue: ModelQueue): QueueStatus {
  const everywhere = queuesOf(topology, queue.queue.vhost).flatMap(({ entries }) => entries);
  const head = readyIn(queue)[0];
  return {
    ...queue.queue,
    policies: noPolicies,
    consumerTimeoutMs: queue.limits.consumerTimeoutMs,
    state: "running",
    counts: countsOf(queue),
    totals: { ...queue.totals },
    rates: noTotals,
    consumers: 0,
    fullConsumers: 0,
    idleSince: null,
    headEnqueuedAt: head ? new Date(head.enqueuedAt) : null,
    deadLettersHere: queue.entries.filter(({ death }) => death !== null).length,
    deadLettersFromHere: everywhere.filter(({ death }) => death?.originQueue === queue.queue.name).length,
    trend: [],
  };
}

export function exchanges(topology: ModelTopology, vhost?: string): ExchangeStatus[] {
  const vhosts = vhost === undefined ? [...topology.vhosts.values()] : [topology.vhost(vhost)];
  return vhosts.flatMap((one) =>
    [...one.exchanges.values()].map(({ id: _, ...exchange }) => ({
      ...exchange,
      policies: noPolicies,
      publishIn: 0,
      publishOut: 0,
      publishInRate: 0,
      publishOutRate: 0,
    })),
  );
}

export function overview(topology: ModelTopology, vhost?: string): Overview {
  const queues = queuesOf(topology, vhost);
  const sum = (numberOf: (queue: ModelQueue) => number) => queues.reduce((total, queue) => total + numberOf(queue), 0);
  return {
    counts: {
      ready: sum((queue) => countsOf(queue).ready),
      unacknowledged: sum((queue) => countsOf(queue).unacknowledged),
      delayed: sum((queue) => countsOf(queue).delayed),
      readyBytes: sum((queue) => countsOf(queue).readyBytes),
      unacknowledgedBytes: sum((queue) => countsOf(queue).unacknowledgedBytes),
    },
    totals: noTotals,
    rates: noTotals,
    objects: {
      queues: queues.length,
      exchanges: exchanges(topology, vhost).length,
      bindings: [...topology.vhosts.keys()].reduce((total, name) => total + topology.bindings(name).length, 0),
      connections: 0,
      channels: 0,
      consumers: 0,
      vhosts: topology.vhosts.size,
    },
    deadLetters: deadLetters(topology, vhost === undefined ? {} : { vhost }).length,
    nodes: [],
    listeners: [],
    samples: [],
  };
}
