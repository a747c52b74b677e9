import { z } from "zod";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { VhostLimits } from "@/lib/broker/limits";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { listed, listQuery } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { jsonObject } from "@/lib/http/schemas";

const limitValue = z.object({ value: z.number().int() });

/** The component under which RabbitMQ keeps a vhost's limits among its parameters. */
const component = "vhost-limits";
const parameterName = "limits";

function parameterJson({ vhost, limits }: VhostLimits) {
  return { component, vhost, name: parameterName, value: limits };
}

/** What there is of a component. There is only one; policies are parameters as well to RabbitMQ, but not listed as such. */
async function parameters(of: string, { administration, actor }: Call, vhost?: string) {
  if (of !== component) return [];
  return (await administration.listVhostLimits(actor, vhost)).map(parameterJson);
}

function mustBeKnown(path: { readonly component: string; readonly name: string }): void {
  if (path.component !== component) {
    throw new BrokerError("bad-request", `Validation failed\n\ncomponent ${path.component} not found`);
  }
  if (path.name !== parameterName) throw new BrokerError("bad-request", `A ${component} is called '${parameterName}'.`);
}

/** Sets these limits and no others. */
async function replaceVhostLimits(vhost: string, wanted: Readonly<Record<string, unknown>>, call: Call) {
  const { administration, actor } = call;
  const [before] = await administration.listVhostLimits(actor, vhost);
  for (const [name, value] of Object.entries(wanted)) {
    await administration.setVhostLimit(actor, vhost, name, z.number().catch(Number.NaN).parse(value));
  }
  const gone = Object.keys(before?.limits ?? {}).filter((name) => !Object.hasOwn(wanted, name));
  for (const name of gone) await administration.setVhostLimit(actor, vhost, name, null);
  return before === undefined;
}

const list = { method: "GET", access: "look", manner: "rabbitmq", query: listQuery } as const;

