import type { Actor } from "@/lib/broker/actor";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { PolicyPlace } from "@/lib/broker/failure-handling";
import type { ErrorPolicyInput, ErrorPolicyStatus } from "@/lib/broker/failures";
import { checkPolicy, targetsOf } from "@/lib/broker/rules/error-policy-check";
import type { EngineContext } from "@/lib/engine/context";
import { errorPolicyOf } from "@/lib/engine/error-policy/record";
import { statusesOf } from "@/lib/engine/error-policy/status";
import {
  errorPolicyDelete,
  errorPolicyInsert,
  errorPolicyList,
  errorPolicyReorder,
  errorPolicyUpdate,
} from "@/lib/engine/sql/error-policy";
import { targetList } from "@/lib/engine/sql/notification";
import { findVhost } from "@/lib/engine/sql/vhost";
import type { Queryable } from "@/lib/engine/statement";
import { type Changed, changeTopology } from "@/lib/engine/topology/change";
import type { ErrorPolicyRecord } from "@/lib/engine/topology/records";

const mostPerVhost = 200;

export async function listErrorPolicies(context: EngineContext, vhost?: string): Promise<ErrorPolicyStatus[]> {
  const snapshot = await context.topology.fresh();
  const vhosts = vhost === undefined ? [...snapshot.vhosts.values()] : [snapshot.vhost(vhost)];
  const policies = vhosts.flatMap(({ errorPolicies }) => errorPolicies.map(({ policy }) => policy));
  return statusesOf(context, snapshot, policies);
}

/** Throws `not-found`. */
export async function getErrorPolicy(context: EngineContext, vhost: string, id: number): Promise<ErrorPolicyStatus> {
  const found = (await listErrorPolicies(context, vhost)).find((policy) => policy.id === id);
  if (!found) throw noPolicy(vhost, id);
  return found;
}

export async function createErrorPolicy(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  input: ErrorPolicyInput,
  position = Number.MAX_SAFE_INTEGER,
): Promise<ErrorPolicyStatus> {
  checkPolicy(input);
  const id = await change(context, vhost, async (tx, vhostId, policies) => {
    if (policies.length >= mostPerVhost) {
      throw new BrokerError("precondition-failed", `A virtual host has at most ${mostPerVhost} error policies.`);
    }
    mustBeUnique(policies, input.name);
    await mustKnowTargets(tx, input);
    const place = Math.min(Math.max(position, 1), policies.length + 1);
    return { changed: true, result: await errorPolicyInsert(tx, vhostId, input, place, actor.user) };
  });
  return getErrorPolicy(context, vhost, id);
}

export async function updateErrorPolicy(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  id: number,
  input: ErrorPolicyInput,
  version: number,
): Promise<ErrorPolicyStatus> {
  checkPolicy(input);
  await change(context, vhost, async (tx, _vhostId, policies) => {
    const present = mustFind(policies, vhost, id, version);
    if (input.name !== present.name) mustBeUnique(policies, input.name);
    await mustKnowTargets(tx, input);
    await errorPolicyUpdate(tx, id, input, actor.user);
    return { changed: true, result: undefined };
  });
  return getErrorPolicy(context, vhost, id);
}

export async function enableErrorPolicy(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  id: number,
  enabled: boolean,
  version?: number,
): Promise<ErrorPolicyStatus> {
  await change(context, vhost, async (tx, _vhostId, policies) => {
    const present = mustFind(policies, vhost, id, version);
    if (present.enabled === enabled) return { changed: false, result: undefined };
    await errorPolicyUpdate(tx, id, { ...present, enabled }, actor.user);
    return { changed: true, result: undefined };
  });
  return getErrorPolicy(context, vhost, id);
}

export async function deleteErrorPolicy(
  context: EngineContext,
  vhost: string,
  id: number,
  version?: number,
): Promise<void> {
  await change(context, vhost, async (tx, _vhostId, policies) => {
    mustFind(policies, vhost, id, version);
    await errorPolicyDelete(tx, id);
    return { changed: true, result: undefined };
  });
}

export async function moveErrorPolicy(
  context: EngineContext,
  vhost: string,
  id: number,
  to: PolicyPlace,
): Promise<ErrorPolicyStatus[]> {
  await change(context, vhost, async (tx, _vhostId, policies) => {
    const { position } = mustFind(policies, vhost, id);
    const others = policies.filter((policy) => policy.id !== id).map((policy) => policy.id);
    const place = Math.min(Math.max(placeOf(to, position), 1), policies.length);
    if (place === position) return { changed: false, result: undefined };
    await errorPolicyReorder(tx, others.toSpliced(place - 1, 0, id));
    return { changed: true, result: undefined };
  });
  return listErrorPolicies(context, vhost);
}

function placeOf(to: PolicyPlace, position: number): number {
  switch (to) {
    case "up":
      return position - 1;
    case "down":
      return position + 1;
    case "first":
      return 1;
    case "last":
      return Number.MAX_SAFE_INTEGER;
    default:
      return to;
  }
}

/** Runs a change, alone, with the policies of the vhost as they are then. */
function change<T>(
  context: EngineContext,
  vhost: string,
  work: (tx: Queryable, vhostId: number, policies: readonly ErrorPolicyRecord[]) => Promise<Changed<T>>,
): Promise<T> {
  return changeTopology(context, async (tx) => {
    const vhostId = await findVhost(tx, vhost);
    if (vhostId === undefined) throw notFound("vhost", vhost);
    const rows = await errorPolicyList(tx);
    const policies = rows.filter((row) => row.vhost_id === vhostId).map((row) => errorPolicyOf(row, vhost));
    return work(tx, vhostId, policies);
  });
}

function mustFind(
  policies: readonly ErrorPolicyRecord[],
  vhost: string,
  id: number,
  version?: number,
): ErrorPolicyRecord {
  const found = policies.find((policy) => policy.id === id);
  if (!found) throw noPolicy(vhost, id);
  if (version !== undefined && version !== found.version) {
    throw new BrokerError(
      "conflict",
      `'${found.name}' was changed by ${found.changedBy} meanwhile. Nothing was changed; look at it again.`,
      { version: found.version, changed_by: found.changedBy, changed_at: found.changedAt.toISOString() },
    );
  }
  return found;
}

function mustBeUnique(policies: readonly ErrorPolicyRecord[], name: string): void {
  if (policies.some((policy) => policy.name === name)) {
    throw new BrokerError("conflict", `There is an error policy named '${name}' already.`, { name });
  }
}

/** Throws `bad-request` for a notification target that isn't there. */
async function mustKnowTargets(tx: Queryable, { action }: ErrorPolicyInput): Promise<void> {
  const named = targetsOf(action);
  if (named.length === 0) return;
  const known = new Set((await targetList(tx)).map(({ name }) => name));
  const missing = named.find((name) => !known.has(name));
  if (missing === undefined) return;
  throw new BrokerError("bad-request", `There is no notification target '${missing}'.`, { target: missing });
}

function noPolicy(vhost: string, id: number): BrokerError {
  return new BrokerError("not-found", `There is no error policy ${id} in vhost '${vhost}'.`, { id });
}
