import type { Permission, TopicPermission, User } from "@/lib/broker/access";
import { BrokerError, notFound } from "@/lib/broker/errors";
import { checkPermission, checkTopicPermission, checkUser } from "@/lib/broker/rules/check-access";
import type { EngineContext } from "@/lib/engine/context";
import {
  permissionDelete,
  permissionList,
  permissionPut,
  topicPermissionDelete,
  topicPermissionList,
  topicPermissionPut,
} from "@/lib/engine/sql/permission";
import { userAdministratorIsLeft, userDelete, userList, userLock, userPut } from "@/lib/engine/sql/user";
import type { Queryable } from "@/lib/engine/statement";
import { mustFindVhost } from "@/lib/engine/topology/change";

interface Of {
  readonly vhost?: string;
  readonly user?: string;
}

/** Throws `not-found`. */
export async function getUser(context: EngineContext, name: string): Promise<User> {
  const [user] = await userList(context.database.main, name);
  if (user === undefined) throw notFound("user", name);
  return user;
}

/** Throws `bad-request` for a name or tags that can't be. */
export async function putUser(context: EngineContext, user: User): Promise<{ created: boolean }> {
  checkUser(user);
  return context.database.main.transaction(async (tx) => {
    await userLock(tx);
    const created = await userPut(tx, user);
    await mustHaveAdministrator(tx);
    return { created };
  });
}

/** Without one nobody could ever make another: RabbitMQ has its command line for that. Throws `precondition-failed`. */
export async function mustHaveAdministrator(tx: Queryable): Promise<void> {
  if (await userAdministratorIsLeft(tx)) return;
  throw new BrokerError("precondition-failed", "One user with the tag administrator has to be left.");
}

/** Throws `not-found` when one of them isn't there; then none is deleted. */
export async function deleteUsers(context: EngineContext, names: readonly string[]): Promise<void> {
  await context.database.main.transaction(async (tx) => {
    await userLock(tx);
    const deleted = new Set(await userDelete(tx, names));
    const missing = names.find((name) => !deleted.has(name));
    if (missing !== undefined) throw notFound("user", missing);
    await mustHaveAdministrator(tx);
  });
}

/** Throws `not-found` for the vhost or the user. */
export async function listPermissions(context: EngineContext, of: Of): Promise<Permission[]> {
  await mustBeThere(context, of);
  return permissionList(context.database.main, of);
}

/** Throws `bad-request` for patterns that can't be, and for a vhost or user that isn't there. */
export async function putPermission(context: EngineContext, permission: Permission): Promise<{ created: boolean }> {
  checkPermission(permission);
  return { created: mustBePut(await permissionPut(context.database.main, permission), permission) };
}

/** Throws `not-found`. */
export async function deletePermission(context: EngineContext, vhost: string, user: string): Promise<void> {
  await mustBeThere(context, { vhost, user });
  if (!(await permissionDelete(context.database.main, vhost, user))) throw notFound("permission", user, vhost);
}

/** Throws `not-found` for the vhost or the user. */
export async function listTopicPermissions(context: EngineContext, of: Of): Promise<TopicPermission[]> {
  await mustBeThere(context, of);
  return topicPermissionList(context.database.main, of);
}

/** Throws `bad-request` for patterns that can't be, and for a vhost or user that isn't there. */
export async function putTopicPermission(
  context: EngineContext,
  permission: TopicPermission,
): Promise<{ created: boolean }> {
  checkTopicPermission(permission);
  return { created: mustBePut(await topicPermissionPut(context.database.main, permission), permission) };
}

/** Throws `not-found`. */
export async function deleteTopicPermissions(
  context: EngineContext,
  vhost: string,
  user: string,
  exchange?: string,
): Promise<void> {
  await mustBeThere(context, { vhost, user });
  if (await topicPermissionDelete(context.database.main, vhost, user, exchange ?? null)) return;
  throw notFound("permission", user, vhost);
}

async function mustBeThere(context: EngineContext, { vhost, user }: Of): Promise<void> {
  if (vhost !== undefined) await mustFindVhost(context.database.main, vhost);
  if (user !== undefined) await getUser(context, user);
}

/** RabbitMQ answers 400 here, not 404. */
function mustBePut(created: boolean | undefined, { vhost, user }: { vhost: string; user: string }): boolean {
  if (created !== undefined) return created;
  throw new BrokerError("bad-request", `There is no vhost '${vhost}' or no user '${user}'.`, { vhost, user });
}
