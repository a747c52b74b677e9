import { notFound } from "@/lib/broker/errors";
import { decodeProperties } from "@/lib/broker/properties/properties";
import { withoutBcc } from "@/lib/broker/rules/router";
import type { Life, MessageEvent, Timeline, TimelineQuery, Timelines } from "@/lib/broker/timeline";
import type { EngineContext } from "@/lib/engine/context";
import { copiesIn, deliveryEvents, messageEvents } from "@/lib/engine/history/events";
import { findByProperty } from "@/lib/engine/history/find";
import { deliveredBefore, inTurn, orderOf, withoutUnseen } from "@/lib/engine/history/order";
import { bucketOf } from "@/lib/engine/history/packed";
import { editEvents, failureEvents, reviewEvents, trashEvents } from "@/lib/engine/history/sources";
import { editsOf } from "@/lib/engine/sql/edit";
import { failuresOfMessage } from "@/lib/engine/sql/failure";
import { historyRead } from "@/lib/engine/sql/history";
import { presentCopies, reviewSteps, type StoredRow, storedGet, trashedCopies } from "@/lib/engine/sql/timeline";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** Rows of the history that are looked at for one message, and failures of it. */
const mostRows = 20_000;
const mostFailures = 1_000;

/** The part of the contract that tells lives of messages. */
export function timelines(context: EngineContext): Timelines {
  return { timeline: (_actor, query) => timeline(context, query) };
}

async function timeline(context: EngineContext, query: TimelineQuery): Promise<Timeline> {
  const snapshot = await context.topology.fresh();
  const { vhost } = snapshot.vhost(query.vhost);
  // What this node has just seen belongs to it.
  await context.straight.flush();
  await context.trail.flush();
  if ("messageId" in query) {
    const row = await storedGet(context.database.main, query.messageId);
    if (row?.vhost_id !== vhost.id) throw notFound("message", String(query.messageId), query.vhost);
    return { lives: [await lifeOf(context, snapshot, query.vhost, row)], complete: true, searchedBackTo: null };
  }
  const { rows, ...searched } = await findByProperty(context, vhost.id, query);
  const lives: Life[] = [];
  for (const row of rows) lives.push(await lifeOf(context, snapshot, query.vhost, row));
  return { lives, ...searched };
}

async function lifeOf(
  context: EngineContext,
  snapshot: TopologySnapshot,
  vhost: string,
  message: StoredRow,
): Promise<Life> {
  const { main } = context.database;
  const { id, vhost_id: vhostId, published_at: since } = message;
  const [failures, told, reviews, edits] = await Promise.all([
    failuresOfMessage(main, vhostId, id, mostFailures),
    historyRead(main, [bucketOf(id)], since, mostRows),
    reviewSteps(main, vhostId, id),
    editsOf(main, vhostId, id),
  ]);
  const own = messageEvents(snapshot, id, told);
  const copies = [...copiesIn(failures), ...own.copies];
  const buckets = new Set(copies.map(({ seq }) => bucketOf(seq)));
  buckets.delete(bucketOf(id));
  const ranked = copies.flatMap(({ queueId, seq }) => {
    const queue = snapshot.queuesById.get(queueId);
    return queue ? [{ queueId, maxRank: maxRankOf(queue), seq }] : [];
  });
  const queues = [...snapshot.vhost(vhost).queues.values()].map((queue) => ({
    id: queue.id,
    maxRank: maxRankOf(queue),
  }));
  const [more, present, trashed] = await Promise.all([
    buckets.size === 0 ? [] : historyRead(main, [...buckets], since, mostRows),
    presentCopies(main, id, queues, ranked),
    trashedCopies(main, vhostId, id, [id, ...copies.map(({ seq }) => seq)]),
  ]);
  const failed = failureEvents(failures);
  const deliveries = deliveryEvents(snapshot, id, copies, [...told, ...more]);
  const inOrder = [
    ...failed,
    ...own.events,
    ...deliveredBefore(failed, deliveries.events),
    ...reviewEvents(reviews),
    ...editEvents(id, edits),
    ...trashEvents(snapshot, trashed, failures),
  ].sort((a, b) => a.at.getTime() - b.at.getTime() || orderOf(a) - orderOf(b));
  const events = withoutUnseen(inTurn(inOrder), deliveries.unseen);
  const nameOf = (queueId: number) => snapshot.queuesById.get(queueId)?.name ?? "";
  return {
    messageId: id,
    exchange: message.exchange,
    routingKey: message.routing_key,
    publishedAt: since,
    publishedBy: message.published_by,
    properties: withoutBcc(decodeProperties(message.properties)),
    bodySize: message.bytes,
    present: present.map(({ queue_id: queueId, seq, state }) => ({ queue: nameOf(queueId), id: seq, state })),
    events: [
      published(
        message,
        routedTo(
          id,
          events,
          present.filter(({ seq }) => seq === id).map((row) => nameOf(row.queue_id)),
        ),
      ),
      ...events,
    ],
    complete: told.length < mostRows && more.length < mostRows && failures.length < mostFailures,
  };
}

function published(message: StoredRow, queues: readonly string[]): MessageEvent {
  return {
    at: message.published_at,
    kind: "published",
    queue: null,
    id: null,
    by: message.published_by,
    detail: { exchange: message.exchange, routing_key: message.routing_key, queues },
  };
}

/** The queues that it was published to, as far as it is or has been seen in them. */
function routedTo(id: number, events: readonly MessageEvent[], present: readonly string[]): string[] {
  const seen = events.flatMap((event) => (event.id === id && event.queue !== null ? [event.queue] : []));
  return [...new Set([...present, ...seen])].sort();
}
