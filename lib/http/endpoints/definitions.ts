import { z } from "zod";
import type { DefinitionChange } from "@/lib/broker/definitions";
import { definitionsBody, definitionsJson, definitionsOf } from "@/lib/http/definitions-format";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { noContent, ok, type Reply } from "@/lib/http/reply";
import { flag } from "@/lib/http/schemas";

const importQuery = z.object({
  plan: flag.default(false).meta({ description: "Changes nothing, and answers with what would be done." }),
});

function summaryOf(changes: readonly DefinitionChange[]) {
  const count = (action: DefinitionChange["action"]) => changes.filter((change) => change.action === action).length;
  return {
    create: count("create"),
    change: count("change"),
    unchanged: count("unchanged"),
    conflict: count("conflict"),
  };
}

async function take(
  body: z.output<typeof definitionsBody>,
  { plan }: z.output<typeof importQuery>,
  { administration, actor, note }: Call,
  vhost?: string,
): Promise<Reply> {
  const definitions = await definitionsOf(body, vhost);
  if (plan) {
    const changes = await administration.planDefinitions(actor, definitions);
    note({ plan: true });
    return ok({ summary: summaryOf(changes), changes });
  }
  note(summaryOf(await administration.importDefinitions(actor, definitions)));
  return noContent();
}

export const definitionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/definitions",
    summary: "Everything but messages, in RabbitMQ's format",
    access: "administer",
    manner: "rabbitmq",
    handle: async (_input, { administration, actor }) =>
      ok(definitionsJson(await administration.exportDefinitions(actor))),
  }),
  endpoint({
    method: "GET",
    path: "/api/definitions/{vhost}",
    summary: "Limits, policies, exchanges, queues and bindings of a virtual host, in RabbitMQ's format",
    access: "administer",
    manner: "rabbitmq",
    handle: async ({ path: { vhost } }, { administration, actor }) =>
      ok(definitionsJson(await administration.exportDefinitions(actor, vhost), vhost)),
  }),
  endpoint({
    method: "POST",
    path: "/api/definitions",
    summary: "Import a definitions file, all or nothing; with `plan=true` only say what that would do",
    access: "administer",
    manner: "rabbitmq",
    query: importQuery,
    body: definitionsBody,
    audit: "definitions.import",
    handle: ({ query, body }, call) => take(body, query, call),
  }),
  endpoint({
    method: "POST",
    path: "/api/definitions/{vhost}",
    summary: "The same into one virtual host: its limits, policies, exchanges, queues and bindings",
    access: "administer",
    manner: "rabbitmq",
    query: importQuery,
    body: definitionsBody,
    audit: "definitions.import",
    handle: ({ path, query, body }, call) => take(body, query, call, path.vhost),
  }),
];
