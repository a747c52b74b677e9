import type { ClientLimits } from "@/lib/broker/broker";
import { notFound } from "@/lib/broker/errors";
import {
  type GlobalParameter,
  type UserLimits,
  userLimitNames,
  type VhostLimits,
  vhostLimitNames,
} from "@/lib/broker/limits";
import { checkLimit } from "@/lib/broker/rules/limits";
import { checkName } from "@/lib/broker/rules/names";
import { getUser } from "@/lib/engine/administration/users";
import type { EngineContext } from "@/lib/engine/context";
import { globalParameterDelete, globalParameterList, globalParameterPut } from "@/lib/engine/sql/global-parameter";
import { countClients, userLimitList, userLimitPut, vhostLimitList, vhostLimitPut } from "@/lib/engine/sql/limit";
import { mustFindVhost } from "@/lib/engine/topology/change";

/** Throws `not-found` for the vhost. */
export async function listVhostLimits(context: EngineContext, vhost?: string): Promise<readonly VhostLimits[]> {
  if (vhost !== undefined) await mustFindVhost(context.database.main, vhost);
  return vhostLimitList(context.database.main, vhost ?? null);
}

/** @param value null takes the limit away. Throws `not-found` for the vhost, `bad-request` for what is no limit. */
export async function setVhostLimit(
  context: EngineContext,
  vhost: string,
  name: string,
  value: number | null,
): Promise<void> {
  checkLimit(name, value, vhostLimitNames);
  const { main } = context.database;
  await vhostLimitPut(main, await mustFindVhost(main, vhost), name, value);
}

/** Throws `not-found` for the user. */
export async function listUserLimits(context: EngineContext, user?: string): Promise<readonly UserLimits[]> {
  if (user !== undefined) await getUser(context, user);
  return userLimitList(context.database.main, user ?? null);
}

/** @param value null takes the limit away. Throws `not-found` for the user, `bad-request` for what is no limit. */
export async function setUserLimit(
  context: EngineContext,
  user: string,
  name: string,
  value: number | null,
): Promise<void> {
  checkLimit(name, value, userLimitNames);
  await getUser(context, user);
  await userLimitPut(context.database.main, user, name, value);
}

/** What clients of RabbitMQ's management API keep under a name. */
export async function listGlobalParameters(context: EngineContext): Promise<readonly GlobalParameter[]> {
  return globalParameterList(context.database.main);
}

export async function putGlobalParameter(
  context: EngineContext,
  { name, value }: GlobalParameter,
): Promise<{ created: boolean }> {
  checkName("parameter", name);
  return { created: await globalParameterPut(context.database.main, name, value) };
}

/** Throws `not-found`. */
export async function deleteGlobalParameter(context: EngineContext, name: string): Promise<void> {
  if (!(await globalParameterDelete(context.database.main, name))) throw notFound("parameter", name);
}

/** See `Broker.clientLimits`. Counts nothing where there are no limits. */
export async function clientLimits(context: EngineContext, vhost: string, user: string): Promise<ClientLimits> {
  const { main } = context.database;
  const [[ofVhost], [ofUser]] = await Promise.all([vhostLimitList(main, vhost), userLimitList(main, user)]);
  const most = {
    vhost: limited(ofVhost?.limits["max-connections"]),
    user: limited(ofUser?.limits["max-connections"]),
    channels: limited(ofUser?.limits["max-channels"]),
  };
  if (most.vhost === null && most.user === null && most.channels === null) {
    return { vhostConnections: null, userConnections: null, userChannels: null };
  }
  const now = await countClients(main, vhost, user);
  const counted = (limit: number | null, count: number) => (limit === null ? null : { most: limit, now: count });
  return {
    vhostConnections: counted(most.vhost, now.vhost_connections),
    userConnections: counted(most.user, now.user_connections),
    userChannels: counted(most.channels, now.user_channels),
  };
}

function limited(value: number | undefined): number | null {
  return value === undefined || value < 0 ? null : value;
}
