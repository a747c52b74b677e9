import type { Administration } from "@/lib/broker/administration";
import type { AccessControl } from "@/lib/engine/access/access-control";
import { exportDefinitions, importDefinitions, previewDefinitions } from "@/lib/engine/administration/definitions";
import {
  deleteGlobalParameter,
  listGlobalParameters,
  listUserLimits,
  listVhostLimits,
  putGlobalParameter,
  setUserLimit,
  setVhostLimit,
} from "@/lib/engine/administration/limits";
import { deletePolicy, getPolicy, listPolicies, putPolicy } from "@/lib/engine/administration/policies";
import {
  deletePermission,
  deleteTopicPermissions,
  deleteUsers,
  getUser,
  listPermissions,
  listTopicPermissions,
  putPermission,
  putTopicPermission,
  putUser,
} from "@/lib/engine/administration/users";
import type { EngineContext } from "@/lib/engine/context";
import { userList, userPutFirst } from "@/lib/engine/sql/user";

/**
 * What administrators set, kept by the engine on Postgres. Which tags it takes is for the doors to say; that nobody
 * reaches into a vhost that they may not see is seen to here.
 */
export function postgresAdministration(context: EngineContext, access: AccessControl): Administration {
  /** What this node knows of permissions is out of date. */
  const changing = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    access.forget();
    return result;
  };
  return {
    listPolicies: async (actor, kind, vhost) => {
      if (vhost !== undefined) await access.mustSee(actor, vhost);
      const [policies, sees] = await Promise.all([listPolicies(context, kind, vhost), access.visible(actor)]);
      return policies.filter((policy) => sees(policy.vhost));
    },
    getPolicy: async (actor, kind, vhost, name) => {
      await access.mustSee(actor, vhost);
      return getPolicy(context, kind, vhost, name);
    },
    putPolicy: async (actor, kind, policy) => {
      await access.mustSee(actor, policy.vhost);
      return putPolicy(context, kind, policy);
    },
    deletePolicy: async (actor, kind, vhost, name) => {
      await access.mustSee(actor, vhost);
      return deletePolicy(context, kind, vhost, name);
    },

    visibleVhosts: (actor) => access.visible(actor),
    checkVisible: (actor, vhost) => access.mustSee(actor, vhost),

    listUsers: () => userList(context.database.main, null),
    getUser: (_actor, name) => getUser(context, name),
    putUser: (_actor, user) => putUser(context, user),
    createFirstUser: (user) => userPutFirst(context.database.main, user),
    deleteUsers: (_actor, names) => changing(deleteUsers(context, names)),

    listVhostLimits: async (actor, vhost) => {
      if (vhost !== undefined) await access.mustSee(actor, vhost);
      const [limits, sees] = await Promise.all([listVhostLimits(context, vhost), access.visible(actor)]);
      return limits.filter((one) => sees(one.vhost));
    },
    setVhostLimit: async (actor, vhost, name, value) => {
      await access.mustSee(actor, vhost);
      await setVhostLimit(context, vhost, name, value);
    },
    listUserLimits: (_actor, user) => listUserLimits(context, user),
    setUserLimit: (_actor, user, name, value) => setUserLimit(context, user, name, value),
    listGlobalParameters: () => listGlobalParameters(context),
    putGlobalParameter: (_actor, parameter) => putGlobalParameter(context, parameter),
    deleteGlobalParameter: (_actor, name) => deleteGlobalParameter(context, name),

    exportDefinitions: (_actor, vhost) => exportDefinitions(context, vhost),
    planDefinitions: (_actor, definitions) => previewDefinitions(context, definitions),
    importDefinitions: (actor, definitions) => changing(importDefinitions(context, definitions, actor.user)),

    listPermissions: (_actor, of = {}) => listPermissions(context, of),
    putPermission: (_actor, permission) => changing(putPermission(context, permission)),
    deletePermission: (_actor, vhost, user) => changing(deletePermission(context, vhost, user)),
    listTopicPermissions: (_actor, of = {}) => listTopicPermissions(context, of),
    putTopicPermission: (_actor, permission) => changing(putTopicPermission(context, permission)),
    deleteTopicPermissions: (_actor, vhost, user, exchange) =>
      changing(deleteTopicPermissions(context, vhost, user, exchange)),
  };
}
