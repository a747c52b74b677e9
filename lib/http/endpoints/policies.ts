import { z } from "zod";
import { type PolicyKind, policyTargets } from "@/lib/broker/policy";
import { type Endpoint, endpoint } from "@/lib/http/endpoint";
import { policyJson } from "@/lib/http/json/policy-json";
import { listed, listQuery } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { jsonObject, text } from "@/lib/http/schemas";

/** A policy without its name, as RabbitMQ's API and definitions have it. */
export const policyBody = z.object({
  pattern: text,
  definition: jsonObject,
  priority: z.number().int().default(0),
  "apply-to": z.enum(policyTargets).default("all"),
});

const kinds = {
  user: { paths: "policies", called: "policy", many: "policies", audit: "policy", change: "set-policy" },
  operator: {
    paths: "operator-policies",
    called: "operator policy",
    many: "operator policies",
    audit: "operator-policy",
    change: "administer",
  },
} as const;

function endpointsOf(kind: PolicyKind): readonly Endpoint[] {
  const { paths, called, many, audit, change } = kinds[kind];
  return [
    endpoint({
      method: "GET",
      path: `/api/${paths}`,
      summary: `All ${many}`,
      access: "look",
      manner: "rabbitmq",
      query: listQuery,
      async handle({ query }, { administration, actor }) {
        return ok(listed((await administration.listPolicies(actor, kind)).map(policyJson), query));
      },
    }),
    endpoint({
      method: "GET",
      path: `/api/${paths}/{vhost}`,
      summary: `The ${many} of a virtual host`,
      access: "look",
      manner: "rabbitmq",
      query: listQuery,
      async handle({ path, query }, { administration, actor }) {
        return ok(listed((await administration.listPolicies(actor, kind, path.vhost)).map(policyJson), query));
      },
    }),
    endpoint({
      method: "GET",
      path: `/api/${paths}/{vhost}/{name}`,
      summary: `One ${called}`,
      access: "look",
      manner: "rabbitmq",
      async handle({ path }, { administration, actor }) {
        return ok(policyJson(await administration.getPolicy(actor, kind, path.vhost, path.name)));
      },
    }),
    endpoint({
      method: "PUT",
      path: `/api/${paths}/{vhost}/{name}`,
      summary: `Make or change ${kind === "user" ? "a policy" : "an operator policy"}; it takes effect at once`,
      access: change,
      manner: "rabbitmq",
      body: policyBody,
      audit: `${audit}.put`,
      async handle({ path: { vhost, name }, body }, { administration, actor, note }) {
        const { pattern, definition, priority, "apply-to": applyTo } = body;
        note({ pattern, definition, priority, apply_to: applyTo });
        const policy = { vhost, name, pattern, definition, priority, applyTo };
        return createdOrNot((await administration.putPolicy(actor, kind, policy)).created);
      },
    }),
    endpoint({
      method: "DELETE",
      path: `/api/${paths}/{vhost}/{name}`,
      summary: `Delete ${kind === "user" ? "a policy" : "an operator policy"}`,
      access: change,
      manner: "rabbitmq",
      audit: `${audit}.delete`,
      async handle({ path }, { administration, actor }) {
        await administration.deletePolicy(actor, kind, path.vhost, path.name);
        return noContent();
      },
    }),
  ];
}

export const policyEndpoints: readonly Endpoint[] = [...endpointsOf("user"), ...endpointsOf("operator")];
