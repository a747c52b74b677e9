import { z } from "zod";
import { toRabbitMqHash } from "@/lib/auth/rabbitmq-password";
import type { User } from "@/lib/broker/access";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { userJson } from "@/lib/http/json/user-json";
import { listed, listQuery } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { shortText } from "@/lib/http/schemas";
import { passwordHashOf, userBody } from "@/lib/http/user-body";

async function json(users: readonly User[], { administration, actor }: Call) {
  const limits = await administration.listUserLimits(actor);
  const limitsOf = (name: string) => limits.find(({ user }) => user === name)?.limits ?? {};
  return users.map((user) => userJson(user, toRabbitMqHash(user.passwordHash), limitsOf(user.name)));
}

/** Who is gone, or has another password, is not served any longer. */
async function closeConnectionsOf(names: readonly string[], reason: string, { broker, actor }: Call) {
  const connections = (await broker.listConnections(actor, {})).filter(({ user }) => names.includes(user));
  await Promise.all(connections.map(({ name }) => broker.closeConnection(actor, name, reason).catch(() => {})));
}

export const userEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/users",
    summary: "All users",
    access: "administer",
    manner: "rabbitmq",
    query: listQuery,
    handle: async ({ query }, call) =>
      ok(listed(await json(await call.administration.listUsers(call.actor), call), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/users/without-permissions",
    summary: "The users without any permission",
    access: "administer",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ query }, call) {
      const { administration, actor } = call;
      const permitted = new Set((await administration.listPermissions(actor)).map(({ user }) => user));
      const users = (await administration.listUsers(actor)).filter(({ name }) => !permitted.has(name));
      return ok(listed(await json(users, call), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/users/{name}",
    summary: "One user",
    access: "administer",
    manner: "rabbitmq",
    async handle({ path }, call) {
      const user = await call.administration.getUser(call.actor, path.name);
      return ok((await json([user], call))[0]);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/users/{name}",
    summary: "Make or change a user: `tags`, and `password` or `password_hash`; without either nobody can log in",
    access: "administer",
    manner: "rabbitmq",
    body: userBody,
    audit: "user.put",
    async handle({ path: { name }, body }, { administration, actor, note }) {
      note({ tags: body.tags });
      const user = { name, passwordHash: await passwordHashOf(body), tags: body.tags };
      return createdOrNot((await administration.putUser(actor, user)).created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/users/{name}",
    summary: "Delete a user, with permissions, tokens and sessions; its connections are closed",
    access: "administer",
    manner: "rabbitmq",
    audit: "user.delete",
    async handle({ path: { name } }, call) {
      await call.administration.deleteUsers(call.actor, [name]);
      await closeConnectionsOf([name], `User '${name}' was deleted`, call);
      return noContent();
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/users/bulk-delete",
    summary: "Delete several `users`, all or none",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ users: z.array(shortText).max(10_000) }),
    audit: "user.delete",
    async handle({ body: { users } }, call) {
      call.note({ target: users.slice(0, 100).join(" ") });
      await call.administration.deleteUsers(call.actor, users);
      await closeConnectionsOf(users, "The user was deleted", call);
      return noContent();
    },
  }),
];
