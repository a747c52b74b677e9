import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import type { Page } from "@/lib/broker/message";
import type { Review, ReviewInbox, ReviewQuery } from "@/lib/broker/reviews";
import type { EngineContext } from "@/lib/engine/context";
import { decideReview } from "@/lib/engine/review/decide";
import { mustBeFree, noReview, reviewOf } from "@/lib/engine/review/reviewed";
import {
  type ReviewRow,
  reviewComment,
  reviewCount,
  reviewGet,
  reviewList,
  reviewLock,
  reviewSetClaim,
} from "@/lib/engine/sql/review";
import type { Queryable } from "@/lib/engine/statement";

const wholeBody = 0x7fffffff;

/** The part of the contract that is about messages which wait for a person. */
export function reviewInbox(context: EngineContext): ReviewInbox {
  return {
    listReviews: (_actor, query) => listReviews(context, query),
    countReviews: async (_actor, vhost) => reviewCount(context.database.main, await vhostIds(context, vhost)),
    getReview: (_actor, id, bodyLimit) => getReview(context, id, bodyLimit),
    claimReview: (actor, id, { takeOver }) =>
      change(context, id, async (tx, row) => {
        if (row.decision !== null || !takeOver) mustBeFree(row, actor.user);
        if (row.claimed_by !== actor.user) await reviewSetClaim(tx, id, actor.user);
      }),
    releaseReview: (actor, id) =>
      change(context, id, async (tx, row) => {
        mustBeFree(row, actor.user);
        if (row.claimed_by !== null) await reviewSetClaim(tx, id, null);
      }),
    commentReview: (actor, id, text) => change(context, id, (tx) => reviewComment(tx, id, actor.user, text)),
    decideReview: async (actor: Actor, id, decision, comment) => {
      await decideReview(context, actor, id, decision, comment);
      return getReview(context, id);
    },
  };
}

/** Throws `not-found`. */
async function getReview(context: EngineContext, id: number, bodyLimit = wholeBody): Promise<Review> {
  const row = await reviewGet(context.database.main, id, Math.min(bodyLimit, wholeBody));
  if (!row) throw noReview(id);
  return reviewOf(row);
}

async function listReviews(context: EngineContext, query: ReviewQuery): Promise<Page<Review>> {
  const rows = await reviewList(context.database.main, {
    vhostIds: await vhostIds(context, query.vhost),
    queue: query.queue ?? null,
    states: query.states,
    claimedBy: query.claimedBy ?? null,
    order: query.order,
    after: cursorOf(query),
    limit: query.limit + 1,
    bodyLimit: query.bodyLimit,
  });
  const items = rows.slice(0, query.limit).map(reviewOf);
  const last = items.at(-1);
  return { items, next: rows.length > query.limit && last ? `${query.order[0]}${last.id}` : null };
}

function cursorOf({ cursor, order }: ReviewQuery): number | null {
  if (cursor === undefined) return null;
  const id = Number(/^[on](\d{1,15})$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(id) || cursor[0] !== order[0]) {
    throw new BrokerError("bad-request", "This cursor is not one of this list. Begin again without a cursor.");
  }
  return id;
}

/** Throws `not-found` for the vhost. */
async function vhostIds(context: EngineContext, name: string | undefined): Promise<number[]> {
  const snapshot = await context.topology.fresh();
  if (name !== undefined) return [snapshot.vhost(name).vhost.id];
  return [...snapshot.vhosts.values()].map(({ vhost }) => vhost.id);
}

/** Runs a change under the review's lock. Throws `not-found`. */
async function change(
  context: EngineContext,
  id: number,
  work: (tx: Queryable, row: ReviewRow) => Promise<void>,
): Promise<Review> {
  await context.database.main.transaction(async (tx) => {
    const row = await reviewLock(tx, id);
    if (!row) throw noReview(id);
    await work(tx, row);
  });
  return getReview(context, id);
}
