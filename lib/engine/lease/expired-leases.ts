import type { EngineContext } from "@/lib/engine/context";
import { bury } from "@/lib/engine/dead-lettering/bury";
import { isConcern } from "@/lib/engine/error-policy/judged";
import { cameBack } from "@/lib/engine/lease/came-back";
import { brokerHolder, brokerHoldMs, judgeHolders } from "@/lib/engine/lease/hold";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import { endClaims, findEnded } from "@/lib/engine/sql/claim-break";
import { type DeliveryLimits, type LeaseScope, type OverdueRow, returnExpired } from "@/lib/engine/sql/expired-lease";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const maxAtOnce = 1000;
const claimsAtOnce = 100;

/**
 * Gives back messages whose lease has run out, and dead-letters (reason `delivery_limit`) those that have come back too
 * often. Where error policies are concerned with what timed out, or lost its consumer, they decide.
 * @returns how many came back or died
 */
export async function returnExpiredLeases(
  context: EngineContext,
  scope: LeaseScope = { kind: "all" },
): Promise<number> {
  await breakUpClaims(context, scope);
  const token = newLeaseToken();
  const reason = reasonOf(scope);
  const { returned, overdue, judged } = await returnExpired(context.database.relaxed, {
    scope,
    max: maxAtOnce,
    // Fresh: a node without any traffic of its own may know an old topology.
    limits: deliveryLimits(await context.topology.fresh(), reason),
    token,
    holder: brokerHolder,
    judge: judgeHolders[reason ?? "timeout"],
    judges: Object.values(judgeHolders),
    holdMs: brokerHoldMs,
  });
  if (reason) {
    const kind = reason === "timeout" ? "timed_out" : reason;
    for (const { queue_id: queueId, seqs } of returned) context.trail.note(kind, queueId, null, seqs);
  }
  await cameBack(
    context,
    returned.map((queue) => queue.queue_id),
  );
  const burial = (row: OverdueRow) => ({
    ...{ queueId: row.queue_id, rank: row.rank, seq: row.seq, token },
    heldBefore: { holder: row.was_by, since: row.was_at },
  });
  await bury(context, [
    ...overdue.map((row) => ({ ...burial(row), reason: "delivery_limit" as const })),
    ...judged.map((row) => ({ ...burial(row), reason: judgedReason(row, reason) })),
  ]);
  return returned.reduce((sum, { seqs }) => sum + seqs.length, 0) + overdue.length + judged.length;
}

/** Why leases of a scope end; null when nobody ever had them. */
function reasonOf(scope: LeaseScope): "timeout" | "consumer_lost" | null {
  if (scope.kind === "lost") return null;
  return scope.kind === "nodes" ? "consumer_lost" : "timeout";
}

/** What a node that died meant to have judged keeps its reason. */
function judgedReason({ was_by: holder }: OverdueRow, reason: "timeout" | "consumer_lost" | null) {
  if (holder === judgeHolders.timeout) return "timeout";
  return holder === judgeHolders.consumer_lost ? "consumer_lost" : (reason ?? "timeout");
}

/** What is left of claims that have run out is held one by one from now on, so that it can be given back like the rest. */
async function breakUpClaims(context: EngineContext, scope: LeaseScope): Promise<void> {
  const { relaxed } = context.database;
  for (let messages = 0; messages < maxAtOnce; ) {
    const ended = await findEnded(relaxed, scope, claimsAtOnce);
    if (ended.length > 0) messages += await endClaims(relaxed, ended);
    if (ended.length < claimsAtOnce) return;
  }
}

/** Gives back everything that these nodes have leased for themselves. */
export async function returnLeasesOfNodes(context: EngineContext, nodeIds: readonly number[]): Promise<void> {
  while ((await returnExpiredLeases(context, { kind: "nodes", nodeIds })) >= maxAtOnce);
}

/** The limits of a topology, since they are asked for several times a second, and there may be many queues. */
const known = new WeakMap<TopologySnapshot, Map<string, DeliveryLimits>>();

function deliveryLimits(snapshot: TopologySnapshot, reason: "timeout" | "consumer_lost" | null): DeliveryLimits {
  const ofSnapshot = known.get(snapshot) ?? new Map<string, DeliveryLimits>();
  known.set(snapshot, ofSnapshot);
  const limits = ofSnapshot.get(reason ?? "") ?? limitsOf(snapshot, reason);
  ofSnapshot.set(reason ?? "", limits);
  return limits;
}

function limitsOf(snapshot: TopologySnapshot, reason: "timeout" | "consumer_lost" | null): DeliveryLimits {
  const queues = [...snapshot.queuesById.values()];
  const limited = queues.flatMap(({ id, limits }) =>
    limits.deliveryLimit === null ? [] : [{ id, limit: limits.deliveryLimit }],
  );
  return {
    queueIds: limited.map(({ id }) => id),
    limits: limited.map(({ limit }) => limit),
    judged: reason === null ? [] : queues.filter((queue) => isConcern(snapshot, queue, reason)).map(({ id }) => id),
  };
}
