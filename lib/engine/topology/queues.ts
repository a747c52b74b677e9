import type { Actor } from "@/lib/broker/actor";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { QueueDeclaration, QueueDeclared, QueueDeletion } from "@/lib/broker/requests";
import { checkName, checkNotReserved, generateQueueName } from "@/lib/broker/rules/names";
import { checkQueueTraits, queueLimits } from "@/lib/broker/rules/queue-arguments";
import { checkQueueEquivalence } from "@/lib/broker/rules/redeclare";
import type { EngineContext } from "@/lib/engine/context";
import { sourcesOf } from "@/lib/engine/sql/binding";
import { unusedAutoDeleteExchanges } from "@/lib/engine/sql/exchange";
import { deleteQueues, findQueue, insertQueue } from "@/lib/engine/sql/queue";
import { type QueueDepth, readQueueDepths } from "@/lib/engine/sql/queue-depth";
import { queueOwnerInsert } from "@/lib/engine/sql/queue-owner";
import { enterQueues } from "@/lib/engine/sql/shards";
import { lockSubscriptions, subscriptionCount } from "@/lib/engine/sql/subscription";
import { bumpTopology, lockTopology, type QueueRow, readTopologyVersion } from "@/lib/engine/sql/topology";
import type { Queryable } from "@/lib/engine/statement";
import { decodeArguments, encodeArguments } from "@/lib/engine/topology/arguments";
import { changeTopology, deleteExchangesAndUnused, mustFindVhost } from "@/lib/engine/topology/change";
import { mustHaveRoom } from "@/lib/engine/topology/room";
import { keepDeletedQueue } from "@/lib/engine/trash/deleted-queue";

/**
 * Throws `not-found` for the vhost, `precondition-failed` for arguments out of their limits and when one of that name
 * exists with other properties, `access-refused` for names `amq.*`.
 */
export async function declareQueue(context: EngineContext, declaration: QueueDeclaration): Promise<QueueDeclared> {
  if (declaration.name === "") return create(context, { ...declaration, name: generateQueueName() });
  checkName("queue", declaration.name);
  checkNotReserved("queue", declaration.name);
  // Clients declare their queues whenever they connect: what exists takes no lock.
  const { main } = context.database;
  const existing = await findQueue(main, await mustFindVhost(main, declaration.vhost), declaration.name);
  if (!existing) return create(context, declaration);
  const declared = await redeclared(main, existing, declaration);
  const known = (await context.topology.current()).queuesById.get(existing.id);
  const limits = known?.limits ?? queueLimits(declaration.arguments, declaration);
  const isThere = await context.usage.used({ id: existing.id, limits });
  // Its x-expires has ended since it was found.
  return isThere ? declared : create(context, declaration);
}

async function create(context: EngineContext, declaration: QueueDeclaration): Promise<QueueDeclared> {
  const limits = queueLimits(declaration.arguments, declaration);
  checkQueueTraits(limits, declaration, declaration);
  return changeTopology(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, declaration.vhost);
    const existing = await findQueue(tx, vhostId, declaration.name);
    if (existing) return { changed: false, result: await redeclared(tx, existing, declaration) };
    await mustHaveRoom(tx, vhostId, declaration);
    await insertQueue(tx, {
      ...declaration,
      vhostId,
      type: limits.type,
      arguments: encodeArguments(declaration.arguments),
      maxRank: limits.maxPriority ?? 0,
    });
    const node = declaration.exclusive ? context.self.id : null;
    if (node !== null) await queueOwnerInsert(tx, vhostId, declaration.name, node);
    return { changed: true, result: { name: declaration.name, created: true, ready: 0, consumers: 0 } };
  });
}

async function redeclared(db: Queryable, existing: QueueRow, declaration: QueueDeclaration): Promise<QueueDeclared> {
  const current = { ...existing, autoDelete: existing.auto_delete, arguments: decodeArguments(existing.arguments) };
  checkQueueEquivalence(declaration, current, declaration);
  const [depth] = await readQueueDepths(db, [existing.id]);
  return { name: existing.name, created: false, ready: depth?.ready ?? 0, consumers: 0 };
}

/**
 * Throws `not-found`, and `precondition-failed` with `ifEmpty` when something lies in it or `ifUnused` when it has consumers.
 * With `restorable` it goes to the trash, and `trash` is the batch to restore it by; an exclusive queue never does.
 */
export async function deleteQueue(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  name: string,
  options: QueueDeletion,
): Promise<{ messages: number; trash?: string }> {
  const { main } = context.database;
  const deleted = await main.transaction(async (tx) => {
    // The queue's lock comes before that of the topology: nobody publishes to it between the count and its end.
    const vhostId = await mustFindVhost(tx, vhost);
    const known = await findQueue(tx, vhostId, name);
    if (!known) throw notFound("queue", name, vhost);
    await enterQueues(tx, await readTopologyVersion(tx), [known.id]);
    await lockTopology(tx);
    const queue = await findQueue(tx, vhostId, name);
    if (queue?.id !== known.id) throw notFound("queue", name, vhost);
    if (options.ifUnused) await lockSubscriptions(tx, queue.id);
    if (options.ifUnused && (await subscriptionCount(tx, vhost, name)) > 0) {
      throw new BrokerError("precondition-failed", `queue '${name}' in vhost '${vhost}' in use`, { queue: name });
    }
    const [depth] = await readQueueDepths(tx, [queue.id]);
    if (options.ifEmpty && depth && messagesIn(depth) > 0) {
      throw new BrokerError("precondition-failed", `queue '${name}' in vhost '${vhost}' not empty`, { queue: name });
    }
    const isKept = options.restorable === true && !queue.exclusive;
    const trash = isKept ? await keepDeletedQueue(tx, actor, queue, depth) : undefined;
    await deleteQueuesAndUnused(tx, [queue.id]);
    return { id: queue.id, messages: depth?.ready ?? 0, trash, version: await bumpTopology(tx) };
  });
  context.topology.changed(deleted.version);
  context.signals.announce([deleted.id]);
  const { messages, trash } = deleted;
  return trash === undefined ? { messages } : { messages, trash };
}

/** Deletes queues, and auto-delete exchanges that were only used through bindings to them. */
export async function deleteQueuesAndUnused(tx: Queryable, ids: readonly number[]): Promise<void> {
  const sources = await sourcesOf(tx, { queueIds: ids, exchangeIds: [] });
  await deleteQueues(tx, ids);
  await deleteExchangesAndUnused(tx, await unusedAutoDeleteExchanges(tx, sources));
}

function messagesIn({ ready, unacked, delayed }: QueueDepth): number {
  return ready + unacked + delayed;
}
