import type { Channel } from "@/lib/amqp/channel";
import { directReplyQueue } from "@/lib/amqp/direct-replies";
import type { Content } from "@/lib/amqp/wire/content-assembler";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError, replyCodes } from "@/lib/amqp/wire/errors";
import type { Arguments } from "@/lib/amqp/wire/methods";
import { isBrokerError } from "@/lib/broker/errors";
import { decodeProperties, encodeProperties, type MessageProperties } from "@/lib/broker/properties/properties";
import type { PublishOutcome } from "@/lib/broker/requests";
import { forgedUserId } from "@/lib/broker/rules/user-id";

/**
 * Hands a message to the broker; the answer to the client follows when that has stored it. Throws AmqpError for what
 * can be refused at once.
 */
export function publish(channel: Channel, args: Arguments<"basic.publish">, content: Content): void {
  if (args.immediate) throw new AmqpError("NOT_IMPLEMENTED", "immediate=true");
  const { connection } = channel;
  const { actor, vhost, door } = connection;
  const given = decodeProperties(content.properties);
  const properties = checkedProperties(channel, given);
  const { exchange, routingKey } = args;
  const done = channel.publishBegins(content.body.length);
  const failed = (error: unknown) => {
    // The publisher who waits for confirms is told; another one can only be told by closing.
    door.alarm.failed(error);
    const isAway = isBrokerError(error) && error.code === "unavailable";
    done(false);
    if (!isAway || !channel.confirms) channel.fail(error, { name: "basic.publish", args });
  };
  if (exchange === "" && door.replies.isReply(routingKey)) {
    const delivered = (isThere: boolean) => {
      done(true);
      if (args.mandatory && !isThere) giveBack(channel, args, content);
    };
    const isThere = door.replies.deliver({ routingKey, properties: encodeProperties(properties), body: content.body });
    if (typeof isThere === "boolean") delivered(isThere);
    else isThere.then(delivered, failed);
    return;
  }
  door.broker
    .publish(actor, {
      vhost,
      exchange,
      routingKey,
      properties,
      ...(properties === given && { encodedProperties: content.properties }),
      body: content.body,
      unnumbered: true,
      connectedSince: connection.since,
    })
    .then((outcome: PublishOutcome) => {
      done(outcome.rejected.length === 0);
      if (args.mandatory && !outcome.routed && outcome.rejected.length === 0) giveBack(channel, args, content);
    }, failed);
}

/**
 * Finds out what `publish` would refuse later: of what is published within a transaction the client is told at once.
 * Throws AmqpError, or BrokerError `not-found` and `access-refused` for the exchange.
 */
export async function checkPublish(
  channel: Channel,
  args: Arguments<"basic.publish">,
  content: Content,
): Promise<void> {
  if (args.immediate) throw new AmqpError("NOT_IMPLEMENTED", "immediate=true");
  checkedProperties(channel, decodeProperties(content.properties));
  if (args.exchange === "") return;
  const { actor, vhost, door } = channel.connection;
  await door.broker.checkAccess(actor, "write", { vhost, kind: "exchange", name: args.exchange });
  const { internal } = await door.broker.getExchange(actor, vhost, args.exchange);
  if (internal) {
    const text = `cannot publish to internal exchange '${args.exchange}' in vhost '${vhost}'`;
    throw new AmqpError("ACCESS_REFUSED", text);
  }
}

/**
 * `basic.return`, which comes before the confirm. The confirm is written later in this turn: called after that was arranged,
 * so that both go out in one piece, as from RabbitMQ. There are clients that listen for returns only once they have the confirm.
 */
function giveBack(channel: Channel, { exchange, routingKey }: Arguments<"basic.publish">, content: Content): void {
  const { code } = replyCodes.NO_ROUTE;
  channel.tally.totals.return_unroutable++;
  channel.connection.sendContent(
    channel.number,
    "basic.return",
    { replyCode: code, replyText: "NO_ROUTE", exchange, routingKey },
    content.properties,
    content.body,
  );
}

/**
 * Puts the address of this channel where replies are asked for directly. Throws BrokerError `precondition-failed` for
 * another's user-id: before the message joins a transaction, or goes to somebody directly.
 */
function checkedProperties(channel: Channel, properties: MessageProperties): MessageProperties {
  const forged = forgedUserId(channel.connection.actor, properties);
  if (forged !== undefined) throw forged;
  if (properties.replyTo !== directReplyQueue) return properties;
  if (channel.replyName === undefined) {
    throw new AmqpError("PRECONDITION_FAILED", "fast reply consumer does not exist", idOf("basic.publish"));
  }
  return { ...properties, replyTo: channel.replyName };
}
