import { z } from "zod";
import { toRabbitMqHash } from "@/lib/auth/rabbitmq-password";
import { type Definitions, noDefinitions, type PolicyOfKind } from "@/lib/broker/definitions";
import { BrokerError } from "@/lib/broker/errors";
import type { VhostLimits } from "@/lib/broker/limits";
import type { Policy } from "@/lib/broker/policy";
import { toPlain } from "@/lib/broker/properties/plain";
import { exchangeTypeOf } from "@/lib/broker/rules/exchange-type";
import { RABBITMQ_VERSION } from "@/lib/http/compatibility";
import { policyBody } from "@/lib/http/endpoints/policies";
import { policyJson } from "@/lib/http/json/policy-json";
import { permissionJson, topicPermissionJson, userJson } from "@/lib/http/json/user-json";
import { argumentTable, flag, jsonObject, parseWith, shortText, text } from "@/lib/http/schemas";
import { passwordHashOf, tagList, userBody } from "@/lib/http/user-body";
import { WARREN_VERSION } from "@/lib/version";

/** Which component of RabbitMQ's parameters is what here. */
const components = { limits: "vhost-limits", operator: "operator_policy", user: "policy" } as const;

const vhost = shortText.optional();

/** A definitions file. What RabbitMQ adds beside these (versions, meta data) is passed over, as RabbitMQ does. */
export const definitionsBody = z.object({
  users: z.array(userBody.extend({ name: text, limits: jsonObject.default({}) })).default([]),
  vhosts: z
    .array(
      z.object({
        name: text,
        description: text.optional(),
        tags: tagList.optional(),
        metadata: z.object({ description: text.optional(), tags: tagList.optional() }).optional(),
      }),
    )
    .default([]),
  permissions: z.array(z.object({ user: text, vhost, configure: text, write: text, read: text })).default([]),
  topic_permissions: z.array(z.object({ user: text, vhost, exchange: text, write: text, read: text })).default([]),
  parameters: z.array(z.object({ component: text, name: text, vhost, value: jsonObject })).default([]),
  global_parameters: z.array(z.object({ name: text, value: z.json() })).default([]),
  policies: z.array(policyBody.extend({ name: text, vhost })).default([]),
  queues: z
    .array(
      z.object({
        ...{ name: text, vhost, durable: flag.default(true), auto_delete: flag.default(false) },
        ...{ type: text.optional(), arguments: argumentTable },
      }),
    )
    .default([]),
  exchanges: z
    .array(
      z.object({
        ...{ name: text, vhost, type: text.default("direct"), durable: flag.default(true) },
        ...{ auto_delete: flag.default(false), internal: flag.default(false), arguments: argumentTable },
      }),
    )
    .default([]),
  bindings: z
    .array(
      z.object({
        ...{ source: text, vhost, destination: text, destination_type: z.enum(["queue", "exchange"]) },
        ...{ routing_key: text.default(""), arguments: argumentTable },
      }),
    )
    .default([]),
});
type DefinitionsBody = z.output<typeof definitionsBody>;

/**
 * What a definitions file asks for.
 * @param only the vhost that all of it is meant for, whatever the file says; then users and the like are passed over
 * Throws `bad-request`.
 */
export async function definitionsOf(body: DefinitionsBody, only?: string): Promise<Definitions> {
  const at = (item: { readonly vhost?: string | undefined }) => {
    const named = only ?? item.vhost;
    if (named === undefined)
      throw new BrokerError("bad-request", "The file is of one vhost: POST it to that one's path.");
    return named;
  };
  const declared: Definitions = {
    ...noDefinitions,
    vhostLimits: parametersOf(body, components.limits).map((item) => ({
      vhost: at(item),
      limits: item.value as VhostLimits["limits"],
    })),
    policies: [
      ...body.policies.map((policy) => ({ kind: "user" as const, policy: policyOf(policy, policy.name, at(policy)) })),
      ...parametersOf(body, components.user).map((item) => parameterPolicy("user", item, at(item))),
      ...parametersOf(body, components.operator).map((item) => parameterPolicy("operator", item, at(item))),
    ],
    exchanges: body.exchanges.map((exchange) => {
      const { name, durable, internal, auto_delete: autoDelete, arguments: table } = exchange;
      const type = exchangeTypeOf(exchange.type, table);
      if (type === undefined) throw new BrokerError("bad-request", `There is no exchange type '${exchange.type}'.`);
      return { vhost: at(exchange), name, type, durable, autoDelete, internal, arguments: table };
    }),
    queues: body.queues.map((queue) => {
      const { name, durable, auto_delete: autoDelete } = queue;
      return { vhost: at(queue), name, durable, autoDelete, exclusive: false, arguments: queue.arguments };
    }),
    bindings: body.bindings
      .filter(({ source }) => source !== "")
      .map((binding) => ({
        ...{ vhost: at(binding), source: binding.source, routingKey: binding.routing_key },
        ...{ destination: { kind: binding.destination_type, name: binding.destination }, arguments: binding.arguments },
      })),
  };
  mustKnowComponents(body);
  if (only !== undefined) return declared;
  return {
    ...declared,
    users: await Promise.all(
      body.users.map(async (user) => ({ name: user.name, tags: user.tags, passwordHash: await passwordHashOf(user) })),
    ),
    userLimits: body.users
      .filter(({ limits }) => Object.keys(limits).length > 0)
      .map(({ name, limits }) => ({ user: name, limits })),
    vhosts: body.vhosts.map(({ name, description, tags, metadata }) => {
      const described = description ?? metadata?.description;
      const tagged = tags ?? metadata?.tags;
      return { name, ...(described !== undefined && { description: described }), ...(tagged && { tags: tagged }) };
    }),
    permissions: body.permissions.map((permission) => ({ ...permission, vhost: at(permission) })),
    topicPermissions: body.topic_permissions.map((permission) => ({ ...permission, vhost: at(permission) })),
    globalParameters: body.global_parameters,
  };
}

