import { toPlain } from "@/lib/broker/properties/plain";
import type { Binding, Exchange, Queue } from "@/lib/broker/topology";
import { RABBITMQ_VERSION } from "@/lib/http/compatibility";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { ok } from "@/lib/http/reply";
import { WARREN_VERSION } from "@/lib/version";

/** What is there, in RabbitMQ's format; the vhost stands with each object only when all are exported. */
async function definitions({ broker, actor }: Call, vhost?: string) {
  const scope = vhost === undefined ? {} : { vhost };
  const [exchanges, queues, bindings] = await Promise.all([
    broker.listExchanges(actor, vhost),
    broker.listQueues(actor, scope),
    broker.listBindings(actor, scope),
  ]);
  const where = (object: { vhost: string }) => (vhost === undefined ? { vhost: object.vhost } : {});
  return {
    rabbit_version: RABBITMQ_VERSION,
    rabbitmq_version: RABBITMQ_VERSION,
    product_name: "Warren",
    product_version: WARREN_VERSION,
    queues: queues.filter(({ exclusive }) => !exclusive).map((queue) => ({ ...queueOf(queue), ...where(queue) })),
    exchanges: exchanges.filter(isUserMade).map((exchange) => ({ ...exchangeOf(exchange), ...where(exchange) })),
    bindings: bindings
      .filter(({ source }) => source !== "")
      .map((binding) => ({ ...bindingOf(binding), ...where(binding) })),
  };
}

/** Predeclared exchanges are in every virtual host, so they are not exported. */
function isUserMade({ name }: Exchange): boolean {
  return name !== "" && !name.startsWith("amq.");
}

function queueOf(queue: Queue) {
  const { name, durable, autoDelete } = queue;
  return { name, durable, auto_delete: autoDelete, arguments: toPlain(queue.arguments) };
}

function exchangeOf(exchange: Exchange) {
  const { name, type, durable, autoDelete, internal } = exchange;
  return { name, type, durable, auto_delete: autoDelete, internal, arguments: toPlain(exchange.arguments) };
}

function bindingOf({ source, destination, routingKey, arguments: table }: Binding) {
  const to = { destination: destination.name, destination_type: destination.kind };
  return { source, ...to, routing_key: routingKey, arguments: toPlain(table) };
}

export const definitionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/definitions",
    summary: "All virtual hosts, exchanges, queues and bindings, in RabbitMQ's format",
    access: "look",
    manner: "rabbitmq",
    async handle(_input, call) {
      const vhosts = await call.broker.listVhosts(call.actor);
      const named = vhosts.map(({ name, description, tags }) => ({ name, description, tags }));
      return ok({ ...(await definitions(call)), vhosts: named });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/definitions/{vhost}",
    summary: "The exchanges, queues and bindings of a virtual host, in RabbitMQ's format",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, call) {
      await call.broker.getVhost(call.actor, path.vhost);
      return ok(await definitions(call, path.vhost));
    },
  }),
];
