import { z } from "zod";
import { type DeadLetterGroup, groupOrders, groupStatuses } from "@/lib/broker/dead-letter-groups";
import { BrokerError, isBrokerError } from "@/lib/broker/errors";
import { deathReasons } from "@/lib/broker/message";
import { endpoint } from "@/lib/http/endpoint";
import { groupDetailJson, groupJson } from "@/lib/http/json/group-json";
import { ok } from "@/lib/http/reply";
import { commaSeparated, flag, integer, shortText, text } from "@/lib/http/schemas";

const longestNote = 10_000;

const listQuery = z.strictObject({
  vhost: shortText.optional(),
  queue: shortText.optional().meta({ description: "The queue that they died in." }),
  reason: z.enum(deathReasons).optional(),
  error_type: text.optional().meta({ description: "Exactly." }),
  status: commaSeparated(groupStatuses).default([]),
  assignee: shortText.optional(),
  q: text.optional().meta({ description: "In pattern, error type, example and note." }),
  empty: flag.default(false).meta({ description: "Also groups of which no letter lies anywhere now." }),
  sort: z.enum(groupOrders).default("last_seen"),
  direction: z.enum(["asc", "desc"]).default("desc"),
  limit: integer(1, 500).default(50),
  cursor: z.string().max(2000).optional().meta({ description: "`next` of the page before." }),
});

const change = z
  .strictObject({
    version: integer(1, 0x7fffffff).meta({ description: "As you saw it." }),
    note: text.max(longestNote).optional(),
    assignee: shortText.nullable().optional(),
    status: z.enum(groupStatuses).optional(),
  })
  .refine(
    ({ note, assignee, status }) => note !== undefined || assignee !== undefined || status !== undefined,
    "give note, assignee or status",
  );

export const deadLetterGroupEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/dead-letter-groups",
    summary: "Dead letters by cause: queue, reason, error type, and the error's message without what changes",
    access: "look",
    manner: "warren",
    query: listQuery,
    async handle({ query }, { broker, actor }) {
      const { vhost, queue, reason, assignee, cursor, empty, sort, direction, limit } = query;
      const page = await broker.groups.list(actor, {
        ...(vhost !== undefined && { vhost }),
        ...(queue !== undefined && { queue }),
        ...(reason !== undefined && { reason }),
        ...(query.error_type !== undefined && { errorType: query.error_type }),
        ...(assignee !== undefined && { assignee }),
        ...(query.q !== undefined && { text: query.q }),
        ...(cursor !== undefined && { cursor }),
        ...{ statuses: query.status, empty, sort, direction, limit },
      });
      return ok({ items: page.items.map(groupJson), next: page.next, total: page.total });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/dead-letter-groups/{group}",
    summary: "One cause, with its deaths in buckets of ten minutes",
    access: "look",
    manner: "warren",
    async handle({ path }, { broker, actor }) {
      return ok(groupDetailJson(await broker.groups.get(actor, path.group)));
    },
  }),
  endpoint({
    method: "PATCH",
    path: "/api/dead-letter-groups/{group}",
    summary: "Note, assignee and status; refused when somebody else changed it since `version`",
    access: "change",
    manner: "warren",
    body: change,
    audit: "dead-letter-group.change",
    async handle({ path, body: { version, note, assignee, status } }, { broker, actor, note: tell }) {
      tell({ ...(status !== undefined && { status }), ...(assignee !== undefined && { assignee }) });
      try {
        const group = await broker.groups.change(actor, path.group, {
          version,
          ...(note !== undefined && { note }),
          ...(assignee !== undefined && { assignee }),
          ...(status !== undefined && { status }),
        });
        return ok(groupJson(group));
      } catch (error) {
        throw withGroupJson(error);
      }
    },
  }),
];

/** The present state, in the shape of the API. */
function withGroupJson(error: unknown): unknown {
  if (!isBrokerError(error) || error.code !== "conflict" || error.detail?.group === undefined) return error;
  return new BrokerError(error.code, error.message, { group: groupJson(error.detail.group as DeadLetterGroup) });
}
