import { mustAccess } from "@/lib/auth/permissions";
import { BrokerError, isBrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { channelJson, connectionJson, consumerJson } from "@/lib/http/json/presence-json";
import { listed, listQuery } from "@/lib/http/listing";
import { noContent, ok } from "@/lib/http/reply";

const list = { method: "GET", access: "look", manner: "rabbitmq", query: listQuery } as const;
/** RabbitMQ's words for a connection that is closed without a reason. */
const noReason = "Closed via management plugin";

export const connectionEndpoints = [
  endpoint({
    ...list,
    path: "/api/connections",
    summary: "All AMQP connections",
    async handle({ query }, { broker, actor }) {
      return ok(listed((await broker.listConnections(actor, {})).map(connectionJson), query));
    },
  }),
  endpoint({
    ...list,
    path: "/api/vhosts/{vhost}/connections",
    summary: "The AMQP connections of a virtual host",
    async handle({ path: { vhost }, query }, { broker, actor }) {
      await broker.getVhost(actor, vhost);
      return ok(listed((await broker.listConnections(actor, { vhost })).map(connectionJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/connections/{name}",
    summary: "One AMQP connection",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, { broker, actor }) {
      return ok(connectionJson(await broker.getConnection(actor, path.name)));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/connections/{name}",
    summary: "Close a connection; the header X-Reason says why. Others' connections need the tag administrator",
    access: "look",
    manner: "rabbitmq",
    audit: "connection.close",
    async handle({ path }, { broker, actor, request, user, note }) {
      const connection = await broker.getConnection(actor, path.name);
      if (user !== null && connection.user !== user.name) mustAccess(user, "administer");
      const reason = closeReason(request.headers.get("x-reason"));
      note({ of: connection.user, reason });
      await broker.closeConnection(actor, path.name, reason);
      return noContent();
    },
  }),
  endpoint({
    ...list,
    path: "/api/connections/username/{user}",
    summary: "The AMQP connections of a user",
    async handle({ path: { user }, query }, { broker, actor }) {
      const connections = await broker.listConnections(actor, {});
      return ok(listed(connections.filter((connection) => connection.user === user).map(connectionJson), query));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/connections/username/{user}",
    summary: "Close the connections of a user; the header X-Reason says why. Others' need the tag administrator",
    access: "look",
    manner: "rabbitmq",
    audit: "connection.close",
    async handle({ path }, { broker, actor, request, user, note }) {
      if (user !== null && path.user !== user.name) mustAccess(user, "administer");
      const reason = closeReason(request.headers.get("x-reason"));
      const connections = (await broker.listConnections(actor, {})).filter(({ user: of }) => of === path.user);
      note({ of: path.user, reason, connections: connections.length });
      for (const { name } of connections) await unlessGone(broker.closeConnection(actor, name, reason));
      return noContent();
    },
  }),
  endpoint({
    ...list,
    path: "/api/connections/{name}/channels",
    summary: "The channels of a connection",
    async handle({ path: { name }, query }, { broker, actor }) {
      await broker.getConnection(actor, name);
      return ok(listed((await broker.listChannels(actor, { connection: name })).map(channelJson), query));
    },
  }),
  endpoint({
    ...list,
    path: "/api/channels",
    summary: "All AMQP channels",
    async handle({ query }, { broker, actor }) {
      return ok(listed((await broker.listChannels(actor, {})).map(channelJson), query));
    },
  }),
  endpoint({
    ...list,
    path: "/api/vhosts/{vhost}/channels",
    summary: "The AMQP channels of a virtual host",
    async handle({ path: { vhost }, query }, { broker, actor }) {
      await broker.getVhost(actor, vhost);
      return ok(listed((await broker.listChannels(actor, { vhost })).map(channelJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/channels/{name}",
    summary: "One AMQP channel, with its consumers",
    access: "look",
    manner: "rabbitmq",
    async handle({ path: { name } }, { broker, actor }) {
      // The name of its connection, then the number: `127.0.0.1:54321 -> 127.0.0.1:5672 (1)`.
      const connection = name.replace(/ \(\d+\)$/, "");
      const channel = (await broker.listChannels(actor, { connection })).find((each) => each.name === name);
      if (channel === undefined) throw new BrokerError("not-found", `There is no channel '${name}'.`);
      const consumers = await broker.listConsumers(actor, { vhost: channel.vhost });
      const own = consumers.filter((consumer) => consumer.channel === name);
      return ok({ ...channelJson(channel), consumer_details: own.map(consumerJson) });
    },
  }),
  endpoint({
    ...list,
    path: "/api/consumers",
    summary: "All AMQP consumers, with what they hold",
    async handle({ query }, { broker, actor }) {
      return ok(listed((await broker.listConsumers(actor, {})).map(consumerJson), query));
    },
  }),
  endpoint({
    ...list,
    path: "/api/consumers/{vhost}",
    summary: "The AMQP consumers of a virtual host, with what they hold",
    async handle({ path: { vhost }, query }, { broker, actor }) {
      await broker.getVhost(actor, vhost);
      return ok(listed((await broker.listConsumers(actor, { vhost })).map(consumerJson), query));
    },
  }),
];

/** One of several that ends by itself at that moment is no error. */
async function unlessGone(closing: Promise<unknown>): Promise<void> {
  try {
    await closing;
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "not-found") throw error;
  }
}

/** It goes into a short string of AMQP (255 bytes), behind the name of the error. Throws `bad-request`. */
function closeReason(given: string | null): string {
  const reason = given?.trim() || noReason;
  if (Buffer.byteLength(reason) > 200) {
    throw new BrokerError("bad-request", "The header X-Reason may have 200 bytes at most.");
  }
  return reason;
}
