import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import type { Destination, NotificationTarget, NotificationTargetInput } from "@/lib/broker/notifications";
import { targetsOf } from "@/lib/broker/rules/error-policy-check";
import { checkTarget } from "@/lib/broker/rules/notification-check";
import type { EngineContext } from "@/lib/engine/context";
import {
  type TargetRow,
  targetDelete,
  targetGet,
  targetInsert,
  targetLastAttempts,
  targetList,
  targetUpdate,
} from "@/lib/engine/sql/notification";
import { lockTopology } from "@/lib/engine/sql/topology";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

export async function listTargets(context: EngineContext): Promise<NotificationTarget[]> {
  const { main } = context.database;
  const [snapshot, rows, attempts] = await Promise.all([
    context.topology.fresh(),
    targetList(main),
    targetLastAttempts(main),
  ]);
  const last = new Map(attempts.map(({ target, at, ...rest }) => [target, { ...rest, at: new Date(at) }]));
  return rows.map((row) => ({
    name: row.name,
    kind: row.kind,
    enabled: row.enabled,
    version: row.version,
    groupMs: row.group_ms,
    perHour: row.per_hour,
    url: row.config.url ?? null,
    hasSecret: row.kind !== "slack" && row.secret !== null,
    smtp: row.config.smtp ?? null,
    usedBy: usersOf(snapshot, row.name),
    last: last.get(row.name) ?? null,
  }));
}

/** Throws `not-found`. */
export async function getTarget(context: EngineContext, name: string): Promise<NotificationTarget> {
  const found = (await listTargets(context)).find((target) => target.name === name);
  if (!found) throw noTarget(name);
  return found;
}

export async function createTarget(
  context: EngineContext,
  actor: Actor,
  input: NotificationTargetInput,
): Promise<NotificationTarget> {
  checkTarget(input, true);
  if (!(await targetInsert(context.database.main, rowOf(input), actor.user))) {
    throw new BrokerError("conflict", `There is a notification target named '${input.name}' already.`);
  }
  return getTarget(context, input.name);
}

export async function updateTarget(
  context: EngineContext,
  actor: Actor,
  input: NotificationTargetInput,
  version: number,
): Promise<NotificationTarget> {
  await context.database.main.transaction(async (tx) => {
    const present = await targetGet(tx, input.name, true);
    if (!present) throw noTarget(input.name);
    checkTarget(input, present.kind !== input.kind);
    if (present.version !== version) {
      const reason = `'${input.name}' was changed meanwhile. Nothing was changed; look at it again.`;
      throw new BrokerError("conflict", reason, { version: present.version });
    }
    await targetUpdate(tx, rowOf(input, present), actor.user);
  });
  return getTarget(context, input.name);
}

export async function deleteTarget(context: EngineContext, name: string): Promise<void> {
  await context.database.main.transaction(async (tx) => {
    // No policy that names it can be made meanwhile.
    await lockTopology(tx);
    if (!(await targetGet(tx, name, true))) throw noTarget(name);
    const usedBy = usersOf(await context.topology.fresh(), name);
    if (usedBy.length > 0) {
      const names = usedBy.map(({ policy }) => `'${policy}'`).join(", ");
      throw new BrokerError("precondition-failed", `Error policies notify '${name}': ${names}. Change them first.`, {
        used_by: usedBy,
      });
    }
    await targetDelete(tx, name);
  });
}

/** Where a target's notices go, with its secrets: for the sender only. */
export function destinationOf({ kind, config, secret }: TargetRow): Destination {
  const smtp = config.smtp ?? null;
  if (kind === "slack") return { kind, url: secret, secret: null, smtp };
  return { kind, url: config.url ?? null, secret, smtp };
}

/** The error `not-found` for a target of notices. */
export function noTarget(name: string): BrokerError {
  return new BrokerError("not-found", `There is no notification target '${name}'.`, { name });
}

/** @param present what it was: secrets that are not given stay, unless it becomes something else */
function rowOf(input: NotificationTargetInput, present?: TargetRow): Omit<TargetRow, "version"> {
  const { name, kind, enabled, groupMs, perHour, url, smtp } = input;
  const kept = present?.kind === kind ? present : undefined;
  const row = { name, kind, enabled, group_ms: groupMs, per_hour: perHour };
  if (kind === "slack") {
    if (url === undefined && kept) return { ...row, config: kept.config, secret: kept.secret };
    return { ...row, config: { url: beginningOf(url ?? "") }, secret: url ?? null };
  }
  const secret = input.secret === undefined ? (kept?.secret ?? null) : input.secret;
  return { ...row, config: { ...(url !== undefined && { url }), ...(smtp && { smtp }) }, secret };
}

/** Whoever knows all of a URL of Slack's may post. */
function beginningOf(url: string): string {
  return `${new URL(url).origin}/…`;
}

function usersOf(snapshot: TopologySnapshot, target: string): { vhost: string; policy: string }[] {
  return [...snapshot.vhosts.values()].flatMap(({ errorPolicies }) =>
    errorPolicies
      .filter(({ policy }) => targetsOf(policy.action).includes(target))
      .map(({ policy }) => ({ vhost: policy.vhost, policy: policy.name })),
  );
}
