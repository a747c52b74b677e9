import { notFound } from "@/lib/broker/errors";
import { emptyTable, type FieldTable } from "@/lib/broker/properties/field-value";
import type { BindingVerdict, RoutePreview, RouteStep } from "@/lib/broker/requests";
import { headersMatch, headersPattern } from "@/lib/broker/rules/headers-match";
import {
  alternateOf,
  type RoutingBinding,
  type RoutingExchange,
  type RoutingQueue,
  type RoutingTable,
} from "@/lib/broker/rules/router";
import { topicMatches } from "@/lib/broker/rules/topic";
import { type Clause, whyHeadersDiffer, whyKeyDiffers, whyTopicDiffers } from "@/lib/broker/rules/why-not";
import type { Binding, ExchangeType } from "@/lib/broker/topology";

/** A binding that routing knows by ids, with the names that people know it by. */
export interface PreviewBinding extends RoutingBinding {
  readonly binding: Binding;
}

/**
 * What would become of a message, and why: every exchange on its way with a verdict on each of its bindings. Goes the
 * same way as `RoutingTable.follow`. Internal exchanges are followed too: the caller says whether it may publish.
 * Throws `not-found` for an unknown exchange.
 * @param keys the routing key, then those of CC and BCC
 */
export function previewRoute<X extends RoutingExchange, Q extends RoutingQueue>(
  table: RoutingTable<X, Q, PreviewBinding>,
  exchangeName: string,
  keys: readonly string[],
  headers: FieldTable = emptyTable,
): RoutePreview {
  const first = table.exchange(exchangeName);
  if (!first) throw notFound("exchange", exchangeName, table.vhost);
  const steps: RouteStep[] = [];
  const queues = new Set<string>();
  const reached = new Set([exchangeName]);
  const ways: { exchange: X; via: RouteStep["via"] }[] = [{ exchange: first, via: "publish" }];
  const goOn = (name: string, via: RouteStep["via"]) => {
    const exchange = table.exchange(name);
    if (!exchange || reached.has(name)) return;
    reached.add(name);
    ways.push({ exchange, via });
  };
  // The list grows while it is walked.
  for (const { exchange, via } of ways) {
    const verdicts = verdictsOf(table, exchange, keys, headers);
    steps.push({ exchange: exchange.name, exchangeType: exchange.type, via, verdicts });
    for (const { matches, binding } of verdicts) {
      if (!matches) continue;
      if (binding.destination.kind === "queue") queues.add(binding.destination.name);
      else goOn(binding.destination.name, "binding");
    }
    const alternate = alternateOf(exchange);
    if (alternate !== undefined && !verdicts.some(({ matches }) => matches)) goOn(alternate, "alternate");
  }
  const alternate = alternateOf(first);
  const exists = alternate !== undefined && table.exchange(alternate) !== undefined;
  return { steps, queues: [...queues], alternateExchange: exists ? alternate : null };
}

function verdictsOf<X extends RoutingExchange, Q extends RoutingQueue>(
  table: RoutingTable<X, Q, PreviewBinding>,
  exchange: X,
  keys: readonly string[],
  headers: FieldTable,
): BindingVerdict[] {
  if (exchange.name === "") return defaultVerdicts(table, keys);
  return table.bindingsOf(exchange).map(({ binding }) => {
    const clause = whyNot(exchange.type, binding, keys, headers);
    return { binding, matches: clause === null, why: clause?.why ?? null, decidedBy: clause?.decidedBy ?? null };
  });
}

/** Every queue is bound to the default exchange by its name; only the one that is meant is worth a line. */
function defaultVerdicts<X extends RoutingExchange, Q extends RoutingQueue>(
  table: RoutingTable<X, Q, PreviewBinding>,
  keys: readonly string[],
): BindingVerdict[] {
  return [...new Set(keys)]
    .filter((key) => table.queue(key) !== undefined)
    .map((key) => ({
      binding: {
        vhost: table.vhost,
        source: "",
        destination: { kind: "queue", name: key },
        routingKey: key,
        arguments: emptyTable,
        propertiesKey: key,
      },
      matches: true,
      why: null,
      decidedBy: null,
    }));
}

/** Null when the binding matches. With several keys, the words are about the first, which is the message's own. */
function whyNot(type: ExchangeType, binding: Binding, keys: readonly string[], headers: FieldTable): Clause | null {
  const key = keys[0] ?? "";
  switch (type) {
    case "fanout":
      return null;
    case "direct":
      return keys.includes(binding.routingKey) ? null : whyKeyDiffers(binding.routingKey, key);
    case "topic":
      return keys.some((one) => topicMatches(binding.routingKey, one))
        ? null
        : whyTopicDiffers(binding.routingKey, key);
    case "headers": {
      const pattern = headersPattern(binding.arguments);
      return headersMatch(pattern, headers) ? null : whyHeadersDiffer(pattern, headers);
    }
  }
}
