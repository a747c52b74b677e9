import { emptyTable } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { PreviewBinding } from "@/lib/broker/rules/route-preview";
import { type RoutingExchange, type RoutingQueue, RoutingTable } from "@/lib/broker/rules/router";
import type { ExchangeType } from "@/lib/broker/topology";

/** A topology as a test writes it down. A binding is source, key, name of a queue or exchange, arguments. */
interface Sketch {
  readonly exchanges: Readonly<Record<string, ExchangeType | "internal">>;
  readonly alternates?: Readonly<Record<string, string>>;
  readonly queues: readonly string[];
  readonly bindings: readonly (readonly [string, string, string, Record<string, unknown>?])[];
}

/** The routing table of a sketch, with the default exchange added; for tests only. */
export function routingTable(sketch: Sketch): RoutingTable<RoutingExchange, RoutingQueue, PreviewBinding> {
  const kinds: [string, ExchangeType | "internal"][] = [["", "direct"], ...Object.entries(sketch.exchanges)];
  const exchanges = kinds.map(([name, type], id): RoutingExchange => {
    const alternate = sketch.alternates?.[name];
    return {
      id,
      name,
      type: type === "internal" ? "fanout" : type,
      internal: type === "internal",
      arguments: alternate === undefined ? emptyTable : fromPlain({ "alternate-exchange": alternate }),
    };
  });
  const queues = sketch.queues.map((name, id): RoutingQueue => ({ id: 1000 + id, name }));
  const bindings = sketch.bindings.map(([source, routingKey, to, wanted]): PreviewBinding => {
    const queue = queues.find(({ name }) => name === to);
    const exchange = exchanges.find(({ name }) => name === to);
    const given = fromPlain(wanted ?? {});
    return {
      sourceId: exchanges.find(({ name }) => name === source)?.id ?? -1,
      queueId: queue?.id ?? null,
      exchangeId: queue ? null : (exchange?.id ?? null),
      routingKey,
      arguments: given,
      binding: {
        vhost: "/",
        source,
        destination: { kind: queue ? "queue" : "exchange", name: to },
        routingKey,
        arguments: given,
        propertiesKey: routingKey,
      },
    };
  });
  return new RoutingTable({ vhost: "/", exchanges, queues, bindings });
}