export const limitEndpoints = [
  endpoint({
    ...list,
    path: "/api/vhost-limits",
    summary: "The limits of all virtual hosts that have any",
    async handle({ query }, { administration, actor }) {
      const limits = await administration.listVhostLimits(actor);
      return ok(
        listed(
          limits.map((one) => ({ vhost: one.vhost, value: one.limits })),
          query,
        ),
      );
    },
  }),
  endpoint({
    ...list,
    path: "/api/vhost-limits/{vhost}",
    summary: "The limits of a virtual host",
    async handle({ path: { vhost }, query }, { administration, actor }) {
      const limits = await administration.listVhostLimits(actor, vhost);
      return ok(
        listed(
          limits.map((one) => ({ vhost: one.vhost, value: one.limits })),
          query,
        ),
      );
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/vhost-limits/{vhost}/{limit}",
    summary: "Set `max-connections` or `max-queues` of a virtual host; -1 is no limit",
    access: "administer",
    manner: "rabbitmq",
    body: limitValue,
    audit: "vhost-limit.put",
    async handle({ path, body }, { administration, actor, note }) {
      note(body);
      await administration.setVhostLimit(actor, path.vhost, path.limit, body.value);
      return noContent();
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/vhost-limits/{vhost}/{limit}",
    summary: "Take a limit of a virtual host away",
    access: "administer",
    manner: "rabbitmq",
    audit: "vhost-limit.delete",
    async handle({ path }, { administration, actor }) {
      await administration.setVhostLimit(actor, path.vhost, path.limit, null);
      return noContent();
    },
  }),
  endpoint({
    ...list,
    access: "administer",
    path: "/api/user-limits",
    summary: "The limits of all users that have any",
    async handle({ query }, { administration, actor }) {
      const limits = await administration.listUserLimits(actor);
      return ok(
        listed(
          limits.map((one) => ({ user: one.user, value: one.limits })),
          query,
        ),
      );
    },
  }),
  endpoint({
    ...list,
    access: "administer",
    path: "/api/user-limits/{user}",
    summary: "The limits of a user",
    async handle({ path: { user }, query }, { administration, actor }) {
      const limits = await administration.listUserLimits(actor, user);
      return ok(
        listed(
          limits.map((one) => ({ user: one.user, value: one.limits })),
          query,
        ),
      );
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/user-limits/{user}/{limit}",
    summary: "Set `max-connections` or `max-channels` of a user; -1 is no limit",
    access: "administer",
    manner: "rabbitmq",
    body: limitValue,
    audit: "user-limit.put",
    async handle({ path, body }, { administration, actor, note }) {
      note(body);
      await administration.setUserLimit(actor, path.user, path.limit, body.value);
      return noContent();
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/user-limits/{user}/{limit}",
    summary: "Take a limit of a user away",
    access: "administer",
    manner: "rabbitmq",
    audit: "user-limit.delete",
    async handle({ path }, { administration, actor }) {
      await administration.setUserLimit(actor, path.user, path.limit, null);
      return noContent();
    },
  }),
  endpoint({
    ...list,
    access: "set-policy",
    path: "/api/parameters",
    summary: "RabbitMQ's parameters: here the limits of virtual hosts (component `vhost-limits`)",
    handle: async ({ query }, call) => ok(listed(await parameters(component, call), query)),
  }),
  endpoint({
    ...list,
    access: "set-policy",
    path: "/api/parameters/{component}",
    summary: "The parameters of a component",
    handle: async ({ path, query }, call) => ok(listed(await parameters(path.component, call), query)),
  }),
  endpoint({
    ...list,
    access: "set-policy",
    path: "/api/parameters/{component}/{vhost}",
    summary: "The parameters of a component in a virtual host",
    handle: async ({ path, query }, call) => ok(listed(await parameters(path.component, call, path.vhost), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/parameters/{component}/{vhost}/{name}",
    summary: "One parameter",
    access: "set-policy",
    manner: "rabbitmq",
    async handle({ path }, call) {
      const found = (await parameters(path.component, call, path.vhost)).find(({ name }) => name === path.name);
      if (found === undefined) throw notFound("parameter", path.name, path.vhost);
      return ok(found);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/parameters/{component}/{vhost}/{name}",
    summary: "Set a parameter",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ value: jsonObject }),
    audit: "parameter.put",
    async handle({ path, body }, call) {
      mustBeKnown(path);
      call.note({ value: body.value });
      return createdOrNot(await replaceVhostLimits(path.vhost, body.value, call));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/parameters/{component}/{vhost}/{name}",
    summary: "Take a parameter away",
    access: "administer",
    manner: "rabbitmq",
    audit: "parameter.delete",
    async handle({ path }, call) {
      const found = (await parameters(path.component, call, path.vhost)).find(({ name }) => name === path.name);
      if (found === undefined) throw notFound("parameter", path.name, path.vhost);
      await replaceVhostLimits(path.vhost, {}, call);
      return noContent();
    },
  }),
  endpoint({
    ...list,
    access: "set-policy",
    path: "/api/global-parameters",
    summary: "RabbitMQ's global parameters: values that programs keep here under a name",
    async handle({ query }, { administration, actor }) {
      return ok(listed(await administration.listGlobalParameters(actor), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/global-parameters/{name}",
    summary: "One global parameter",
    access: "set-policy",
    manner: "rabbitmq",
    async handle({ path }, { administration, actor }) {
      const found = (await administration.listGlobalParameters(actor)).find(({ name }) => name === path.name);
      if (found === undefined) throw notFound("parameter", path.name);
      return ok(found);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/global-parameters/{name}",
    summary: "Set a global parameter",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ value: z.json() }),
    audit: "global-parameter.put",
    async handle({ path, body }, { administration, actor }) {
      const { name } = path;
      return createdOrNot((await administration.putGlobalParameter(actor, { name, value: body.value })).created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/global-parameters/{name}",
    summary: "Take a global parameter away",
    access: "administer",
    manner: "rabbitmq",
    audit: "global-parameter.delete",
    async handle({ path }, { administration, actor }) {
      await administration.deleteGlobalParameter(actor, path.name);
      return noContent();
    },
  }),
];
