import type { Actor } from "@/lib/broker/actor";
import { BrokerError, notFound } from "@/lib/broker/errors";
import { deathReasonOf } from "@/lib/broker/failures";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { ReviewDecision } from "@/lib/broker/reviews";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { route } from "@/lib/broker/rules/router";
import type { EngineContext } from "@/lib/engine/context";
import { withoutFull } from "@/lib/engine/dead-lettering/full-queues";
import { type RoutedLetter, routeLetter } from "@/lib/engine/dead-lettering/letter";
import { traceCopies } from "@/lib/engine/history/record";
import { outgoing, placementIn } from "@/lib/engine/publish/outgoing";
import { admitted, insertRouted, queueIdsOf, type Routed, routed } from "@/lib/engine/publish/store";
import { mustBeFree, noReview } from "@/lib/engine/review/reviewed";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import {
  type ReviewRow,
  reviewComment,
  reviewDecide,
  reviewGet,
  reviewLock,
  reviewToTrash,
} from "@/lib/engine/sql/review";
import { enterQueues } from "@/lib/engine/sql/shards";
import { trashBatchCreate } from "@/lib/engine/sql/trash";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";

const maxReroutes = 100;

/** A decision as it is carried out, routed by one snapshot. */
interface Step {
  /** Queues that get something. */
  readonly queues: readonly QueueRecord[];
  /** Carries it out; returns what is kept of it, and null when the topology has moved on. */
  run(tx: Queryable, version: number): Promise<Readonly<Record<string, unknown>> | null>;
}

/** See `ReviewInbox.decideReview`. */
export async function decideReview(
  context: EngineContext,
  actor: Actor,
  id: number,
  decision: ReviewDecision,
  comment?: string,
): Promise<void> {
  const known = await reviewGet(context.database.main, id, 0);
  if (!known) throw noReview(id);
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const snapshot = await context.topology.fresh();
    mustBeFree(known, actor.user);
    const step = stepOf(snapshot, actor, known, decision);
    const done = await context.database.durable.transaction(async (tx) => {
      const ids = step.queues.map((queue) => queue.id);
      if (!(await enterQueues(tx, snapshot.version, ids))) return false;
      const row = await reviewLock(tx, id);
      if (!row) throw noReview(id);
      mustBeFree(row, actor.user);
      const detail = await step.run(tx, snapshot.version);
      if (detail === null) return false;
      if (comment !== undefined) await reviewComment(tx, id, actor.user, comment);
      await reviewDecide(tx, id, decision.kind, actor.user, detail);
      return true;
    });
    if (done) return context.queuesGrew(step.queues);
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to route by it. Try again shortly.");
}

function stepOf(snapshot: TopologySnapshot, actor: Actor, row: ReviewRow, decision: ReviewDecision): Step {
  switch (decision.kind) {
    case "retry":
      return copyStep(actor.user, row, row, [ownQueue(snapshot, row)]);
    case "forward":
      return copyStep(actor.user, row, { exchange: decision.to.exchange, routing_key: decision.to.routingKey }, [
        ...routeTo(snapshot, row, decision.to),
      ]);
    case "dead_letter":
      return letterStep(actor.user, deadLetterOf(snapshot, row, decision.to));
    case "discard":
      return discardStep(actor, row);
    case "edit":
      return editStep(snapshot, actor, row, decision);
  }
}

/** Throws `not-found` when it is gone. */
function ownQueue(snapshot: TopologySnapshot, { vhost, queue }: ReviewRow): QueueRecord {
  const found = snapshot.vhost(vhost).queues.get(queue);
  if (!found) throw notFound("queue", queue, vhost);
  return found;
}

/** The message goes once more into queues, as it is but for what it travels under. */
function copyStep(
  by: string,
  row: ReviewRow,
  envelope: { readonly exchange: string; readonly routing_key: string },
  queues: readonly QueueRecord[],
): Step {
  const properties = decodeProperties(row.properties);
  return letterStep(by, {
    targets: queues,
    copy: {
      messageId: row.message_id,
      bytes: row.bytes,
      envelope: { exchange: envelope.exchange, routingKey: envelope.routing_key, properties: row.properties },
      // Its own time to live was that of its first stay.
      placements: queues.map((queue) => placementIn(queue, { expirationMs: null, properties })),
      death: null,
    },
  });
}

