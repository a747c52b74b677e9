import { audited } from "@/lib/amqp/audit";
import type { Channel } from "@/lib/amqp/channel";
import { directReplyQueue } from "@/lib/amqp/direct-replies";
import { refusedOnDefault } from "@/lib/amqp/methods/exchange";
import { withoutLineBreaks } from "@/lib/amqp/methods/names";
import { unbindExisting } from "@/lib/amqp/methods/unbind";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments, Method } from "@/lib/amqp/wire/methods";
import { isBrokerError } from "@/lib/broker/errors";

/** Does what a method of class queue asks; returns false for one that isn't a client's. */
export async function handleQueue(channel: Channel, method: Method): Promise<boolean> {
  switch (method.name) {
    case "queue.declare": {
      const declared = await declare(channel, { ...method.args, queue: withoutLineBreaks(method.args.queue) });
      if (!method.args.noWait) channel.send("queue.declare-ok", declared);
      return true;
    }
    case "queue.bind":
      await bind(channel, method.args);
      if (!method.args.noWait) channel.send("queue.bind-ok", {});
      return true;
    case "queue.unbind": {
      const { exchange: source, routingKey } = method.args;
      if (source === "") throw refusedOnDefault();
      const destination = { kind: "queue", name: await openQueue(channel, method.args.queue) } as const;
      await unbindExisting(channel, { source, destination, routingKey, arguments: method.args.arguments });
      channel.send("queue.unbind-ok", {});
      return true;
    }
    case "queue.purge": {
      const { actor, vhost, door } = channel.connection;
      const queue = await openQueue(channel, method.args.queue);
      await door.dispatchers.giveBack(vhost, queue);
      const purge = door.broker.purgeQueue(actor, vhost, queue);
      const { messages } = await audited(channel, "queue.purge", queue, purge, (result) => ({ ...result }));
      if (!method.args.noWait) channel.send("queue.purge-ok", { messageCount: messages });
      return true;
    }
    case "queue.delete": {
      const messageCount = await remove(channel, { ...method.args, queue: withoutLineBreaks(method.args.queue) });
      if (!method.args.noWait) channel.send("queue.delete-ok", { messageCount });
      return true;
    }
    default:
      return false;
  }
}

/**
 * The queue that a method names: an empty name is the one that this channel declared last. Throws AmqpError 404 when
 * there was none, and 405 for a queue that another connection has for itself.
 */
export async function openQueue(channel: Channel, named: string): Promise<string> {
  const queue = named === "" ? channel.lastQueue : named;
  if (queue === "") throw new AmqpError("NOT_FOUND", "no previously declared queue");
  await channel.connection.door.dispatchers.mustBeOpenTo(channel.connection.vhost, queue, channel.connection);
  return queue;
}

async function declare(channel: Channel, args: Arguments<"queue.declare">): Promise<Arguments<"queue.declare-ok">> {
  const { connection } = channel;
  const { actor, vhost, door } = connection;
  if (args.queue === directReplyQueue || door.replies.isReply(args.queue)) return declareReply(channel, args.queue);
  if (args.passive) {
    const name = await openQueue(channel, args.queue);
    const { counts } = await door.broker.getQueue(actor, vhost, name, { use: true });
    channel.lastQueue = name;
    return answer(channel, name, counts.ready);
  }
  if (args.queue !== "") await door.dispatchers.mustBeOpenTo(vhost, args.queue, connection);
  if (!args.exclusive) door.dispatchers.mustBeOwnedAlike(vhost, args.queue, connection, false);
  const { name, ready, created } = await door.broker.declareQueue(actor, {
    vhost,
    name: args.queue,
    durable: args.durable,
    autoDelete: args.autoDelete,
    exclusive: args.exclusive,
    arguments: args.arguments,
  });
  if (created && args.exclusive) door.dispatchers.own(vhost, name, connection);
  else if (args.exclusive) {
    // Somebody on another node may have been faster.
    await door.dispatchers.mustBeOpenTo(vhost, name, connection);
    door.dispatchers.mustBeOwnedAlike(vhost, name, connection, true);
  }
  channel.lastQueue = name;
  return answer(channel, name, ready);
}

/** Whoever is to answer directly may look first whether somebody waits (rabbitmq.com/direct-reply-to). */
function declareReply({ connection }: Channel, queue: string): Arguments<"queue.declare-ok"> {
  if (queue !== directReplyQueue && !connection.door.replies.isOpen(queue)) {
    throw new AmqpError("NOT_FOUND", `no queue '${queue}' in vhost '${connection.vhost}'`);
  }
  return { queue, messageCount: 0, consumerCount: 1 };
}

async function answer({ connection }: Channel, queue: string, ready: number): Promise<Arguments<"queue.declare-ok">> {
  const consumerCount = await connection.door.cluster.consumers(connection.vhost, queue);
  return { queue, messageCount: Math.min(ready, 0xffffffff), consumerCount };
}

async function bind(channel: Channel, args: Arguments<"queue.bind">): Promise<void> {
  const { connection } = channel;
  if (args.exchange === "") throw refusedOnDefault();
  const queue = await openQueue(channel, args.queue);
  // An empty key beside an empty name is the queue's name as well (AMQP 0-9-1 reference, queue.bind).
  const routingKey = args.queue === "" && args.routingKey === "" ? queue : args.routingKey;
  await connection.door.broker.bind(connection.actor, {
    vhost: connection.vhost,
    source: args.exchange,
    destination: { kind: "queue", name: queue },
    routingKey,
    arguments: args.arguments,
  });
}

/** Deleting what isn't there is no error. */
async function remove(channel: Channel, args: Arguments<"queue.delete">): Promise<number> {
  const { actor, vhost, door } = channel.connection;
  const queue = await openQueue(channel, args.queue);
  if (args.ifUnused && (await door.cluster.consumers(vhost, queue)) > 0) {
    throw new AmqpError("PRECONDITION_FAILED", `queue '${queue}' in vhost '${vhost}' in use`);
  }
  // What the client has acknowledged lies in the queue no more, as it sees it.
  if (args.ifEmpty) await channel.connection.settler.settledSoFar();
  try {
    const { ifUnused, ifEmpty } = args;
    const deletion = door.broker.deleteQueue(actor, vhost, queue, { ifUnused, ifEmpty });
    const { messages } = await audited(channel, "queue.delete", queue, deletion, (result) => ({ ...result }));
    door.dispatchers.queueGone(vhost, queue);
    return messages;
  } catch (error) {
    if (isBrokerError(error) && error.code === "not-found") return 0;
    throw error;
  }
}
