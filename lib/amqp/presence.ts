import type { Channel } from "@/lib/amqp/channel";
import type { Connection } from "@/lib/amqp/connection";
import type { Consumer } from "@/lib/amqp/consumer";
import { type Held, idOf } from "@/lib/amqp/unacknowledged";
import type { Connection as ConnectionStatus, PresenceChanges, Report } from "@/lib/broker/presence";
import { textOf } from "@/lib/broker/properties/field-value";
import { toPlain } from "@/lib/broker/properties/plain";

/** So many of the messages that a consumer holds are told one by one. */
const mostHolds = 20;

/** What is so now, by key. */
export type Presence = {
  readonly [K in keyof PresenceChanges]: Map<
    string,
    PresenceChanges[K]["now"] extends ReadonlyMap<string, infer R> ? R : never
  >;
};

/** A connection, its channels and consumers. Times are in ms since 1970. */
export function presenceOf(connection: Connection, now: number): Presence {
  const presence: Presence = { connections: new Map(), channels: new Map(), consumers: new Map() };
  const whole = connectionReport(connection, now);
  const key = String(connection.number);
  presence.connections.set(key, whole);
  for (const channel of connection.channels) {
    const { consumers } = channel;
    presence.channels.set(`${key}/${channel.number}`, channelReport(channel, whole, now));
    const held = channel.unacknowledged.heldByConsumers(mostHolds);
    for (const consumer of consumers.values()) {
      const report = consumerReport(consumer, held.get(consumer) ?? [], channel, whole);
      presence.consumers.set(consumerKey(channel, consumer.number), report);
    }
  }
  return presence;
}

/** What a consumer is reported as; it ends with its number in this process. */
export function consumerKey({ connection, number }: Channel, consumer: number): string {
  return `${connection.number}/${number}/${consumer}`;
}

function connectionReport(connection: Connection, now: number): Report<ConnectionStatus> {
  const { session, endpoints, octets } = connection;
  const { client, tuned } = session;
  const rates = octets.rates(now);
  return {
    name: connectionName(connection),
    clientName: textOf(client.properties.get("connection_name")) ?? null,
    user: session.actor.user,
    vhost: session.vhost,
    protocol: "AMQP 0-9-1",
    state: connection.isHeldBack ? "flow" : "running",
    connectedAt: client.connectedAt,
    // As in RabbitMQ's API, what a client announces as void is left out.
    clientProperties: toPlain(new Map([...client.properties].filter(([, { t }]) => t !== "V"))),
    authMechanism: client.mechanism,
    ...endpoints,
    channelMax: tuned.channelMax,
    frameMax: tuned.frameMax,
    timeout: tuned.heartbeat,
    channels: connection.channels.length,
    receivedBytes: octets.totals.received,
    receivedByteRate: rates.received,
    sentBytes: octets.totals.sent,
    sentByteRate: rates.sent,
  };
}

/** RabbitMQ's form: peer, then server. */
function connectionName({ endpoints: { peerHost, peerPort, host, port } }: Connection): string {
  return `${peerHost}:${peerPort} -> ${host}:${port}`;
}

function channelReport(channel: Channel, connection: Report<ConnectionStatus>, now: number) {
  return {
    ...owner(connection),
    number: channel.number,
    name: channelName(connection, channel),
    state: connection.state,
    prefetch: channel.consumerPrefetch,
    globalPrefetch: channel.prefetch,
    confirm: channel.confirms,
    transactional: channel.transactional,
    unacknowledged: channel.unacknowledged.size,
    unconfirmed: channel.unconfirmed,
    consumers: channel.consumers.size,
    rates: { ...channel.tally.rates(now) },
    totals: { ...channel.tally.totals },
  };
}

function consumerReport(
  consumer: Consumer,
  held: readonly Held[],
  channel: Channel,
  connection: Report<ConnectionStatus>,
) {
  const { activity } = consumer;
  return {
    ...owner(connection),
    tag: consumer.tag,
    queue: consumer.dispatcher.queue.name,
    channel: channelName(connection, channel),
    channelNumber: channel.number,
    ackRequired: !consumer.noAck,
    exclusive: consumer.exclusive,
    prefetch: consumer.prefetch,
    priority: consumer.priority,
    active: consumer.dispatcher.isActive(consumer),
    arguments: toPlain(consumer.arguments),
    since: consumer.since,
    full: consumer.isFull,
    held: consumer.held,
    holds: held.map((one) => ({ id: idOf(one), since: one.since })).filter(({ id }) => id > 0),
    lastDeliveredAt: activity.lastDeliveredAt,
    lastSettledAt: activity.lastSettledAt,
    delivered: activity.delivered,
    ...activity.settled,
    latency: activity.latency,
    recent: activity.recent,
  };
}

function owner({ name, clientName, user, vhost, peerHost, peerPort }: Report<ConnectionStatus>) {
  return { connection: name, clientName, user, vhost, peerHost, peerPort };
}

function channelName(connection: Report<ConnectionStatus>, channel: Channel): string {
  return `${connection.name} (${channel.number})`;
}
