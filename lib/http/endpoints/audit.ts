import { z } from "zod";
import type { Prisma } from "@/generated/prisma/client";
import { endpoint } from "@/lib/http/endpoint";
import { auditJson } from "@/lib/http/json/audit-json";
import { ok } from "@/lib/http/reply";
import { integer, shortText, text } from "@/lib/http/schemas";

const moment = z.iso.datetime({ offset: true });

const auditQuery = z.strictObject({
  user: shortText.optional(),
  action: shortText.optional().meta({ description: "E.g. `queue.purge`; with a dot at its end all of that noun." }),
  vhost: shortText.optional(),
  target: text.max(1000).optional().meta({ description: "What it was done to, exactly." }),
  address: text.max(100).optional(),
  door: z.enum(["http", "console", "amqp"]).optional(),
  outcome: z.enum(["done", "refused", "failed"]).optional(),
  since: moment.optional(),
  until: moment.optional(),
  cursor: integer(1, Number.MAX_SAFE_INTEGER).optional().meta({ description: "`next` of the page before." }),
  limit: integer(1, 500).default(50),
});

/** What the query keeps, newest first: the number of a line grows with its time. */
function wanted(query: z.output<typeof auditQuery>): Prisma.AuditWhereInput {
  const { user, action, vhost, target, address, door, outcome, since, until, cursor } = query;
  return {
    ...(user !== undefined && { user }),
    ...(action !== undefined && { action: action.endsWith(".") ? { startsWith: action } : action }),
    ...(vhost !== undefined && { vhost }),
    ...(target !== undefined && { target }),
    ...(address !== undefined && { address }),
    ...(door !== undefined && { door }),
    ...(outcome !== undefined && { outcome }),
    at: { ...(since !== undefined && { gte: new Date(since) }), ...(until !== undefined && { lt: new Date(until) }) },
    ...(cursor !== undefined && { id: { lt: BigInt(cursor) } }),
  };
}

export const auditEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/audit",
    summary:
      "Who did what, newest first: changes over HTTP, and what was deleted or purged over AMQP; refused attempts too",
    access: "administer",
    manner: "warren",
    query: auditQuery,
    async handle({ query }, { database }) {
      const rows = await database.audit.findMany({
        where: wanted(query),
        orderBy: { id: "desc" },
        take: query.limit + 1,
      });
      const items = rows.slice(0, query.limit).map(auditJson);
      return ok({ items, next: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null });
    },
  }),
];
