import { notFound } from "@/lib/broker/errors";
import type { Policy, PolicyKind } from "@/lib/broker/policy";
import { checkPolicy } from "@/lib/broker/rules/policy-definition";
import { policyChanged } from "@/lib/engine/administration/policy-effect";
import type { EngineContext } from "@/lib/engine/context";
import { deletePolicyRow, putPolicyRow } from "@/lib/engine/sql/policy";
import { touchQueuesUnderPolicies } from "@/lib/engine/sql/queue-use";
import { changeTopology, mustFindVhost } from "@/lib/engine/topology/change";

/** Of one vhost or of all, by vhost and name. Throws `not-found` for the vhost. */
export async function listPolicies(context: EngineContext, kind: PolicyKind, vhost?: string): Promise<Policy[]> {
  const snapshot = await context.topology.fresh();
  const vhosts = vhost === undefined ? [...snapshot.vhosts.values()] : [snapshot.vhost(vhost)];
  return vhosts.flatMap(({ policies }) => policies[kind]);
}

/** Throws `not-found`. */
export async function getPolicy(
  context: EngineContext,
  kind: PolicyKind,
  vhost: string,
  name: string,
): Promise<Policy> {
  const found = (await listPolicies(context, kind, vhost)).find((policy) => policy.name === name);
  if (found === undefined) throw missing(kind, vhost, name);
  return found;
}

/** Throws `not-found` for the vhost and `bad-request` for a policy that can't be. */
export async function putPolicy(
  context: EngineContext,
  kind: PolicyKind,
  policy: Policy,
): Promise<{ created: boolean }> {
  checkPolicy(kind, policy);
  const before = await context.topology.fresh();
  const created = await changeTopology<boolean>(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, policy.vhost);
    const result = await putPolicyRow(tx, vhostId, kind, policy);
    await touchQueuesUnderPolicies(tx, vhostId);
    return { changed: true, result };
  });
  await policyChanged(context, policy.vhost, before);
  return { created };
}

/** Throws `not-found`. */
export async function deletePolicy(
  context: EngineContext,
  kind: PolicyKind,
  vhost: string,
  name: string,
): Promise<void> {
  const before = await context.topology.fresh();
  await changeTopology(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, vhost);
    if (!(await deletePolicyRow(tx, vhostId, kind, name))) throw missing(kind, vhost, name);
    await touchQueuesUnderPolicies(tx, vhostId);
    return { changed: true, result: undefined };
  });
  await policyChanged(context, vhost, before);
}

function missing(kind: PolicyKind, vhost: string, name: string) {
  return notFound(kind === "user" ? "policy" : "operator policy", name, vhost);
}
