import { audited } from "@/lib/amqp/audit";
import type { Channel } from "@/lib/amqp/channel";
import { withoutLineBreaks } from "@/lib/amqp/methods/names";
import { unbindExisting } from "@/lib/amqp/methods/unbind";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments, Method } from "@/lib/amqp/wire/methods";
import { isBrokerError } from "@/lib/broker/errors";
import { exchangeTypeOf } from "@/lib/broker/rules/exchange-type";
import type { ExchangeType } from "@/lib/broker/topology";

/** Does what a method of class exchange asks; returns false for one that isn't a client's. */
export async function handleExchange(channel: Channel, method: Method): Promise<boolean> {
  switch (method.name) {
    case "exchange.declare":
      await declare(channel, { ...method.args, exchange: withoutLineBreaks(method.args.exchange) });
      if (!method.args.noWait) channel.send("exchange.declare-ok", {});
      return true;
    case "exchange.delete":
      await remove(channel, { ...method.args, exchange: withoutLineBreaks(method.args.exchange) });
      if (!method.args.noWait) channel.send("exchange.delete-ok", {});
      return true;
    case "exchange.bind":
      await bind(channel, method.args);
      if (!method.args.noWait) channel.send("exchange.bind-ok", {});
      return true;
    case "exchange.unbind":
      await unbindExisting(channel, {
        ...method.args,
        destination: { kind: "exchange", name: method.args.destination },
      });
      if (!method.args.noWait) channel.send("exchange.unbind-ok", {});
      return true;
    default:
      return false;
  }
}

async function declare({ connection }: Channel, args: Arguments<"exchange.declare">): Promise<void> {
  const { actor, vhost, door } = connection;
  if (args.exchange === "") throw refusedOnDefault();
  if (args.passive) {
    await door.broker.getExchange(actor, vhost, args.exchange);
    return;
  }
  await door.broker.declareExchange(actor, {
    vhost,
    name: args.exchange,
    type: exchangeType(args),
    durable: args.durable,
    autoDelete: args.autoDelete,
    internal: args.internal,
    arguments: args.arguments,
  });
}

/** Deleting what isn't there is no error (rabbitmq.com/specification, idempotence). */
async function remove(channel: Channel, args: Arguments<"exchange.delete">): Promise<void> {
  const { actor, vhost, door } = channel.connection;
  if (args.exchange === "") throw refusedOnDefault();
  if (args.exchange.startsWith("amq.")) {
    const text = `deletion of system exchange '${args.exchange}' in vhost '${vhost}' not allowed`;
    throw new AmqpError("ACCESS_REFUSED", text);
  }
  try {
    const deletion = door.broker.deleteExchange(actor, vhost, args.exchange, { ifUnused: args.ifUnused });
    await audited(channel, "exchange.delete", args.exchange, deletion);
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "not-found") throw error;
  }
}

async function bind({ connection }: Channel, args: Arguments<"exchange.bind">): Promise<void> {
  if (args.source === "" || args.destination === "") throw refusedOnDefault();
  await connection.door.broker.bind(connection.actor, {
    vhost: connection.vhost,
    source: args.source,
    destination: { kind: "exchange", name: args.destination },
    routingKey: args.routingKey,
    arguments: args.arguments,
  });
}

/** What is said to who would declare, bind or delete the default exchange: channel error 403. */
export function refusedOnDefault(): AmqpError {
  return new AmqpError("ACCESS_REFUSED", "operation not permitted on the default exchange");
}

function exchangeType({ type, arguments: table }: Arguments<"exchange.declare">): ExchangeType {
  const known = exchangeTypeOf(type, table);
  if (known === undefined) throw new AmqpError("PRECONDITION_FAILED", `invalid exchange type '${type}'`);
  return known;
}
