import { randomBytes } from "node:crypto";
import type { Channel } from "@/lib/amqp/channel";
import { Consumer } from "@/lib/amqp/consumer";
import { directReplyQueue } from "@/lib/amqp/direct-replies";
import { holdMs } from "@/lib/amqp/door";
import { openQueue } from "@/lib/amqp/methods/queue";
import { consumerRate } from "@/lib/amqp/token-bucket";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments, Method } from "@/lib/amqp/wire/methods";
import { type FieldTable, integerOf } from "@/lib/broker/properties/field-value";
import { encodeProperties } from "@/lib/broker/properties/properties";
import type { QueueStatus } from "@/lib/broker/topology";

/** No lease lasts longer than twelve hours, and a channel is closed before. */
const longestTimeoutMs = 11 * 60 * 60 * 1000;

let count = 0;

/** Does what a method of class basic asks, apart from publishing and settling; returns false for one that isn't a client's. */
export async function handleBasic(channel: Channel, method: Method): Promise<boolean> {
  switch (method.name) {
    case "basic.qos":
      qos(channel, method.args);
      channel.send("basic.qos-ok", {});
      return true;
    case "basic.consume":
      await consume(channel, method.args);
      return true;
    case "basic.cancel":
      await cancel(channel, method.args.consumerTag);
      if (!method.args.noWait) channel.send("basic.cancel-ok", { consumerTag: method.args.consumerTag });
      return true;
    case "basic.get":
      await get(channel, method.args);
      return true;
    case "basic.recover":
    case "basic.recover-async":
      if (!method.args.requeue) throw new AmqpError("NOT_IMPLEMENTED", "requeue=false");
      channel.settle(channel.unacknowledged.takeAll(), { kind: "requeue", counts: true });
      await channel.connection.settler.idle();
      if (method.name === "basic.recover") channel.send("basic.recover-ok", {});
      return true;
    default:
      return false;
  }
}

/** RabbitMQ's reading (rabbitmq.com/consumer-prefetch): global is per channel, otherwise per consumer to come. */
function qos(channel: Channel, { prefetchSize, prefetchCount, global }: Arguments<"basic.qos">): void {
  if (prefetchSize !== 0) throw new AmqpError("NOT_IMPLEMENTED", `prefetch_size!=0 (${prefetchSize})`);
  if (global) channel.prefetch = prefetchCount;
  else channel.consumerPrefetch = prefetchCount;
  channel.wakeConsumers();
}

async function consume(channel: Channel, args: Arguments<"basic.consume">): Promise<void> {
  const { connection } = channel;
  const { actor, vhost, door } = connection;
  const tag = args.consumerTag === "" ? `amq.ctag-${randomBytes(16).toString("base64url")}` : args.consumerTag;
  if (channel.consumers.has(tag) || channel.replyTag === tag) {
    throw new AmqpError("NOT_ALLOWED", `attempt to reuse consumer tag '${tag}'`);
  }
  const confirm = () => {
    if (!args.noWait) channel.send("basic.consume-ok", { consumerTag: tag });
  };
  if (args.queue === directReplyQueue) {
    receiveReplies(channel, tag, args.noAck);
    confirm();
    return;
  }
  const name = await openQueue(channel, args.queue);
  await door.broker.checkAccess(actor, "read", { vhost, kind: "queue", name });
  const queue = await door.broker.getQueue(actor, vhost, name);
  const sac = queue.arguments.get("x-single-active-consumer");
  const priority = consumerPriority(args.arguments, name, vhost);
  const rate = consumerRate(args.arguments, name, vhost);
  const number = ++count;
  const subscription = await channel.consumers.subscribe(vhost, name, number, args.exclusive, priority);
  const dispatcher = door.dispatchers.of({
    vhost,
    name,
    autoDelete: queue.autoDelete,
    singleActive: sac?.t === "t" && sac.v,
  });
  const consumer = new Consumer(channel, dispatcher, subscription, {
    number,
    tag,
    noAck: args.noAck,
    exclusive: args.exclusive,
    priority,
    prefetch: channel.consumerPrefetch,
    timeoutMs: consumerTimeout(args.arguments) ?? queueTimeout(queue),
    rate,
    arguments: args.arguments,
  });
  channel.consumers.add(consumer);
  if (channel.isClosing) {
    // It has let go of its consumers already.
    await channel.consumers.cancel(consumer);
    return;
  }
  // The answer is on its way before the first delivery, which takes at least one more turn.
  channel.watchTimeout(consumer.timeoutMs);
  door.registry.changed(connection);
  confirm();
}

