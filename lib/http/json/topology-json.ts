import { toPlain } from "@/lib/broker/properties/plain";
import type { Binding, ExchangeStatus, QueueStatus, Sample, Vhost } from "@/lib/broker/topology";
import { NODE_NAME } from "@/lib/http/compatibility";
import { messageStatsJson } from "@/lib/http/json/stats-json";

/** A virtual host as RabbitMQ's API gives it, with the messages in its queues. */
export function vhostJson(vhost: Vhost, queues: readonly QueueStatus[]) {
  const { name, description, tags } = vhost;
  const here = queues.filter((queue) => queue.vhost === name);
  const sum = (count: (queue: QueueStatus) => number) => here.reduce((total, queue) => total + count(queue), 0);
  const ready = sum((queue) => queue.counts.ready);
  const unacknowledged = sum((queue) => queue.counts.unacknowledged);
  return {
    name,
    description,
    tags,
    metadata: { description, tags },
    default_queue_type: "classic",
    tracing: false,
    cluster_state: { [NODE_NAME]: "running" },
    messages: ready + unacknowledged,
    messages_ready: ready,
    messages_unacknowledged: unacknowledged,
    queues: here.length,
    created_at: vhost.createdAt.toISOString(),
  };
}
export type VhostJson = ReturnType<typeof vhostJson>;

/** An exchange as RabbitMQ's API gives it. */
export function exchangeJson(exchange: ExchangeStatus) {
  return {
    name: exchange.name,
    vhost: exchange.vhost,
    type: exchange.type,
    durable: exchange.durable,
    auto_delete: exchange.autoDelete,
    internal: exchange.internal,
    arguments: toPlain(exchange.arguments),
    message_stats: {
      publish_in: exchange.publishIn,
      publish_in_details: { rate: exchange.publishInRate },
      publish_out: exchange.publishOut,
      publish_out_details: { rate: exchange.publishOutRate },
    },
    policy: exchange.policies.policy,
    operator_policy: exchange.policies.operatorPolicy,
    effective_policy_definition: exchange.policies.definition,
    created_at: exchange.createdAt.toISOString(),
  };
}
export type ExchangeJson = ReturnType<typeof exchangeJson>;

/** A queue as RabbitMQ's API gives it, with what Warren knows besides. */
export function queueJson(queue: QueueStatus, samples: readonly Sample[] = []) {
  const { counts } = queue;
  return {
    name: queue.name,
    vhost: queue.vhost,
    type: queue.type,
    durable: queue.durable,
    auto_delete: queue.autoDelete,
    exclusive: queue.exclusive,
    arguments: toPlain(queue.arguments),
    node: NODE_NAME,
    state: queue.state,
    messages: counts.ready + counts.unacknowledged,
    messages_ready: counts.ready,
    messages_unacknowledged: counts.unacknowledged,
    messages_delayed: counts.delayed,
    message_bytes: counts.readyBytes + counts.unacknowledgedBytes,
    message_bytes_ready: counts.readyBytes,
    message_bytes_unacknowledged: counts.unacknowledgedBytes,
    message_stats: messageStatsJson(queue.totals, queue.rates, samples),
    consumers: queue.consumers,
    consumers_full: queue.fullConsumers,
    policy: queue.policies.policy,
    operator_policy: queue.policies.operatorPolicy,
    effective_policy_definition: queue.policies.definition,
    exclusive_consumer_tag: null,
    single_active_consumer_tag: null,
    idle_since: queue.idleSince?.toISOString() ?? null,
    head_message_timestamp: null,
    head_enqueued_at: queue.headEnqueuedAt?.toISOString() ?? null,
    dead_letters: queue.deadLettersHere,
    dead_letters_from_here: queue.deadLettersFromHere,
    trend: queue.trend,
    created_at: queue.createdAt.toISOString(),
  };
}
export type QueueJson = ReturnType<typeof queueJson>;

/** A binding as RabbitMQ's API gives it. */
export function bindingJson(binding: Binding) {
  return {
    source: binding.source,
    vhost: binding.vhost,
    destination: binding.destination.name,
    destination_type: binding.destination.kind,
    routing_key: binding.routingKey,
    arguments: toPlain(binding.arguments),
    properties_key: binding.propertiesKey,
  };
}
export type BindingJson = ReturnType<typeof bindingJson>;
