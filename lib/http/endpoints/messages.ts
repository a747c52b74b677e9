import { z } from "zod";
import { messageStates } from "@/lib/broker/message";
import type { PeekRequest } from "@/lib/broker/requests";
import { endpoint } from "@/lib/http/endpoint";
import { bulkJson, pageJson, peekedJson } from "@/lib/http/json/message-json";
import { download, ok } from "@/lib/http/reply";
import { commaSeparated, exchangeName, integer, messageId, searchText, shortText, text } from "@/lib/http/schemas";
import { filterMember, oneQueue, parseSearch } from "@/lib/http/search";

/** What all lists of messages understand. */
export const pageQuery = {
  limit: integer(1, 500).default(50),
  cursor: z.string().max(2000).optional().meta({ description: "`next` of the page before." }),
  q: searchText,
  body_limit: integer(0, 1_048_576).default(4096).meta({ description: "Bytes of each body to bring." }),
};

const peekQuery = z.strictObject({
  state: commaSeparated(messageStates).default([]),
  order: z.enum(["oldest", "newest"]).default("oldest"),
  ...pageQuery,
});

function peekRequest(vhost: string | null, named: string | undefined, query: z.output<typeof peekQuery>): PeekRequest {
  const search = parseSearch(query.q);
  const states = [...query.state, ...search.states];
  return {
    vhost,
    ...oneQueue(named, search.queue),
    ...(states.length > 0 && { states }),
    ...(query.cursor !== undefined && { cursor: query.cursor }),
    ...filterMember(search),
    order: query.order,
    limit: query.limit,
    bodyLimit: query.body_limit,
  };
}

export const messageEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/messages",
    summary: "Messages of all queues that you may read, without taking them",
    access: "look",
    manner: "warren",
    query: peekQuery,
    async handle({ query }, { broker, actor }) {
      const page = await broker.peek(actor, peekRequest(null, undefined, query));
      return ok(pageJson(page, (message) => peekedJson(message)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/messages/{vhost}",
    summary: "Messages of all queues of a virtual host, without taking them",
    access: "look",
    manner: "warren",
    query: peekQuery,
    async handle({ path, query }, { broker, actor }) {
      const page = await broker.peek(actor, peekRequest(path.vhost, undefined, query));
      return ok(pageJson(page, (message) => peekedJson(message)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}/messages",
    summary: "Messages of a queue, without taking them: ready, unacked, delayed and dead ones",
    access: "look",
    manner: "warren",
    query: peekQuery,
    async handle({ path, query }, { broker, actor }) {
      const page = await broker.peek(actor, peekRequest(path.vhost, path.queue, query));
      return ok(pageJson(page, (message) => peekedJson(message)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}/messages/{id}",
    summary: "One message with its whole body, or the first `body_limit` bytes of it",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      body_limit: integer(0, Number.MAX_SAFE_INTEGER).optional(),
      encoding: z.enum(["auto", "base64"]).default("auto"),
    }),
    async handle({ path, query }, { broker, actor }) {
      return ok(peekedJson(await broker.getMessage(actor, path, query.body_limit), query.encoding));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/queues/{vhost}/{queue}/messages/{id}/body",
    summary: "The exact bytes of a body, as a file",
    access: "look",
    manner: "warren",
    async handle({ path }, { broker, actor }) {
      const message = await broker.getMessage(actor, path);
      return download(message.body, `${path.queue}-${path.id}`);
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/queues/{vhost}/{queue}/move",
    summary: "Move ready messages through an exchange: `ids`, or `all` that match `q`",
    access: "change",
    manner: "warren",
    body: z
      .strictObject({
        destination: z.strictObject({ exchange: exchangeName.default(""), routing_key: shortText }),
        ids: z.array(messageId).min(1).max(10_000).optional(),
        all: z.literal(true).optional(),
        q: text.optional(),
      })
      .refine((body) => (body.ids === undefined) !== (body.all === undefined), "give either ids or all: true")
      .refine((body) => body.ids === undefined || body.q === undefined, "q goes with all: true, not with ids"),
    audit: "message.move",
    async handle({ path: { vhost, queue }, body }, { broker, actor, note }) {
      const search = parseSearch(body.q);
      const to = { exchange: body.destination.exchange, routingKey: body.destination.routing_key };
      const refs = body.ids?.map((id) => ({ queue, id }));
      const result = await broker.moveMessages(actor, {
        vhost,
        from: queue,
        to,
        selection: refs
          ? { kind: "messages", refs }
          : { kind: "all", ...oneQueue(queue, search.queue), ...filterMember(search) },
      });
      note({ to, q: body.q ?? null, matched: result.matched, done: result.done });
      return ok(bulkJson(result));
    },
  }),
];