function parametersOf({ parameters }: DefinitionsBody, component: string) {
  return parameters.filter((parameter) => parameter.component === component);
}

/** As RabbitMQ without the plugin that a component belongs to. */
function mustKnowComponents({ parameters }: DefinitionsBody): void {
  const known: readonly string[] = Object.values(components);
  const unknown = parameters.find(({ component }) => !known.includes(component));
  if (unknown === undefined) return;
  const { component, name } = unknown;
  throw new BrokerError(
    "bad-request",
    `Validation failed\n\ncomponent ${component} not found (parameter '${name}'). Take it out of the file: Warren has nothing like it.`,
  );
}

function parameterPolicy(
  kind: PolicyOfKind["kind"],
  { name, value }: { readonly name: string; readonly value: unknown },
  vhostName: string,
): PolicyOfKind {
  return { kind, policy: policyOf(parseWith(policyBody, value, `policy '${name}'`), name, vhostName) };
}

function policyOf(body: z.output<typeof policyBody>, name: string, vhostName: string): Policy {
  const { pattern, definition, priority, "apply-to": applyTo } = body;
  return { vhost: vhostName, name, pattern, definition, priority, applyTo };
}

/**
 * A definitions file, as RabbitMQ writes it.
 * @param only of one vhost: then the vhost doesn't stand with each object
 */
export function definitionsJson(definitions: Definitions, only?: string) {
  const where = (item: { readonly vhost: string }) => (only === undefined ? { vhost: item.vhost } : {});
  const { policies, vhostLimits, userLimits } = definitions;
  const limitsOf = (name: string) => userLimits.find(({ user }) => user === name)?.limits ?? {};
  const policiesOf = (kind: PolicyOfKind["kind"]) =>
    policies.filter((one) => one.kind === kind).map(({ policy }) => policyJson(policy));
  return {
    rabbit_version: RABBITMQ_VERSION,
    rabbitmq_version: RABBITMQ_VERSION,
    product_name: "Warren",
    product_version: WARREN_VERSION,
    ...(only === undefined && {
      users: definitions.users.map((user) => userJson(user, toRabbitMqHash(user.passwordHash), limitsOf(user.name))),
      vhosts: definitions.vhosts.map(({ name, description, tags }) => ({
        ...{ name, description, tags, metadata: { description, tags } },
      })),
      permissions: definitions.permissions.map(permissionJson),
      topic_permissions: definitions.topicPermissions.map(topicPermissionJson),
      global_parameters: definitions.globalParameters,
    }),
    parameters: [
      ...vhostLimits.map((item) => ({
        ...{ component: components.limits, name: "limits", vhost: item.vhost, value: item.limits },
      })),
      ...policiesOf("operator").map(({ name, vhost: at, ...value }) => ({
        ...{ component: components.operator, name, vhost: at, value },
      })),
    ],
    policies: policiesOf("user"),
    queues: definitions.queues.map(({ name, durable, autoDelete, arguments: table, vhost: at }) => ({
      ...{ name, ...where({ vhost: at }), durable, auto_delete: autoDelete, arguments: toPlain(table) },
    })),
    // Predeclared ones are in every virtual host.
    exchanges: definitions.exchanges
      .filter(({ name }) => name !== "" && !name.startsWith("amq."))
      .map(({ name, type, durable, autoDelete, internal, arguments: table, vhost: at }) => ({
        ...{ name, ...where({ vhost: at }), type, durable, auto_delete: autoDelete, internal },
        arguments: toPlain(table),
      })),
    bindings: definitions.bindings.map(({ source, destination, routingKey, arguments: table, vhost: at }) => ({
      ...{ source, ...where({ vhost: at }), destination: destination.name, destination_type: destination.kind },
      ...{ routing_key: routingKey, arguments: toPlain(table) },
    })),
  };
}
