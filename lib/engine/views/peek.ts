import { BrokerError, notFound } from "@/lib/broker/errors";
import { type MessageRef, type MessageState, messageStates, type Page, type PeekedMessage } from "@/lib/broker/message";
import type { PeekRequest } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { deadLetterScan } from "@/lib/engine/sql/dead-letter-list";
import {
  beginReading,
  entryScanHeld,
  entryScanQueue,
  entryScanQueues,
  type Order,
  type Position,
  type PositionRow,
  type ScanKind,
  upTo,
} from "@/lib/engine/sql/entry-scan";
import { entryRanks, messageRead } from "@/lib/engine/sql/message-read";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { VhostTopology } from "@/lib/engine/topology/snapshot";
import { readPage, type Walk } from "@/lib/engine/views/page";
import { peekedOf } from "@/lib/engine/views/peeked";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** Nothing is longer than this: bodies are at most 2^31 - 1 bytes in AMQP's practice and in Postgres' bytea. */
const WHOLE_BODY = 0x7fffffff;
/** Merging n positions may read n of each of n queues. */
const MERGED_STEP = 200;
const unconditional = { reason: null, originQueue: null, groupId: null };

/**
 * A page of messages as they lie there, in one queue in the order of service, or in all queues of the vhost, or of all
 * vhosts, in the order of their numbers. Takes no locks and changes nothing.
 */
export async function peek(context: EngineContext, request: PeekRequest): Promise<Page<PeekedMessage>> {
  checkLimits(request);
  const topology = await context.topology.fresh();
  const states = request.states ?? messageStates;
  const { vhost, queue, order } = request;
  const walk =
    vhost !== null && queue !== undefined
      ? queueWalk(topology.queue(vhost, queue), states, order)
      : mergedWalk(vhost === null ? [...topology.vhosts.values()] : [topology.vhost(vhost)], queue, states, order);
  const page = await readPage(context, topology, walk, request);
  return { items: page.items.map(({ message }) => message), next: page.next };
}

/** One message, wherever it stands. `not-found` when it has left the queue. */
export async function getMessage(
  context: EngineContext,
  ref: MessageRef,
  bodyLimit = WHOLE_BODY,
): Promise<PeekedMessage> {
  const queue = (await context.topology.fresh()).queue(ref.vhost, ref.queue);
  const row = await context.database.main.transaction(async (tx) => {
    const asked = [{ queueId: queue.id, maxRank: maxRankOf(queue), seq: ref.id }];
    const [, keys] = await Promise.all([beginReading(tx, 30_000), entryRanks(tx, asked)]);
    const [message] = await messageRead(tx, keys, bodyLimit, { exchange: null, routingKey: null });
    return message;
  });
  if (!row) throw notFound("message", String(ref.id), ref.vhost);
  return peekedOf(row, queue);
}

/** Walks over one queue's entries in the given states. @param bound passes over what has a greater number; oldest first */
export function queueWalk(queue: QueueRecord, states: readonly MessageState[], order: Order, bound?: number): Walk {
  const wanted = new Set(states);
  if (wanted.size === 1 && wanted.has("dead")) return deadWalk(queue, order, bound);
  const kind = kindOf(wanted);
  const maxRank = maxRankOf(queue);
  return {
    order,
    accept: (position) => wanted.has(position.state) && (bound === undefined || position.seq <= bound),
    step: async (db, after, limit) => {
      const rows = await entryScanQueue(db, { queueId: queue.id, maxRank, kind, order, after, limit });
      // With several ranks, lower numbers may follow.
      return maxRank === 0 ? upTo(rows, bound) : rows;
    },
  };
}

/** The dead letters of a queue are listed by themselves, so those few need not be looked for among all others. */
function deadWalk(queue: QueueRecord, order: Order, bound?: number): Walk {
  const scope = { vhostIds: [], queueId: queue.id, ...unconditional };
  return {
    order,
    accept: (position) => position.state === "dead",
    step: async (db, after, limit) => {
      const from = after && { seq: after.seq, queueId: after.queue_id };
      return upTo(await deadLetterScan(db, scope, { order, after: from, limit }), bound);
    },
  };
}

/** Walks over all queues of these vhosts, or those of one name, by the numbers of their entries. */
function mergedWalk(
  vhosts: readonly VhostTopology[],
  name: string | undefined,
  states: readonly MessageState[],
  order: Order,
): Walk {
  const wanted = new Set(states);
  const queues = vhosts
    .flatMap((vhost) => [...vhost.queues.values()])
    .filter((each) => (name ?? each.name) === each.name);
  const queueIds = queues.map((queue) => queue.id);
  const maxRanks = queues.map(maxRankOf);
  const accept = (position: PositionRow) => wanted.has(position.state);
  const from = (after: Position | null) => after && { seq: after.seq, queueId: after.queue_id };
  if (wanted.size === 1 && wanted.has("dead") && name === undefined) {
    const scope = { vhostIds: vhosts.map(({ vhost }) => vhost.id), queueId: null, ...unconditional };
    return {
      order,
      accept,
      step: (db, after, limit) => deadLetterScan(db, scope, { order, after: from(after), limit }),
    };
  }
  if (kindOf(wanted) === "held") {
    return {
      order,
      accept,
      step: (db, after, limit) => entryScanHeld(db, { queueIds, order, after: from(after), limit }),
    };
  }
  return {
    order,
    accept,
    maxStep: MERGED_STEP,
    step: (db, after, limit) => entryScanQueues(db, { queueIds, maxRanks, order, after: from(after), limit }),
  };
}

/** The shortest way that passes all the wanted states. */
function kindOf(wanted: ReadonlySet<MessageState>): ScanKind {
  const held = wanted.has("unacked") || wanted.has("delayed");
  const waiting = wanted.has("ready") || wanted.has("dead");
  if (held && waiting) return "all";
  return held ? "held" : "waiting";
}

/** Throws `bad-request` for limits that are no numbers of messages or bytes. */
export function checkLimits(request: { readonly limit: number; readonly bodyLimit: number }): void {
  const whole = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most;
  if (!whole(request.limit, 1_000) || request.limit === 0) {
    throw new BrokerError("bad-request", "A page has 1 to 1000 messages.", { limit: request.limit });
  }
  if (!whole(request.bodyLimit, WHOLE_BODY)) {
    throw new BrokerError("bad-request", "The number of bytes of each body must be 0 or more.", {
      bodyLimit: request.bodyLimit,
    });
  }
}
