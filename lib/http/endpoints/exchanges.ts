import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { exchangeTypeOf } from "@/lib/broker/rules/exchange-type";
import { type ExchangeType, exchangeTypes } from "@/lib/broker/topology";
import { endpoint } from "@/lib/http/endpoint";
import { bindingJson, exchangeJson } from "@/lib/http/json/topology-json";
import { listed, listQuery, withColumns } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { argumentTable, flag } from "@/lib/http/schemas";

const declaration = z.object({
  type: z
    .string()
    .default("direct")
    .meta({ enum: [...exchangeTypes] }),
  durable: flag.default(false),
  auto_delete: flag.default(false),
  internal: flag.default(false),
  arguments: argumentTable,
});

function mustBeExchangeType({ type, arguments: table }: z.output<typeof declaration>): ExchangeType {
  const known = exchangeTypeOf(type, table);
  if (known !== undefined) return known;
  throw new BrokerError("bad-request", `There is no exchange type '${type}'; there are ${exchangeTypes.join(", ")}.`);
}

export const exchangeEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/exchanges",
    summary: "All exchanges",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ query }, { broker, actor }) {
      return ok(listed((await broker.listExchanges(actor)).map(exchangeJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/exchanges/{vhost}",
    summary: "The exchanges of a virtual host",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ path, query }, { broker, actor }) {
      return ok(listed((await broker.listExchanges(actor, path.vhost)).map(exchangeJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/exchanges/{vhost}/{exchange}",
    summary: "One exchange; `amq.default` is the nameless one",
    access: "look",
    manner: "rabbitmq",
    query: z.object({ columns: z.string().optional() }),
    async handle({ path, query }, { broker, actor }) {
      const exchange = exchangeJson(await broker.getExchange(actor, path.vhost, path.exchange));
      return ok(withColumns({ ...exchange, incoming: [], outgoing: [] }, query));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/exchanges/{vhost}/{exchange}",
    summary: "Declare an exchange",
    access: "change",
    manner: "rabbitmq",
    body: declaration,
    audit: "exchange.declare",
    async handle({ path, body }, { broker, actor, note }) {
      const { type, durable, auto_delete: autoDelete, internal } = body;
      note({ type, durable, auto_delete: autoDelete, internal });
      const { created } = await broker.declareExchange(actor, {
        ...{ vhost: path.vhost, name: path.exchange, type: mustBeExchangeType(body) },
        ...{ durable, autoDelete, internal, arguments: body.arguments },
      });
      return createdOrNot(created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/exchanges/{vhost}/{exchange}",
    summary: "Delete an exchange; with `if-unused=true` only one without bindings",
    access: "change",
    manner: "rabbitmq",
    query: z.object({ "if-unused": flag.default(false) }),
    audit: "exchange.delete",
    async handle({ path, query }, { broker, actor }) {
      await broker.deleteExchange(actor, path.vhost, path.exchange, { ifUnused: query["if-unused"] });
      return noContent();
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/exchanges/{vhost}/{exchange}/bindings/source",
    summary: "The bindings that lead away from an exchange",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ path: { vhost, exchange }, query }, { broker, actor }) {
      await broker.getExchange(actor, vhost, exchange);
      return ok(listed((await broker.listBindings(actor, { vhost, source: exchange })).map(bindingJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/exchanges/{vhost}/{exchange}/bindings/destination",
    summary: "The bindings that lead to an exchange",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ path: { vhost, exchange }, query }, { broker, actor }) {
      await broker.getExchange(actor, vhost, exchange);
      const destination = { kind: "exchange" as const, name: exchange };
      return ok(listed((await broker.listBindings(actor, { vhost, destination })).map(bindingJson), query));
    },
  }),
];
