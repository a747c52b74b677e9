import {
  type Channel,
  type ChannelCounter,
  type Connection,
  type Consumer,
  channelCounters,
} from "@/lib/broker/presence";

/** What isn't there is left out, as RabbitMQ does: rabbitmqadmin can't print a null. */
function userProvidedName({ clientName }: { readonly clientName: string | null }): { user_provided_name?: string } {
  return clientName === null ? {} : { user_provided_name: clientName };
}

/** A connection as RabbitMQ's API gives it. */
export function connectionJson(connection: Connection) {
  return {
    name: connection.name,
    user: connection.user,
    vhost: connection.vhost,
    protocol: connection.protocol,
    state: connection.state,
    node: connection.node,
    type: "network",
    connected_at: connection.connectedAt,
    ...userProvidedName(connection),
    client_properties: connection.clientProperties,
    auth_mechanism: connection.authMechanism,
    ssl: connection.tls,
    host: connection.host,
    port: connection.port,
    peer_host: connection.peerHost,
    peer_port: connection.peerPort,
    channels: connection.channels,
    channel_max: connection.channelMax,
    frame_max: connection.frameMax,
    timeout: connection.timeout,
    recv_oct: connection.receivedBytes,
    recv_oct_details: { rate: connection.receivedByteRate },
    send_oct: connection.sentBytes,
    send_oct_details: { rate: connection.sentByteRate },
  };
}
export type ConnectionJson = ReturnType<typeof connectionJson>;

/** A channel as RabbitMQ's API gives it. */
export function channelJson(channel: Channel) {
  return {
    name: channel.name,
    number: channel.number,
    user: channel.user,
    user_who_performed_action: channel.user,
    vhost: channel.vhost,
    node: channel.node,
    state: channel.state,
    connection_details: {
      name: channel.connection,
      peer_host: channel.peerHost,
      peer_port: channel.peerPort,
      ...userProvidedName(channel),
    },
    prefetch_count: channel.prefetch,
    global_prefetch_count: channel.globalPrefetch,
    confirm: channel.confirm,
    transactional: channel.transactional,
    messages_unacknowledged: channel.unacknowledged,
    messages_unconfirmed: channel.unconfirmed,
    messages_uncommitted: 0,
    acks_uncommitted: 0,
    consumer_count: channel.consumers,
    message_stats: channelStats(channel),
  };
}
export type ChannelJson = ReturnType<typeof channelJson>;

type Counter = ChannelCounter | "deliver_get";
type ChannelStatsJson = { readonly [C in Counter]: number } & {
  readonly [C in Counter as `${C}_details`]: { readonly rate: number };
};

function channelStats({ totals, rates }: Channel): ChannelStatsJson {
  const stats: Record<string, number | { rate: number }> = {};
  for (const name of channelCounters) {
    stats[name] = totals[name];
    stats[`${name}_details`] = { rate: rates[name] };
  }
  const got = (of: Channel["totals"]) => of.deliver + of.deliver_no_ack + of.get + of.get_no_ack;
  return { ...stats, deliver_get: got(totals), deliver_get_details: { rate: got(rates) } } as ChannelStatsJson;
}

/** A consumer as RabbitMQ's API gives it, with what it holds and what it has done. Times are in ms since 1970. */
export function consumerJson(consumer: Consumer) {
  return {
    consumer_tag: consumer.tag,
    queue: { name: consumer.queue, vhost: consumer.vhost },
    channel_details: {
      name: consumer.channel,
      number: consumer.channelNumber,
      connection_name: consumer.connection,
      peer_host: consumer.peerHost,
      peer_port: consumer.peerPort,
      user: consumer.user,
      node: consumer.node,
      ...userProvidedName(consumer),
    },
    ack_required: consumer.ackRequired,
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetch,
    priority: consumer.priority,
    active: consumer.active,
    activity_status: consumer.active ? "up" : "waiting",
    arguments: consumer.arguments,
    since: consumer.since,
    full: consumer.full,
    held: consumer.held,
    holds: consumer.holds,
    ...(consumer.lastDeliveredAt !== null && { last_delivered_at: consumer.lastDeliveredAt }),
    ...(consumer.lastSettledAt !== null && { last_settled_at: consumer.lastSettledAt }),
    delivered: consumer.delivered,
    acked: consumer.acked,
    rejected: consumer.rejected,
    requeued: consumer.requeued,
    ...(consumer.latency && { ack_latency_ms: consumer.latency }),
    recent: consumer.recent,
  };
}
export type ConsumerJson = ReturnType<typeof consumerJson>;
