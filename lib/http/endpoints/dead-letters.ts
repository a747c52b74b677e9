import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { pageQuery } from "@/lib/http/endpoints/messages";
import { bulkJson, pageJson, peekedJson } from "@/lib/http/json/message-json";
import {
  type AskedSelection,
  letterSelection,
  selectionOf,
  wantedLetters,
  whichLetters,
} from "@/lib/http/letter-selection";
import { ok } from "@/lib/http/reply";
import { exchangeName, shortText } from "@/lib/http/schemas";

export const deadLetterEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/dead-letters",
    summary: "Dead letters with why, when and where they died",
    access: "look",
    manner: "warren",
    query: z.strictObject({ ...whichLetters, ...pageQuery, order: z.enum(["oldest", "newest"]).default("newest") }),
    async handle({ query }, { broker, actor }) {
      const { vhost, cursor, order, limit } = query;
      const page = await broker.listDeadLetters(actor, {
        ...(vhost !== undefined && { vhost }),
        ...(cursor !== undefined && { cursor }),
        ...wantedLetters(query),
        ...{ order, limit, bodyLimit: query.body_limit },
      });
      return ok(pageJson(page, (message) => peekedJson(message)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/dead-letters/count",
    summary: "How many dead letters there are in all, exactly",
    access: "look",
    manner: "warren",
    query: z.strictObject(whichLetters),
    async handle({ query }, { broker, actor }) {
      const vhost = query.vhost === undefined ? {} : { vhost: query.vhost };
      return ok({ count: await broker.countDeadLetters(actor, { ...vhost, ...wantedLetters(query) }) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/dead-letters/{vhost}/retry",
    summary: "Send dead letters back to the queues they died in, or to `to`: `ids`, or `all` that match",
    access: "change",
    manner: "warren",
    body: z.strictObject({
      ...letterSelection,
      to: z.strictObject({ exchange: exchangeName.default(""), routing_key: shortText }).optional(),
    }),
    audit: "dead-letter.retry",
    async handle({ path: { vhost }, body: { to, ...asked } }, { broker, actor, note }) {
      const result = await broker.retryDeadLetters(actor, {
        vhost,
        selection: selectionOf(asked),
        ...(to !== undefined && { to: { exchange: to.exchange, routingKey: to.routing_key } }),
      });
      note({ ...described(asked), to: to ?? null, matched: result.matched, done: result.done });
      return ok(bulkJson(result));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/dead-letters/{vhost}/discard",
    summary: "Put dead letters into the trash, from where they can be restored: `ids`, or `all` that match",
    access: "change",
    manner: "warren",
    body: z.strictObject(letterSelection),
    audit: "dead-letter.discard",
    async handle({ path: { vhost }, body }, { broker, actor, note }) {
      const result = await broker.discardDeadLetters(actor, vhost, selectionOf(body));
      note({ ...described(body), matched: result.matched, done: result.done, trash: result.trash });
      return ok({ ...bulkJson(result), trash: result.trash });
    },
  }),
];

/** A selection for the audit log: a few ids as they are, otherwise their number. */
function described({ ids, ...wanted }: AskedSelection): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return ids === undefined ? given : { ids: ids.length <= 20 ? ids : ids.length };
}