/** Answers that come to this channel directly; see DirectReplies. */
function receiveReplies(channel: Channel, tag: string, noAck: boolean): void {
  if (!noAck) throw new AmqpError("PRECONDITION_FAILED", "reply consumer cannot acknowledge");
  if (channel.replyName !== undefined) throw new AmqpError("PRECONDITION_FAILED", "reply consumer already set");
  channel.replyTag = tag;
  channel.replyName = channel.connection.door.replies.open(({ routingKey, properties, body }) =>
    channel.connection.sendContent(
      channel.number,
      "basic.deliver",
      {
        consumerTag: tag,
        deliveryTag: channel.unacknowledged.nextTag(null),
        redelivered: false,
        exchange: "",
        routingKey,
      },
      properties,
      body,
    ),
  );
}

/** Cancelling an unknown tag is no error. */
async function cancel(channel: Channel, tag: string): Promise<void> {
  if (channel.replyName !== undefined && channel.replyTag === tag) {
    channel.connection.door.replies.close(channel.replyName);
    channel.replyName = undefined;
    channel.replyTag = "";
    return;
  }
  const consumer = channel.consumers.get(tag);
  if (consumer !== undefined) await channel.consumers.cancel(consumer);
}

async function get(channel: Channel, { queue: named, noAck }: Arguments<"basic.get">): Promise<void> {
  const { actor, vhost, door } = channel.connection;
  const queue = await openQueue(channel, named);
  const timeoutMs = noAck ? null : await getTimeout(channel, queue);
  await door.dispatchers.consumersFirst(vhost, queue);
  const [message] = await door.broker.lease(actor, {
    vhost,
    queue,
    max: 1,
    // Longer than it may be held; its channel is closed before.
    visibilityTimeoutMs: Math.max(holdMs(door.settings), (timeoutMs ?? 0) + 2 * 60_000),
    waitMs: 0,
    autoAck: noAck,
    boundToNode: true,
    countAs: "get",
  });
  if (message === undefined) {
    channel.send("basic.get-empty", {});
    return;
  }
  const held =
    message.receipt === null
      ? null
      : { receipt: message.receipt, id: message.id, consumer: null, since: Date.now(), timeoutMs };
  if (held !== null) channel.watchTimeout(timeoutMs);
  channel.tally.totals[noAck ? "get_no_ack" : "get"]++;
  if (message.redelivered) channel.tally.totals.redeliver++;
  channel.connection.sendContent(
    channel.number,
    "basic.get-ok",
    {
      deliveryTag: channel.unacknowledged.nextTag(held),
      redelivered: message.redelivered,
      exchange: message.exchange,
      routingKey: message.routingKey,
      messageCount: Math.min(message.remaining, 0xffffffff),
    },
    message.encodedProperties ?? encodeProperties(message.properties),
    message.body,
  );
}

/** The queue's timeout, as it was when this channel read from it first: a later one holds for later channels. */
async function getTimeout(channel: Channel, name: string): Promise<number | null> {
  const known = channel.getTimeouts.get(name);
  if (known !== undefined) return known;
  const { actor, vhost, door } = channel.connection;
  await door.broker.checkAccess(actor, "read", { vhost, kind: "queue", name });
  const timeoutMs = queueTimeout(await door.broker.getQueue(actor, vhost, name));
  channel.getTimeouts.set(name, timeoutMs);
  return timeoutMs;
}

function queueTimeout({ consumerTimeoutMs }: Pick<QueueStatus, "consumerTimeoutMs">): number | null {
  return consumerTimeoutMs === null ? null : Math.min(consumerTimeoutMs, longestTimeoutMs);
}

/** `x-consumer-timeout` of a consumer or of its queue, in ms (rabbitmq.com/consumers#acknowledgement-timeout). */
function consumerTimeout(args: FieldTable): number | null {
  const value = args.get("x-consumer-timeout");
  const timeout = value === undefined ? undefined : integerOf(value);
  return timeout !== undefined && timeout > 0 ? Math.min(Number(timeout), longestTimeoutMs) : null;
}

function consumerPriority(args: FieldTable, queue: string, vhost: string): number {
  const value = args.get("x-priority");
  if (value === undefined) return 0;
  const priority = integerOf(value);
  if (priority === undefined) {
    const text = `invalid arg 'x-priority' for queue '${queue}' in vhost '${vhost}': it has to be an integer`;
    throw new AmqpError("PRECONDITION_FAILED", text);
  }
  return Number(priority);
}