function letterStep(by: string, letter: RoutedLetter): Step {
  return {
    queues: letter.targets,
    run: async (tx) => {
      const [{ letter: accepted } = { letter: null }] = await withoutFull(tx, [{ letter }]);
      if (accepted?.targets.length !== letter.targets.length) throw refused(letter.targets);
      const seqs = await insertEntryCopies(tx, [letter.copy]);
      await traceCopies(tx, [letter.copy], seqs, { kind: "reviewed", by });
      return {
        queues: letter.targets.map(({ name }) => name),
      };
    },
  };
}

/** Throws `not-found`, and `precondition-failed` when nobody takes it. */
function routeTo(
  snapshot: TopologySnapshot,
  { vhost, properties }: ReviewRow,
  to: { readonly exchange: string; readonly routingKey: string },
): readonly QueueRecord[] {
  checkRoutingKey(to.routingKey);
  const { headers } = decodeProperties(properties);
  const { queues } = route(snapshot.vhost(vhost).routing, to.exchange, [to.routingKey], headers);
  if (queues.length === 0) throw unroutable(to);
  return queues;
}

function deadLetterOf(
  snapshot: TopologySnapshot,
  row: ReviewRow,
  to: { readonly exchange: string; readonly routingKey: string } | undefined,
): RoutedLetter {
  const queue = ownQueue(snapshot, row);
  if (to) snapshot.exchange(row.vhost, to.exchange);
  const { error_type: type, error_message: message, error_stack: stack } = row;
  const error = {
    ...(type !== null && { type }),
    ...(message !== null && { message }),
    ...(stack !== null && { stack }),
  };
  const letter = routeLetter(snapshot, queue, row, { reason: deathReasonOf(row.reason), error }, to);
  if (letter) return letter;
  if (to) throw unroutable(to);
  throw new BrokerError(
    "precondition-failed",
    `The queue '${queue.name}' has no dead-letter exchange that leads anywhere. Name an exchange, or discard it.`,
  );
}

function discardStep(actor: Actor, row: ReviewRow): Step {
  return {
    queues: [],
    run: async (tx) => {
      const trash = await trashBatchCreate(tx, {
        vhostId: row.vhost_id,
        action: "discard",
        queueName: row.queue,
        by: actor.user,
        keepMs: TRASH_KEPT_MS,
      });
      await reviewToTrash(tx, row.id, trash);
      return { trash };
    },
  };
}

/** A new message, which says of which it was made. */
function editStep(
  snapshot: TopologySnapshot,
  actor: Actor,
  row: ReviewRow,
  decision: Extract<ReviewDecision, { kind: "edit" }>,
): Step {
  const to = decision.to ?? { exchange: "", routingKey: ownQueue(snapshot, row).name };
  const headers = new Map(decision.properties.headers ?? emptyTable);
  headers.set("x-edited-from", { t: "l", v: row.message_id });
  const message = outgoing(actor, {
    vhost: row.vhost,
    ...to,
    properties: { ...decision.properties, headers },
    body: decision.body,
  });
  const edited: Routed = routed(message, snapshot);
  if (edited.queues.length === 0) throw unroutable(to);
  return {
    queues: edited.queues,
    run: async (tx, version) => {
      if (!(await enterQueues(tx, version, queueIdsOf([edited])))) return null;
      const [accepted] = await admitted(tx, [edited]);
      if (!accepted || accepted.queues.length !== edited.queues.length) throw refused(edited.queues);
      const stored = await insertRouted(tx, version, [accepted]);
      if (!stored) return null;
      return { message_id: stored[0]?.messageId ?? null, queues: accepted.queues.map(({ name }) => name) };
    },
  };
}

function unroutable({ exchange, routingKey }: { readonly exchange: string; readonly routingKey: string }): BrokerError {
  const reason = `No queue takes it through '${exchange}' under '${routingKey}'. Nothing was changed.`;
  return new BrokerError("precondition-failed", reason, { exchange, routing_key: routingKey });
}

function refused(queues: readonly QueueRecord[]): BrokerError {
  const names = queues.map(({ name }) => name);
  return new BrokerError(
    "precondition-failed",
    `It was refused: ${names.join(", ")} is full, or has had a message of the same deduplication id. Nothing was changed.`,
    { queues: names },
  );
}
