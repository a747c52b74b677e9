import { z } from "zod";
import type { MessageTemplate, Prisma } from "@/generated/prisma/client";
import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { noContent, ok } from "@/lib/http/reply";
import { shortText, text } from "@/lib/http/schemas";

/** Largest content of a template as JSON, in UTF-16 units. */
const MOST_CONTENT = 1_048_576;
/** Templates that one user may have. */
const MOST_TEMPLATES = 1_000;

const content = z.json().refine((value) => JSON.stringify(value).length <= MOST_CONTENT, "is larger than 1 MiB");

function templateJson(template: MessageTemplate) {
  const { id, vhost, name, updatedAt } = template;
  return { id, vhost, name, content: template.content, updated_at: updatedAt.toISOString() };
}

function ownerId({ user }: Call): string {
  if (user === null) throw new BrokerError("unauthenticated", "Log in first.");
  return user.id;
}

export const templateEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/templates",
    summary: "Your saved messages for the publish form",
    access: "look",
    manner: "warren",
    query: z.strictObject({ vhost: shortText.optional() }),
    async handle({ query }, call) {
      const where = { userId: ownerId(call), ...(query.vhost !== undefined && { vhost: query.vhost }) };
      const templates = await call.database.messageTemplate.findMany({ where, orderBy: { name: "asc" } });
      return ok(templates.map(templateJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/templates",
    summary: "Save a message under a name; one of the same name is replaced",
    access: "change",
    manner: "warren",
    body: z.strictObject({ name: text.min(1).max(200), vhost: shortText.default(""), content }),
    audit: "template.save",
    async handle({ body: { name, vhost, content: given } }, call) {
      const userId = ownerId(call);
      call.note({ target: name });
      const { messageTemplate } = call.database;
      if ((await messageTemplate.count({ where: { userId } })) >= MOST_TEMPLATES) {
        throw new BrokerError("conflict", `You have ${MOST_TEMPLATES} templates. Delete some first.`);
      }
      // NUL is legal in JSON, but Postgres has no place for it.
      if (JSON.stringify(given).includes("\\u0000")) {
        throw new BrokerError("bad-request", "A template can't hold the character NUL. Save its body as base64.");
      }
      const kept = given as Prisma.InputJsonValue;
      const template = await messageTemplate.upsert({
        where: { userId_vhost_name: { userId, vhost, name } },
        create: { userId, vhost, name, content: kept },
        update: { content: kept },
      });
      return ok(templateJson(template));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/templates/{template}",
    summary: "Delete one of your saved messages",
    access: "change",
    manner: "warren",
    audit: "template.delete",
    async handle({ path }, call) {
      const where = { id: path.template, userId: ownerId(call) };
      const { count } = await call.database.messageTemplate.deleteMany({ where });
      if (count === 0) throw new BrokerError("not-found", `You have no template ${path.template}.`);
      return noContent();
    },
  }),
];
