import type { Actor } from "@/lib/broker/actor";
import type { Edit, EditedMessage, EditOutcome, Edits, Lineage } from "@/lib/broker/edits";
import { BrokerError } from "@/lib/broker/errors";
import type { MessageRef } from "@/lib/broker/message";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { decodeProperties } from "@/lib/broker/properties/properties";
import type { EngineContext } from "@/lib/engine/context";
import { outgoing } from "@/lib/engine/publish/outgoing";
import { admitted, insertRouted, queueIdsOf, type Routed, routed } from "@/lib/engine/publish/store";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { type EditRow, editAt, editInsert, editsOf } from "@/lib/engine/sql/edit";
import { entryTakeToTrash, preferKeys } from "@/lib/engine/sql/entry-take";
import { takenBy } from "@/lib/engine/sql/job-item";
import { entryRanks, type MessageRow, messageRead } from "@/lib/engine/sql/message-read";
import { enterQueues } from "@/lib/engine/sql/shards";
import { trashBatchCreate } from "@/lib/engine/sql/trash";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";
import { maxRankOf } from "@/lib/engine/views/ranks";

const maxReroutes = 100;

/** Editing, as the contract has it. */
export function edits(context: EngineContext): Edits {
  return {
    edit: (actor, ref, message) => edit(context, actor, ref, message),
    lineage: (_actor, vhost, messageId) => lineage(context, vhost, messageId),
  };
}

async function edit(
  context: EngineContext,
  actor: Actor,
  ref: MessageRef,
  message: EditedMessage,
): Promise<EditOutcome> {
  const { main } = context.database;
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const topology = await context.topology.fresh();
    const queue = topology.queue(ref.vhost, ref.queue);
    const original = await read(main, queue, ref.id);
    if (!original) throw await goneError(main, queue, ref.id);
    const next = routed(outgoing(actor, requestOf(ref.vhost, original, message)), topology);
    if (next.queues.length === 0) throw unroutable(message);
    const outcome = await main.transaction((tx) => replace(tx, topology.version, actor, queue, original, next));
    if (outcome) {
      await context.queuesGrew(next.queues);
      return outcome;
    }
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to route by it. Try again shortly.");
}

async function read(db: Queryable, queue: QueueRecord, seq: number): Promise<MessageRow | undefined> {
  const keys = await entryRanks(db, [{ queueId: queue.id, maxRank: maxRankOf(queue), seq }]);
  const [row] = await messageRead(db, keys, 0, { exchange: null, routingKey: null });
  return row;
}

/** The new message says of which it was made. */
function requestOf(vhost: string, original: MessageRow, { exchange, routingKey, properties, body }: EditedMessage) {
  const headers = new Map(properties.headers ?? emptyTable);
  headers.set("x-edited-from", { t: "l", v: original.message_id });
  return { vhost, exchange, routingKey, properties: { ...properties, headers }, body };
}

/** One is there exactly when the other is gone. Null when the topology has moved on; then nothing was done. */
async function replace(
  tx: Queryable,
  version: number,
  actor: Actor,
  queue: QueueRecord,
  original: MessageRow,
  next: Routed,
): Promise<EditOutcome | null> {
  const [, entered] = await Promise.all([preferKeys(tx), enterQueues(tx, version, queueIdsOf([next]))]);
  if (!entered) return null;
  await claimLock(tx, [queue.id]);
  const trash = await trashBatchCreate(tx, {
    ...{ vhostId: queue.vhostId, action: "discard", queueName: queue.name, by: actor.user, keepMs: TRASH_KEPT_MS },
  });
  const taken = await entryTakeToTrash(tx, [original], trash);
  if (taken.length === 0) throw await goneError(tx, queue, original.seq);
  const [accepted] = await admitted(tx, [next]);
  if (!accepted || accepted.queues.length !== next.queues.length) throw refused(next.queues);
  const [stored] = (await insertRouted(tx, version, [accepted])) ?? [];
  const messageId = stored?.messageId ?? null;
  if (messageId === null) throw new Error("an edited message was not stored");
  await editInsert(tx, {
    ...{ vhostId: queue.vhostId, by: actor.user, queue: queue.name, queueId: queue.id, seq: original.seq, trash },
    fromMessageId: original.message_id,
    toMessageId: messageId,
    exchange: original.exchange,
    routingKey: original.routing_key,
    properties: original.properties,
  });
  return { messageId, queues: next.queues.map(({ name }) => name), trash, editedFrom: original.message_id };
}

/** What happened to a message that can't be taken any more. */
async function goneError(db: Queryable, queue: QueueRecord, seq: number): Promise<BrokerError> {
  const edited = await editAt(db, queue.id, seq);
  if (edited) {
    return new BrokerError(
      "conflict",
      `${edited.by} edited this message and sent it again. Nothing of yours was sent.`,
      { what: "edited", by: edited.by, at: edited.at.toISOString(), message_id: edited.to_message_id },
    );
  }
  const held = await read(db, queue, seq);
  if (held) {
    const by = held.leased_by ?? "";
    return new BrokerError("conflict", "A consumer holds this message now. Nothing of yours was sent.", {
      ...{ what: "held", by, at: held.leased_at?.toISOString() ?? null },
    });
  }
  const [taken] = await takenBy(db, null, queue.vhostId, [{ queue_id: queue.id, seq }]);
  const said = taken?.why ?? "A consumer took it, or somebody moved it.";
  return new BrokerError("conflict", `This message is not there any more: ${said} Nothing of yours was sent.`, {
    what: "taken",
    why: said,
  });
}

function unroutable({ exchange, routingKey }: EditedMessage): BrokerError {
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

async function lineage(context: EngineContext, vhost: string, messageId: number): Promise<Lineage> {
  const { vhost: record } = (await context.topology.fresh()).vhost(vhost);
  const rows = await editsOf(context.database.main, record.id, messageId);
  const made = rows.find((row) => row.to_message_id === messageId);
  return {
    editedFrom: made ? viewOf(made) : null,
    editedTo: rows.filter((row) => row.from_message_id === messageId).map(viewOf),
  };
}

function viewOf(row: EditRow): Edit {
  return {
    at: row.at,
    by: row.by,
    fromMessageId: row.from_message_id,
    toMessageId: row.to_message_id,
    queue: row.queue,
    trash: row.trash,
    original: {
      exchange: row.exchange,
      routingKey: row.routing_key,
      properties: decodeProperties(row.properties),
      body: row.body,
    },
  };
}
