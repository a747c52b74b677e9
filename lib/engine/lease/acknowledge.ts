import type { ConnectionPool } from "@/lib/engine/connection-pool";
import type { EngineContext } from "@/lib/engine/context";
import { acknowledgementOf, type HeldClaim } from "@/lib/engine/lease/held-claims";
import type { Hold } from "@/lib/engine/lease/receipt";
import { breakOut } from "@/lib/engine/sql/claim-break";
import { deleteClaimed } from "@/lib/engine/sql/claim-settle";
import { isClaimToken } from "@/lib/engine/sql/lease";
import { deleteAcknowledged } from "@/lib/engine/sql/settle";

/** Those that were still held. */
export type Acknowledged = "all" | ReadonlySet<Hold>;

/**
 * Deletes acknowledged messages. What this node remembers to be held by its claims goes by them; the rest, and what
 * turns out to have changed, is looked up one by one.
 */
export async function acknowledge(
  context: EngineContext,
  pool: ConnectionPool,
  holds: readonly Hold[],
): Promise<Acknowledged> {
  const { claims, others } = context.claims.sorted(holds);
  if (claims.size === 0) return acknowledgeOthers(context, pool, holds);
  const sent = [...claims].map(([claim, of]) => ({ claim, holds: of, ...acknowledgementOf(claim, of) }));
  const deleted = await deleteClaimed(pool, sent);
  if (deleted === true) {
    await forgetSettled(context, sent);
    if (others.length === 0) return "all";
    const also = await acknowledgeOthers(context, pool, others);
    return also === "all" ? "all" : new Set([...sent.flatMap((one) => one.holds), ...also]);
  }
  context.claims.forget(claims.keys());
  const found = new Set(deleted.map(({ queue_id, seq }) => `${queue_id}.${seq}`));
  const settled = new Set<Hold>();
  const left = [...others];
  for (const hold of sent.flatMap((one) => one.holds)) {
    if (found.has(`${hold.queueId}.${hold.seq}`)) settled.add(hold);
    else left.push(hold);
  }
  const also = left.length === 0 ? [] : await acknowledgeOthers(context, pool, left);
  for (const hold of also === "all" ? left : also) settled.add(hold);
  return settled;
}

/** Acknowledges again what a crash of the database may have taken back; what is no longer held so is left alone. */
export async function acknowledgeAgain(context: EngineContext, holds: readonly Hold[]): Promise<void> {
  await acknowledgeOthers(context, context.database.relaxed, holds);
}

/** Gives each message that is held by a claim a row of its own, so that it can be settled in any way. */
export async function holdOneByOne(context: EngineContext, holds: readonly Hold[]): Promise<void> {
  const claimed = holds.filter(({ token }) => isClaimToken(token));
  if (claimed.length === 0) return;
  const isEnd = claimed.some((hold) => {
    const claim = context.claims.of(hold);
    return claim === undefined || claim.open.size <= claimed.length;
  });
  const broken = await breakOut(context.database.relaxed, claimed, isEnd);
  context.claims.broken(broken, claimed);
}

/** Claims whose messages were settled in several calls at a time, of which none was the last, are still there. */
async function forgetSettled(
  context: EngineContext,
  acknowledged: readonly { claim: HeldClaim; holds: readonly Hold[]; isLast: boolean }[],
): Promise<void> {
  const empty = acknowledged.flatMap(({ claim, holds, isLast }) =>
    context.claims.settled(claim, holds) && !isLast ? holds.slice(0, 1) : [],
  );
  if (empty.length > 0) await breakOut(context.database.relaxed, empty, true);
}

async function acknowledgeOthers(
  context: EngineContext,
  pool: ConnectionPool,
  holds: readonly Hold[],
): Promise<Acknowledged> {
  await holdOneByOne(context, holds);
  const rows = await deleteAcknowledged(pool, holds);
  if (rows.length === holds.length) return "all";
  const settled = new Set(rows.map((row) => `${row.queue_id}.${row.seq}.${row.lease_token}`));
  return new Set(holds.filter(({ queueId, seq, token }) => settled.has(`${queueId}.${seq}.${token}`)));
}
