import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { consumerJson } from "@/lib/http/json/presence-json";
import { sampleJson } from "@/lib/http/json/stats-json";
import { bindingJson, queueJson } from "@/lib/http/json/topology-json";
import { listed, listQuery, withColumns } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { argumentTable, flag } from "@/lib/http/schemas";
import { askedStats, rangeQuery, statsQuery, statsRange } from "@/lib/http/stats-query";

const queueList = listQuery.extend({
  trend: flag.default(false).meta({ description: "Adds `trend`: ready counts of the last ten minutes." }),
});

const declaration = z.object({
  durable: flag.default(false),
  auto_delete: flag.default(false),
  arguments: argumentTable,
});

export const queueEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/queues",
    summary: "All queues",
    access: "look",
    manner: "rabbitmq",
    query: queueList,
    async handle({ query }, { broker, actor }) {
      const queues = await broker.listQueues(actor, { trend: query.trend });
      return ok(
        listed(
          queues.map((queue) => queueJson(queue)),
          query,
        ),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}",
    summary: "The queues of a virtual host",
    access: "look",
    manner: "rabbitmq",
    query: queueList,
    async handle({ path: { vhost }, query }, { broker, actor }) {
      const queues = await broker.listQueues(actor, { vhost, trend: query.trend });
      return ok(
        listed(
          queues.map((queue) => queueJson(queue)),
          query,
        ),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}",
    summary: "One queue",
    access: "look",
    manner: "rabbitmq",
    query: statsQuery.extend({ columns: z.string().optional() }),
    async handle({ path, query }, { broker, actor }) {
      const asked = askedStats(query);
      const queue = await broker.getQueue(actor, path.vhost, path.queue);
      const history = asked.rates ? await broker.queueSamples(actor, path.vhost, path.queue, asked.range) : [];
      const consumers = await broker.listConsumers(actor, { vhost: path.vhost, queue: path.queue });
      const details = { consumer_details: consumers.map(consumerJson), deliveries: [], incoming: [] };
      return ok(withColumns({ ...queueJson(queue, history), ...details }, query));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/queues/{vhost}/{queue}",
    summary: "Declare a queue",
    access: "change",
    manner: "rabbitmq",
    body: declaration,
    audit: "queue.declare",
    async handle({ path, body }, { broker, actor, note }) {
      note({ durable: body.durable, auto_delete: body.auto_delete });
      const { created } = await broker.declareQueue(actor, {
        ...{ vhost: path.vhost, name: path.queue, durable: body.durable, autoDelete: body.auto_delete },
        ...{ exclusive: false, arguments: body.arguments },
      });
      return createdOrNot(created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/queues/{vhost}/{queue}",
    summary:
      "Delete a queue, into the trash: the header x-warren-trash names the batch; with `if-empty=true` or `if-unused=true` only if it is",
    access: "change",
    manner: "rabbitmq",
    query: z.object({ "if-empty": flag.default(false), "if-unused": flag.default(false) }),
    audit: "queue.delete",
    async handle({ path, query }, { broker, actor, note }) {
      const conditions = { ifEmpty: query["if-empty"], ifUnused: query["if-unused"] };
      const deleted = await broker.deleteQueue(actor, path.vhost, path.queue, { ...conditions, restorable: true });
      note(deleted);
      return noContent({
        "x-warren-messages": String(deleted.messages),
        ...(deleted.trash !== undefined && { "x-warren-trash": deleted.trash }),
      });
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/queues/{vhost}/{queue}/contents",
    summary: "Purge: all ready messages go to the trash; the header x-warren-trash names the batch",
    access: "change",
    manner: "rabbitmq",
    audit: "queue.purge",
    async handle({ path }, { broker, actor, note }) {
      const { messages, trash } = await broker.purgeQueue(actor, path.vhost, path.queue);
      note({ messages, trash });
      return noContent({
        "x-warren-messages": String(messages),
        ...(trash !== null && { "x-warren-trash": trash }),
      });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}/bindings",
    summary: "The bindings that lead to a queue",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ path: { vhost, queue }, query }, { broker, actor }) {
      await broker.getQueue(actor, vhost, queue);
      const destination = { kind: "queue" as const, name: queue };
      return ok(listed((await broker.listBindings(actor, { vhost, destination })).map(bindingJson), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}/samples",
    summary: "The history of a queue's counts and rates",
    access: "look",
    manner: "warren",
    query: rangeQuery,
    async handle({ path, query }, { broker, actor }) {
      const range = statsRange(query.age, query.incr);
      const samples = await broker.queueSamples(actor, path.vhost, path.queue, range);
      return ok({ samples: samples.map(sampleJson) });
    },
  }),
];
