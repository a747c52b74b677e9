import { route } from "@/lib/broker/rules/router";
import { why } from "@/lib/engine/move/tally";
import type { Destined } from "@/lib/engine/move/transfer";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import type { ReadMessage } from "@/lib/engine/views/page";

/**
 * Where an exchange sends a message under a key. CC and BCC are left out of it: a person who sends a message somewhere
 * means there. Throws `not-found` for an unknown exchange, `access-refused` for an internal one.
 */
export function throughExchange(
  topology: TopologySnapshot,
  vhost: string,
  to: { readonly exchange: string; readonly routingKey: string },
  item: ReadMessage,
): Destined {
  const { queues } = route(
    topology.vhost(vhost).routing,
    to.exchange,
    [to.routingKey],
    item.message.properties.headers,
  );
  if (queues.length === 0) return { stays: why.unroutable(to.exchange, to.routingKey), because: "target" };
  return { exchange: to.exchange, routingKey: to.routingKey, queues };
}

/** Back to the queue that it died in, through the default exchange. */
export function toOrigin(topology: TopologySnapshot, vhost: string, item: ReadMessage): Destined {
  const origin = item.message.death?.originQueue ?? "";
  const queue = topology.vhost(vhost).queues.get(origin);
  return queue
    ? { exchange: "", routingKey: origin, queues: [queue] }
    : { stays: why.noOrigin(origin), because: "origin" };
}
