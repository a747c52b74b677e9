import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { deathReasons } from "@/lib/broker/message";
import type { MessageFilter, Selection } from "@/lib/broker/requests";
import { endpoint } from "@/lib/http/endpoint";
import { pageQuery } from "@/lib/http/endpoints/messages";
import { bulkJson, pageJson, peekedJson } from "@/lib/http/json/message-json";
import { ok } from "@/lib/http/reply";
import { exchangeName, messageId, shortText } from "@/lib/http/schemas";
import { oneQueue, parseSearch } from "@/lib/http/search";

const which = {
  vhost: shortText.optional(),
  queue: shortText.optional().meta({ description: "The queue that they lie in." }),
  q: pageQuery.q,
  reason: z.enum(deathReasons).optional(),
  origin: shortText.optional().meta({ description: "The queue that they died in." }),
  group: z.guid().optional().meta({ description: "The group of their cause." }),
};

const selection = {
  ids: z
    .array(z.strictObject({ queue: shortText, id: messageId }))
    .min(1)
    .max(10_000)
    .optional(),
  all: z.literal(true).optional(),
  queue: which.queue,
  q: which.q,
  reason: which.reason,
  origin: which.origin,
  group: which.group,
};

interface Wanted {
  readonly queue?: string | undefined;
  readonly q?: string | undefined;
  readonly reason?: (typeof deathReasons)[number] | undefined;
  readonly origin?: string | undefined;
  readonly group?: string | undefined;
}

/** The queue and filter that the parameters mean, each left out when there is none. */
function wantedOf({ queue, q, reason, origin, group }: Wanted): { queue?: string; filter?: MessageFilter } {
  const search = parseSearch(q);
  if (search.states.length > 0) {
    throw new BrokerError("bad-request", "The search has state:, but all of these are dead letters.");
  }
  const filter: MessageFilter = {
    ...search.filter,
    ...(reason !== undefined && { reason }),
    ...(origin !== undefined && { originQueue: origin }),
    ...(group !== undefined && { group }),
  };
  return { ...oneQueue(queue, search.queue), ...(Object.keys(filter).length > 0 && { filter }) };
}

interface AskedSelection extends Wanted {
  readonly ids?: readonly { readonly queue: string; readonly id: number }[] | undefined;
  readonly all?: true | undefined;
}

function selectionOf({ ids, all, ...wanted }: AskedSelection): Selection {
  if ((ids === undefined) === (all === undefined)) {
    throw new BrokerError("bad-request", "The body must have either ids or all: true.");
  }
  if (ids === undefined) return { kind: "all", ...wantedOf(wanted) };
  if (Object.values(wanted).some((value) => value !== undefined)) {
    throw new BrokerError("bad-request", "queue, q, reason, origin and group go with all: true, not with ids.");
  }
  return { kind: "messages", refs: ids };
}

export const deadLetterEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/dead-letters",
    summary: "Dead letters with why, when and where they died",
    access: "look",
    manner: "warren",
    query: z.strictObject({ ...which, ...pageQuery, order: z.enum(["oldest", "newest"]).default("newest") }),
    async handle({ query }, { broker, actor }) {
      const { vhost, cursor, order, limit } = query;
      const page = await broker.listDeadLetters(actor, {
        ...(vhost !== undefined && { vhost }),
        ...(cursor !== undefined && { cursor }),
        ...wantedOf(query),
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
    query: z.strictObject(which),
    async handle({ query }, { broker, actor }) {
      const vhost = query.vhost === undefined ? {} : { vhost: query.vhost };
      return ok({ count: await broker.countDeadLetters(actor, { ...vhost, ...wantedOf(query) }) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/dead-letters/{vhost}/retry",
    summary: "Send dead letters back to the queues they died in, or to `to`: `ids`, or `all` that match",
    access: "change",
    manner: "warren",
    body: z.strictObject({
      ...selection,
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
    body: z.strictObject(selection),
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
