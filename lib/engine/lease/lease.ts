import type { Actor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { LeaseRequest, StraightTaker } from "@/lib/broker/requests";
import type { QueueLimits } from "@/lib/broker/rules/queue-arguments";
import type { EngineContext } from "@/lib/engine/context";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import { bury } from "@/lib/engine/dead-lettering/bury";
import { leasedMessages, type TakenRow } from "@/lib/engine/lease/contents";
import { returnExpiredLeases } from "@/lib/engine/lease/expired-leases";
import { holderOf } from "@/lib/engine/lease/hold";
import { withinRate } from "@/lib/engine/lease/rate-limit";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import { StandingTaker } from "@/lib/engine/lease/standing-takers";
import type { TakerTerms } from "@/lib/engine/signals";
import { type Claim, type ClaimedRow, claimMessages, claimToken, lockCursor } from "@/lib/engine/sql/lease";
import { hasMore, type More } from "@/lib/engine/sql/lease-groups";
import { queueDepths } from "@/lib/engine/sql/queue-depth";
import type { QueueRecord } from "@/lib/engine/topology/records";

const maxVisibilityMs = 12 * 60 * 60 * 1000;
const maxWaitMs = 20_000;
const maxMessages = 1000;

/** How long a waiting lease sleeps between looks of its own, in ms: signals may be missed. Doubles with each look. */
const firstPause = 50;
const longestPause = 1000;

/** Takes messages out of a queue for a time; see `LeaseRequest`. Throws `not-found` and `bad-request`. */
export async function lease(context: EngineContext, actor: Actor, request: LeaseRequest): Promise<readonly Leased[]> {
  checkRequest(request);
  const taker = request.straight && (await standingTaker(context, actor, request, request.straight));
  if (!taker) return leaseFor(context, actor, request, undefined);
  if (request.waitingSince !== undefined) context.signals.heed(taker.queueId, request.waitingSince);
  context.takers.enter(taker);
  try {
    return await leaseFor(context, actor, request, taker);
  } finally {
    context.takers.leave(taker);
  }
}

async function leaseFor(
  context: EngineContext,
  actor: Actor,
  request: LeaseRequest,
  taker: StandingTaker | undefined,
): Promise<readonly Leased[]> {
  const begun = performance.now();
  const deadline = begun + request.waitMs;
  let pause = firstPause;
  // What comes while it waits may be handed to it right away, so that it needs no look into a queue that is empty.
  let mayLook = request.waitMs === 0;
  for (;;) {
    const known = await findQueue(context, request);
    const max = Math.min(request.max, roomOf(request, known)());
    // Who takes straight is waited for where nothing lies for it: what comes may wait for its room.
    const isBusy = max <= 0 && taker !== undefined && context.signals.isEmpty(known.id);
    if (max <= 0 && !isBusy) return [];
    const isIdle = request.waitMs > 0 && context.idle.covers(known.id);
    const found =
      !isBusy && ((mayLook && !isIdle) || !context.signals.isEmpty(known.id))
        ? await claim(context, actor, { ...request, max }, known, begun, taker)
        : await noLook(context, known);
    mayLook = true;
    const { queue, messages, moreIsLikely, tokenInMs } = found;
    // Signals wake one waiter at a time: whoever leaves something passes it on.
    if (moreIsLikely) context.signals.wake([queue.id]);
    if (messages.length > 0) return noted(context, actor, request, queue, messages);
    // What comes back is no use to somebody without room.
    if (moreIsLikely || (!isBusy && (await expiredCameBack(context, queue, isIdle)))) continue;
    const left = isBusy ? pause : deadline - performance.now();
    if (left <= 0 || request.signal?.aborted) return [];
    // Waiting is using, which a queue with x-expires must be shown in time.
    const untilUsed = (queue.limits.expiresMs ?? Number.POSITIVE_INFINITY) / 4;
    const forMs = Math.min(pause, left, untilUsed, tokenInMs ?? pause);
    const terms = termsOf(context, actor, request, known, taker);
    if (taker?.queueId === queue.id) taker.waits();
    const handed = await context.signals.wait(queue.id, forMs, request.signal, terms);
    if (handed.length > 0) {
      if (terms.take) {
        mayLook = false;
        pause = firstPause;
        continue;
      }
      if (!request.autoAck) context.lookouts.granted(queue.id, request.visibilityTimeoutMs);
      return noted(context, actor, request, queue, handed);
    }
    if (request.signal?.aborted) return [];
    pause = Math.min(pause * 2, longestPause);
  }
}

/** Tells the history who has been given what. */
function noted(
  context: EngineContext,
  actor: Actor,
  { autoAck }: LeaseRequest,
  queue: QueueRecord,
  messages: readonly Leased[],
): readonly Leased[] {
  const seqs = messages.map(({ id }) => id);
  context.trail.note(autoAck ? "taken" : "delivered", queue.id, holderOf(actor), seqs);
  return messages;
}

/** On which terms it is given, while it waits, what this node is just storing. */
function termsOf(
  context: EngineContext,
  actor: Actor,
  request: LeaseRequest,
  queue: QueueRecord,
  taker: StandingTaker | undefined,
): TakerTerms {
  const { autoAck, visibilityTimeoutMs, countAs } = request;
  const node = nodeOf(context, request);
  const room = roomOf(request, queue);
  // Its queue may have been deleted and made again.
  const take = taker?.queueId === queue.id ? taker.take : undefined;
  return { room, autoAck, visibilityTimeoutMs, holder: holderOf(actor), node, countAs, take };
}

async function standingTaker(context: EngineContext, actor: Actor, request: LeaseRequest, straight: StraightTaker) {
  const queue = await findQueue(context, request);
  const { autoAck, visibilityTimeoutMs } = request;
  // Asked each time: a node that was taken for dead goes on under another number.
  const holding = autoAck ? null : { node: () => nodeOf(context, request), visibilityTimeoutMs };
  const terms = { queueId: queue.id, holder: holderOf(actor), holding };
  return new StandingTaker(context.signals, terms, straight, (messages) => {
    if (holding) context.lookouts.granted(queue.id, visibilityTimeoutMs);
    noted(context, actor, request, queue, messages);
  });
}

/** How many messages the caller would take by now. */
function roomOf({ max, room, ahead }: LeaseRequest, { limits }: QueueRecord): () => number {
  if (!room) return () => max;
  return ahead && mayBeTakenAhead(limits) ? () => room() + ahead() : room;
}

/** Where nothing that comes later goes before what is there, and neither its number nor its age matters. */
function mayBeTakenAhead(limits: QueueLimits): boolean {
  const { maxPriority, orderedGroups, rateLimit, maxLength, maxLengthBytes, messageTtlMs } = limits;
  const noLimits = maxLength === null && maxLengthBytes === null && messageTtlMs === null;
  return noLimits && maxPriority === null && !orderedGroups && rateLimit === null;
}

function nodeOf(context: EngineContext, { boundToNode, autoAck }: LeaseRequest): number | null {
  return boundToNode && !autoAck ? context.self.id : null;
}

interface Found {
  readonly queue: QueueRecord;
  readonly messages: readonly Leased[];
  readonly moreIsLikely: boolean;
  /** With a rate limit: in how many ms there may be more. */
  readonly tokenInMs: number | null;
}

async function noLook(context: EngineContext, queue: QueueRecord): Promise<Found> {
  context.messages.asked(queue.id);
  await context.usage.used(queue);
  return { queue, messages: [], moreIsLikely: false, tokenInMs: null };
}

/** @param begun when the caller began to wait, as of `performance.now()` */
async function claim(
  context: EngineContext,
  actor: Actor,
  request: LeaseRequest,
  known: QueueRecord,
  begun: number,
  taker: StandingTaker | undefined,
): Promise<Found> {
  const token = newLeaseToken();
  await context.usage.used(known);
  const look = context.signals.look(known.id);
  taker?.looks(look);
  const claimed = await context.turns
    .take(
      known.id,
      () => claimRows(context, actor, request, known, { token, begun }),
      ({ rows, more }) => rows.length === 0 && !more,
    )
    .finally(() => context.signals.looked(look));
  if (!claimed) return { queue: known, messages: [], moreIsLikely: false, tokenInMs: null };
  const { queue, rows, readyLeft, more, tokenInMs } = claimed;
  // With a rate limit, fewer may be let through than there are.
  const tookAll = queue.limits.rateLimit ? rows.length === 0 : rows.length < request.max;
  if (tookAll && !more && tokenInMs === null && queue.id === known.id) context.signals.foundEmpty(look);
  if (rows.length > 0) context.signals.count(queue.id, -rows.length);
  // What it has found has to be with the caller before what comes next.
  if (rows.length > 0) look.outdated = true;
  context.lookouts.granted(queue.id, request.visibilityTimeoutMs);
  remember(context, queue.id, token, rows);
  const expired = rows.filter((row) => row.expired);
  if (expired.length > 0) {
    await bury(
      context,
      expired.map(({ rank, seq }) => ({ queueId: queue.id, rank, seq, token, reason: "expired" })),
    );
  }
  const live = expired.length === 0 ? rows : rows.filter((row) => !row.expired);
  const lease = { queueId: queue.id, token, readyLeft };
  const messages = await lostWithAnswer(context, request, lease, leasedMessages(context, lease, live, request));
  return {
    queue,
    messages,
    moreIsLikely: rows.length === request.max || more,
    tokenInMs,
  };
}

/** Notes what is held by the rows of this claim, of which there is one in each rank. */
function remember(context: EngineContext, queueId: number, token: number, rows: readonly ClaimedRow[]): void {
  const byRank = new Map<number, number[]>();
  for (const { claimed, rank, seq } of rows) {
    if (!claimed) continue;
    const seqs = byRank.get(rank);
    if (seqs) seqs.push(seq);
    else byRank.set(rank, [seq]);
  }
  for (const [rank, seqs] of byRank) context.claims.granted({ queueId, rank, token: claimToken(token), seqs });
}

async function expiredCameBack(context: EngineContext, queue: QueueRecord, isIdle: boolean): Promise<boolean> {
  if (!context.lookouts.isDue(queue.id, isIdle)) return false;
  return (await returnExpiredLeases(context, { kind: "queue", queueId: queue.id })) > 0;
}

/** Claims by the queue's number; when that is gone, the queue may have been deleted and made again. */
async function claimRows(
  context: EngineContext,
  actor: Actor,
  request: LeaseRequest,
  known: QueueRecord,
  { token, begun }: { readonly token: number; readonly begun: number },
) {
  let queue = known;
  const node = nodeOf(context, request);
  await context.lostClaims.before(queue.id);
  for (let attempt = 0; attempt < 3; attempt++) {
    const claiming = claimOnce(context, queue, request, {
      token,
      holder: holderOf(actor),
      node,
      waitedMs: performance.now() - (request.waitingSince ?? begun),
    });
    const claimed = await lostWithAnswer(context, request, { queueId: queue.id, token }, claiming);
    if (claimed) return { queue, ...claimed };
    queue = (await context.topology.reload()).queue(request.vhost, request.queue);
  }
  throw notFound("queue", request.queue, request.vhost);
}

/** When the connection breaks before the answer is here, what was claimed is given back. */
function lostWithAnswer<T>(
  context: EngineContext,
  { autoAck }: LeaseRequest,
  { queueId, token }: { readonly queueId: number; readonly token: number },
  answer: Promise<T>,
): Promise<T> {
  return answer.catch((error: unknown) => {
    if (isConnectionTrouble(error) && !autoAck) context.lostClaims.add(queueId, token);
    throw error;
  });
}

/** Null when the queue is gone. */
async function claimOnce(
  context: EngineContext,
  { id: queueId, limits }: QueueRecord,
  request: LeaseRequest,
  by: Pick<Claim, "token" | "holder" | "node" | "waitedMs">,
) {
  context.messages.asked(queueId);
  const withoutContents = context.messages.isLikely(queueId);
  const contentsBefore = context.messages.oldest;
  const claim = { ...request, ...by, queueId, byGroup: limits.orderedGroups, withoutContents, contentsBefore };
  const { relaxed } = context.database;
  const { rateLimit } = limits;
  if (rateLimit) {
    return relaxed.transaction(async (tx) => {
      if ((await tx.query(lockCursor, [queueId])).length === 0) return null;
      const claimAtMost = (max: number) => tx.query<ClaimedRow>(...claimMessages({ ...claim, max }));
      const { rows, tokenInMs } = await withinRate(tx, queueId, rateLimit, request.max, claimAtMost);
      const [depth] = await tx.query<{ ready: number }>(...queueDepths([queueId]));
      const mayBeMore = claim.byGroup && tokenInMs === null && (await tx.query<More>(...hasMore(queueId)))[0]?.more;
      return { rows, readyLeft: depth?.ready ?? 0, more: mayBeMore === true, tokenInMs };
    });
  }
  const [locked, rows, ...others] = await relaxed.pipeline([
    [lockCursor, [queueId]],
    claimMessages(claim),
    ...(claim.byGroup ? [hasMore(queueId)] : []),
    ...(request.countAs === "get" ? [queueDepths([queueId])] : []),
  ]);
  if (!locked || locked.length === 0) return null;
  // What there is in a queue with groups may all be waiting for others of its group.
  const more = claim.byGroup && (others.shift() as More[])[0]?.more === true;
  const readyLeft = (others[0] as { ready: number }[] | undefined)?.[0]?.ready ?? 0;
  return { rows: rows as readonly TakenRow[], readyLeft, more, tokenInMs: null };
}

async function findQueue(context: EngineContext, { vhost, queue }: LeaseRequest): Promise<QueueRecord> {
  const known = (await context.topology.current()).vhosts.get(vhost)?.queues.get(queue);
  return known ?? (await context.topology.fresh()).queue(vhost, queue);
}

function checkRequest({ max, visibilityTimeoutMs, waitMs }: LeaseRequest): void {
  checkRange("max", max, 1, maxMessages);
  checkRange("visibilityTimeoutMs", visibilityTimeoutMs, 0, maxVisibilityMs);
  checkRange("waitMs", waitMs, 0, maxWaitMs);
}

/** Throws `bad-request` for what is no integer from `least` to `most`. */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new BrokerError("bad-request", `${name} must be an integer from ${least} to ${most}, not ${value}.`, { name });
}
