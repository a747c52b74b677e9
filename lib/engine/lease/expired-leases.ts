import type { EngineContext } from "@/lib/engine/context";
import { bury } from "@/lib/engine/dead-letter/bury";
import { cameBack } from "@/lib/engine/lease/came-back";
import { brokerHolder, brokerHoldMs } from "@/lib/engine/lease/hold";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import { endClaims, findEnded } from "@/lib/engine/sql/claim-break";
import { type DeliveryLimits, type LeaseScope, returnExpired } from "@/lib/engine/sql/expired-lease";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const maxAtOnce = 1000;
const claimsAtOnce = 100;

/**
 * Gives back messages whose lease has run out, and dead-letters (reason `delivery_limit`) those that have come back too
 * often.
 * @returns how many came back or died
 */
export async function returnExpiredLeases(
  context: EngineContext,
  scope: LeaseScope = { kind: "all" },
): Promise<number> {
  await breakUpClaims(context, scope);
  const token = newLeaseToken();
  const { returned, overdue } = await returnExpired(context.database.relaxed, {
    scope,
    max: maxAtOnce,
    // Fresh: a node without any traffic of its own may know an old topology.
    limits: deliveryLimits(await context.topology.fresh()),
    token,
    holder: brokerHolder,
    holdMs: brokerHoldMs,
  });
  await cameBack(
    context,
    returned.map((queue) => queue.queue_id),
  );
  await bury(
    context,
    overdue.map(({ queue_id, rank, seq }) => ({ queueId: queue_id, rank, seq, token, reason: "delivery_limit" })),
  );
  return returned.reduce((sum, { count }) => sum + count, 0) + overdue.length;
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

function deliveryLimits(snapshot: TopologySnapshot): DeliveryLimits {
  const limited = [...snapshot.queuesById.values()].flatMap(({ id, limits }) =>
    limits.deliveryLimit === null ? [] : [{ id, limit: limits.deliveryLimit }],
  );
  return { queueIds: limited.map(({ id }) => id), limits: limited.map(({ limit }) => limit) };
}
