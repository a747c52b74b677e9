import { z } from "zod";
import { notFound } from "@/lib/broker/errors";
import type { Binding, Destination } from "@/lib/broker/topology";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { bindingJson } from "@/lib/http/json/topology-json";
import { listed, listQuery } from "@/lib/http/listing";
import { created, noContent, ok } from "@/lib/http/reply";
import { argumentTable, shortText } from "@/lib/http/schemas";

interface Pair {
  readonly vhost: string;
  readonly exchange: string;
  readonly kind: Destination["kind"];
  readonly destination: string;
}

/** All bindings from an exchange to a destination. Throws `not-found` when one of the two isn't there. */
async function bindingsBetween({ vhost, exchange, kind, destination }: Pair, { broker, actor }: Call) {
  await broker.getExchange(actor, vhost, exchange);
  if (kind === "queue") await broker.getQueue(actor, vhost, destination);
  else await broker.getExchange(actor, vhost, destination);
  return broker.listBindings(actor, { vhost, source: exchange, destination: { kind, name: destination } });
}

/**
 * The binding that the last part of a path means. The key is a percent-encoded text itself; some clients put it into
 * the path as it is, so that it arrives decoded once too often.
 */
async function findBinding(pair: Pair, props: string, call: Call): Promise<Binding> {
  const bindings = await bindingsBetween(pair, call);
  const found =
    bindings.find(({ propertiesKey }) => propertiesKey === props) ??
    bindings.find(({ propertiesKey }) => decoded(propertiesKey) === props);
  if (found === undefined) throw notFound("binding", props, pair.vhost);
  return found;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

export const bindingEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/bindings",
    summary: "All bindings",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ query }, { broker, actor }) {
      return ok(listed((await broker.listBindings(actor, {})).map(bindingJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/bindings/{vhost}",
    summary: "The bindings of a virtual host",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ path: { vhost }, query }, { broker, actor }) {
      return ok(listed((await broker.listBindings(actor, { vhost })).map(bindingJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/bindings/{vhost}/e/{exchange}/{kind}/{destination}",
    summary: "The bindings from an exchange to a queue (`q`) or an exchange (`e`)",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    handle: async ({ path, query }, call) => ok(listed((await bindingsBetween(path, call)).map(bindingJson), query)),
  }),
  endpoint({
    method: "POST",
    path: "/api/bindings/{vhost}/e/{exchange}/{kind}/{destination}",
    summary: "Bind; the answer's Location is the binding",
    access: "change",
    manner: "rabbitmq",
    body: z.object({ routing_key: shortText.default(""), arguments: argumentTable }),
    audit: "binding.create",
    async handle({ path, body }, { broker, actor, note }) {
      note({ routing_key: body.routing_key });
      const binding = await broker.bind(actor, {
        ...{ vhost: path.vhost, source: path.exchange, destination: { kind: path.kind, name: path.destination } },
        ...{ routingKey: body.routing_key, arguments: body.arguments },
      });
      // Relative, as RabbitMQ's: there are clients that cut it at its slashes.
      return created(`${encodeURIComponent(path.destination)}/${encodeURIComponent(binding.propertiesKey)}`);
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/bindings/{vhost}/e/{exchange}/{kind}/{destination}/{props}",
    summary: "One binding",
    access: "look",
    manner: "rabbitmq",
    handle: async ({ path }, call) => ok(bindingJson(await findBinding(path, path.props, call))),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/bindings/{vhost}/e/{exchange}/{kind}/{destination}/{props}",
    summary: "Unbind",
    access: "change",
    manner: "rabbitmq",
    audit: "binding.delete",
    async handle({ path }, call) {
      const { vhost, source, destination, propertiesKey } = await findBinding(path, path.props, call);
      await call.broker.unbind(call.actor, { vhost, source, destination, propertiesKey });
      return noContent();
    },
  }),
];
