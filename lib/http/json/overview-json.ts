import type { Overview, Sample } from "@/lib/broker/topology";
import { exchangeTypes } from "@/lib/broker/topology";
import { NODE_NAME, RABBITMQ_VERSION } from "@/lib/http/compatibility";
import { nodeJson } from "@/lib/http/json/node-json";
import { lengthDetails, messageStatsJson, sampleJson } from "@/lib/http/json/stats-json";
import { WARREN_VERSION } from "@/lib/version";

const runsOn = `Node.js ${process.versions.node}`;

/**
 * The overview as RabbitMQ's API gives it, with what Warren knows besides.
 * @param asked whether histories were asked for (`msg_rates_age`, `lengths_age`, ...)
 */
export function overviewJson(overview: Overview, asked: { readonly rates: boolean; readonly lengths: boolean }) {
  const { counts, objects, samples } = overview;
  const length = (of: (sample: Sample) => number) => {
    const details = lengthDetails(samples, of);
    return asked.lengths ? details : { rate: details.rate };
  };
  return {
    management_version: RABBITMQ_VERSION,
    rates_mode: "basic",
    sample_retention_policies: { global: [600, 3600, 28800, 86400], basic: [600, 3600], detailed: [600] },
    exchange_types: exchangeTypes.map((name) => ({ name, description: `AMQP ${name} exchange`, enabled: true })),
    product_name: "Warren",
    // Clients expect to be told what it runs on.
    erlang_version: runsOn,
    erlang_full_version: runsOn,
    product_version: WARREN_VERSION,
    rabbitmq_version: RABBITMQ_VERSION,
    warren_version: WARREN_VERSION,
    cluster_name: NODE_NAME,
    disable_stats: false,
    enable_queue_totals: false,
    message_stats: messageStatsJson(overview.totals, overview.rates, asked.rates ? samples : []),
    churn_rates: {},
    queue_totals: {
      messages: counts.ready + counts.unacknowledged,
      messages_details: length((sample) => sample.ready + sample.unacknowledged),
      messages_ready: counts.ready,
      messages_ready_details: length((sample) => sample.ready),
      messages_unacknowledged: counts.unacknowledged,
      messages_unacknowledged_details: length((sample) => sample.unacknowledged),
      messages_delayed: counts.delayed,
      message_bytes_ready: counts.readyBytes,
      message_bytes_unacknowledged: counts.unacknowledgedBytes,
      dead_letters: overview.deadLetters,
    },
    object_totals: {
      channels: objects.channels,
      connections: objects.connections,
      consumers: objects.consumers,
      exchanges: objects.exchanges,
      queues: objects.queues,
      bindings: objects.bindings,
      vhosts: objects.vhosts,
    },
    statistics_db_event_queue: 0,
    node: NODE_NAME,
    listeners: overview.listeners.map(({ node, protocol, address, port }) => ({
      node,
      protocol,
      port,
      ip_address: address,
      socket_opts: { nodelay: true },
    })),
    contexts: [],
    nodes: overview.nodes.map(nodeJson),
    samples: asked.rates || asked.lengths ? samples.map(sampleJson) : [],
  };
}
