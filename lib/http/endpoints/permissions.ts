import { z } from "zod";
import { notFound } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { permissionJson, topicPermissionJson } from "@/lib/http/json/user-json";
import { listed, listQuery } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { exchangeName, text } from "@/lib/http/schemas";

const list = { method: "GET", access: "administer", manner: "rabbitmq", query: listQuery } as const;

async function permissions({ administration, actor }: Call, of: { vhost?: string; user?: string } = {}) {
  return (await administration.listPermissions(actor, of)).map(permissionJson);
}

async function topicPermissions({ administration, actor }: Call, of: { vhost?: string; user?: string } = {}) {
  return (await administration.listTopicPermissions(actor, of)).map(topicPermissionJson);
}

export const permissionEndpoints = [
  endpoint({
    ...list,
    path: "/api/permissions",
    summary: "All permissions",
    handle: async ({ query }, call) => ok(listed(await permissions(call), query)),
  }),
  endpoint({
    ...list,
    path: "/api/vhosts/{vhost}/permissions",
    summary: "The permissions in a virtual host",
    handle: async ({ path: { vhost }, query }, call) => ok(listed(await permissions(call, { vhost }), query)),
  }),
  endpoint({
    ...list,
    path: "/api/users/{user}/permissions",
    summary: "The permissions of a user",
    handle: async ({ path: { user }, query }, call) => ok(listed(await permissions(call, { user }), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/permissions/{vhost}/{user}",
    summary: "What a user may do in a virtual host",
    access: "administer",
    manner: "rabbitmq",
    async handle({ path: { vhost, user } }, call) {
      const [found] = await permissions(call, { vhost, user });
      if (found === undefined) throw notFound("permission", user, vhost);
      return ok(found);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/permissions/{vhost}/{user}",
    summary: "Say what a user may do in a virtual host: patterns of names to `configure`, `write` to and `read` from",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ configure: text, write: text, read: text }),
    audit: "permission.put",
    async handle({ path, body }, { administration, actor, note }) {
      note(body);
      return createdOrNot((await administration.putPermission(actor, { ...path, ...body })).created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/permissions/{vhost}/{user}",
    summary: "Take a user's permissions in a virtual host away",
    access: "administer",
    manner: "rabbitmq",
    audit: "permission.delete",
    async handle({ path: { vhost, user } }, { administration, actor }) {
      await administration.deletePermission(actor, vhost, user);
      return noContent();
    },
  }),
  endpoint({
    ...list,
    path: "/api/topic-permissions",
    summary: "All topic permissions",
    handle: async ({ query }, call) => ok(listed(await topicPermissions(call), query)),
  }),
  endpoint({
    ...list,
    path: "/api/vhosts/{vhost}/topic-permissions",
    summary: "The topic permissions in a virtual host",
    handle: async ({ path: { vhost }, query }, call) => ok(listed(await topicPermissions(call, { vhost }), query)),
  }),
  endpoint({
    ...list,
    path: "/api/users/{user}/topic-permissions",
    summary: "The topic permissions of a user",
    handle: async ({ path: { user }, query }, call) => ok(listed(await topicPermissions(call, { user }), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/topic-permissions/{vhost}/{user}",
    summary: "The topic permissions of a user in a virtual host",
    access: "administer",
    manner: "rabbitmq",
    async handle({ path: { vhost, user } }, call) {
      const found = await topicPermissions(call, { vhost, user });
      if (found.length === 0) throw notFound("permission", user, vhost);
      return ok(found);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/topic-permissions/{vhost}/{user}",
    summary: "Say which routing keys a user may `write` to and `read` from at a topic `exchange`",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ exchange: exchangeName, write: text, read: text }),
    audit: "topic-permission.put",
    async handle({ path, body }, { administration, actor, note }) {
      note(body);
      return createdOrNot((await administration.putTopicPermission(actor, { ...path, ...body })).created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/topic-permissions/{vhost}/{user}",
    summary: "Take a user's topic permissions in a virtual host away",
    access: "administer",
    manner: "rabbitmq",
    audit: "topic-permission.delete",
    async handle({ path: { vhost, user } }, { administration, actor }) {
      await administration.deleteTopicPermissions(actor, vhost, user);
      return noContent();
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/topic-permissions/{vhost}/{user}/{exchange}",
    summary: "Take a user's topic permissions at one exchange away",
    access: "administer",
    manner: "rabbitmq",
    audit: "topic-permission.delete",
    async handle({ path: { vhost, user, exchange } }, { administration, actor }) {
      await administration.deleteTopicPermissions(actor, vhost, user, exchange);
      return noContent();
    },
  }),
];
