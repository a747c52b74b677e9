import type { Administration } from "@/lib/broker/administration";
import { deletePolicy, getPolicy, listPolicies, putPolicy } from "@/lib/engine/administration/policies";
import type { EngineContext } from "@/lib/engine/context";

/** What administrators set, kept by the engine on Postgres. */
export function postgresAdministration(context: EngineContext): Administration {
  return {
    listPolicies: (_actor, kind, vhost) => listPolicies(context, kind, vhost),
    getPolicy: (_actor, kind, vhost, name) => getPolicy(context, kind, vhost, name),
    putPolicy: (_actor, kind, policy) => putPolicy(context, kind, policy),
    deletePolicy: (_actor, kind, vhost, name) => deletePolicy(context, kind, vhost, name),
  };
}
