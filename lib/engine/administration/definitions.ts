import { type DefinitionChange, type Definitions, noDefinitions } from "@/lib/broker/definitions";
import { BrokerError } from "@/lib/broker/errors";
import { planDefinitions } from "@/lib/broker/rules/definitions-plan";
import { applyDefinitions } from "@/lib/engine/administration/definitions-apply";
import { policyChanged } from "@/lib/engine/administration/policy-effect";
import { mustHaveAdministrator } from "@/lib/engine/administration/users";
import type { EngineContext } from "@/lib/engine/context";
import { globalParameterList } from "@/lib/engine/sql/global-parameter";
import { userLimitList, vhostLimitList } from "@/lib/engine/sql/limit";
import { permissionList, topicPermissionList } from "@/lib/engine/sql/permission";
import { readTopologyVersion } from "@/lib/engine/sql/topology";
import { userList, userLock } from "@/lib/engine/sql/user";
import type { Queryable } from "@/lib/engine/statement";
import { type Changed, changeTopology } from "@/lib/engine/topology/change";
import type { TopologySnapshot, VhostTopology } from "@/lib/engine/topology/snapshot";

/** So many conflicts are named in the error; the plan has them all. */
const maxNamed = 10;
const maxAttempts = 20;

/** All, or what lies in one vhost. Exclusive queues are their connections' own. Throws `not-found` for the vhost. */
export async function exportDefinitions(context: EngineContext, vhost?: string): Promise<Definitions> {
  const snapshot = await context.topology.fresh();
  const { main } = context.database;
  if (vhost === undefined) return everything(main, snapshot);
  return { ...noDefinitions, ...declared([snapshot.vhost(vhost)]), vhostLimits: await vhostLimitList(main, vhost) };
}

async function everything(db: Queryable, snapshot: TopologySnapshot): Promise<Definitions> {
  const [users, permissions, topicPermissions, vhostLimits, userLimits, globalParameters] = await Promise.all([
    userList(db, null),
    permissionList(db, {}),
    topicPermissionList(db, {}),
    vhostLimitList(db, null),
    userLimitList(db, null),
    globalParameterList(db),
  ]);
  return {
    ...{ users, permissions, topicPermissions, vhostLimits, userLimits, globalParameters },
    ...{ vhosts: vhostsOf(snapshot), ...declared([...snapshot.vhosts.values()]) },
  };
}

function vhostsOf({ vhosts }: TopologySnapshot): Definitions["vhosts"] {
  return [...vhosts.values()].map(({ vhost: { name, description, tags } }) => ({ name, description, tags }));
}

function declared(
  vhosts: readonly VhostTopology[],
): Pick<Definitions, "policies" | "exchanges" | "queues" | "bindings"> {
  return {
    policies: vhosts.flatMap(({ policies: { user, operator } }) => [
      ...user.map((policy) => ({ kind: "user" as const, policy })),
      ...operator.map((policy) => ({ kind: "operator" as const, policy })),
    ]),
    exchanges: vhosts.flatMap(({ exchanges }) => [...exchanges.values()]),
    queues: vhosts.flatMap(({ queues }) => [...queues.values()].filter(({ exclusive }) => !exclusive)),
    bindings: vhosts.flatMap(({ bindings }) => bindings.map(({ binding }) => binding)),
  };
}

/** What an import would do. */
export async function previewDefinitions(
  context: EngineContext,
  wanted: Definitions,
): Promise<readonly DefinitionChange[]> {
  return planDefinitions(await exportDefinitions(context), wanted);
}

/**
 * All or nothing, in one transaction. Throws `precondition-failed` that names what is in conflict, and `unavailable`
 * when the topology changes all the time meanwhile.
 */
export async function importDefinitions(
  context: EngineContext,
  wanted: Definitions,
  by: string,
): Promise<readonly DefinitionChange[]> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const before = await context.topology.fresh();
    const changes = await changeTopology(context, (tx) => importOver(tx, before, wanted, by));
    if (changes === null) continue;
    for (const vhost of new Set(wanted.policies.map(({ policy }) => policy.vhost))) {
      await policyChanged(context, vhost, before);
    }
    return changes;
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to import anything. Try again shortly.");
}

/** Null when the topology is not what it was any more. */
async function importOver(
  tx: Queryable,
  before: TopologySnapshot,
  wanted: Definitions,
  by: string,
): Promise<Changed<DefinitionChange[] | null>> {
  if ((await readTopologyVersion(tx)) !== before.version) return { changed: false, result: null };
  await userLock(tx);
  const plan = planDefinitions(await everything(tx, before), wanted);
  const conflicts = plan.filter(({ action }) => action === "conflict");
  if (conflicts.length > 0) throw conflictsError(conflicts);
  await applyDefinitions(tx, wanted, plan, by);
  await mustHaveAdministrator(tx);
  return { changed: plan.some(({ action }) => action !== "unchanged"), result: plan };
}

function conflictsError(conflicts: readonly DefinitionChange[]): BrokerError {
  const named = conflicts.slice(0, maxNamed).map(({ kind, vhost, name, reason }) => {
    return `${kind} '${name}'${vhost === null ? "" : ` in vhost '${vhost}'`}: ${reason}`;
  });
  const more = conflicts.length > maxNamed ? ` And ${conflicts.length - maxNamed} more.` : "";
  return new BrokerError("precondition-failed", `Nothing was imported. ${named.join(" ")}${more}`, { conflicts });
}
