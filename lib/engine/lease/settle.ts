import type { Actor } from "@/lib/broker/actor";
import type { FailureReason } from "@/lib/broker/failures";
import type { AnyReceipt, Receipt, Settlement, SettlementResult } from "@/lib/broker/requests";
import type { ConnectionPool } from "@/lib/engine/connection-pool";
import type { EngineContext } from "@/lib/engine/context";
import { bury, leaseKey } from "@/lib/engine/dead-lettering/bury";
import type { Burial } from "@/lib/engine/dead-lettering/plan";
import { isConcern } from "@/lib/engine/error-policy/judged";
import type { DeliveryKind } from "@/lib/engine/history/trail";
import { type Acknowledged, acknowledge, holdOneByOne } from "@/lib/engine/lease/acknowledge";
import { cameBack } from "@/lib/engine/lease/came-back";
import { holderOf } from "@/lib/engine/lease/hold";
import { checkRange } from "@/lib/engine/lease/lease";
import { type Hold, holdOf } from "@/lib/engine/lease/receipt";
import { type Gathering, NaturalBatch } from "@/lib/engine/natural-batch";
import { InHandMessage } from "@/lib/engine/publish/in-hand-message";
import { isClaimToken } from "@/lib/engine/sql/lease";
import { prolongLease, type Requeue, returnRequeued, type SettledRow } from "@/lib/engine/sql/settle";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const maxDelayMs = 0xffffffff;
const maxVisibilityMs = 12 * 60 * 60 * 1000;
const maxInBatch = 1000;
/**
 * Acknowledgements that need not be safe at once are gathered for a moment: at 500 messages a second one statement for
 * four of them, where it had been one for each, leaves the processors to those who wait for an answer.
 */
const gathering = { ms: 8, enough: 64 };

/** What comes back to its queue, and how the history calls that. */
interface Returned extends Requeue {
  readonly kind: "requeued" | "undelivered" | "timed_out" | "consumer_lost";
}

const returnKinds = { timeout: "timed_out", consumer_lost: "consumer_lost" } as const;

interface Parsed {
  readonly receipt: AnyReceipt;
  readonly hold: Hold;
  readonly outcome: Settlement["outcome"];
}

/** Ends leases. Acknowledgements from all callers go to the database together. */
export class Settler {
  readonly #context: EngineContext;
  readonly #acknowledgements: NaturalBatch<Hold, Acknowledged>;
  readonly #lazyAcknowledgements: NaturalBatch<Hold, Acknowledged>;
  readonly #gatheredAcknowledgements: NaturalBatch<Hold, Acknowledged>;

  constructor(context: EngineContext) {
    this.#context = context;
    const batchesOn = (pool: ConnectionPool, gathered?: Gathering) =>
      new NaturalBatch<Hold, Acknowledged>(maxInBatch, (holds) => acknowledge(context, pool, holds), gathered);
    this.#acknowledgements = batchesOn(context.database.durable);
    this.#lazyAcknowledgements = batchesOn(context.database.relaxed);
    this.#gatheredAcknowledgements = batchesOn(context.database.relaxed, gathering);
  }

  /**
   * Acknowledges, requeues or rejects. Each settlement stands for itself; a receipt that is given twice is settled by
   * the first. Throws `bad-request` for what is no receipt, before anything is settled.
   */
  async settle(actor: Actor, settlements: readonly Settlement[], lazily = false): Promise<readonly SettlementResult[]> {
    const by = holderOf(actor);
    const first = new Map<AnyReceipt, Settlement>();
    for (const one of settlements) if (!first.has(one.receipt)) first.set(one.receipt, one);
    const returning = settlements.filter(({ outcome }) => outcome.kind === "requeue");
    // Nothing may go straight past what comes back.
    const isBack = this.#context.signals.doubt(new Set(returning.map(({ receipt }) => queueIdOf(receipt))));
    try {
      const { done, left } = await this.#inHand(actor, [...first.values()]);
      const parsed = left.map(({ receipt, outcome }) => ({ receipt, hold: holdOfAny(receipt), outcome }));
      const held = parsed.filter((one): one is Parsed => one.hold !== undefined);
      const isSettled = held.length > 0 ? await this.#settleAll(by, held, lazily) : () => false;
      for (const { receipt, hold } of held) if (isSettled(hold)) done.add(receipt);
      return settlements.map((one) => {
        const { receipt } = one;
        return { receipt, result: first.get(receipt) === one && done.has(receipt) ? "settled" : "gone" };
      });
    } finally {
      isBack();
    }
  }

  /**
   * Acknowledges messages that are not stored yet. To be settled in another way they have to be, and so has what was given
   * after them of their queues: what comes back must be before it.
   * @returns what is done, and what is left for the database
   */
  async #inHand(actor: Actor, settlements: readonly Settlement[]) {
    const { inHand, publisher } = this.#context;
    const done = new Set<AnyReceipt>();
    const left: Settlement[] = [];
    const returning = new Set<number>();
    const storing: InHandMessage[] = [];
    for (const one of settlements) {
      const { receipt, outcome } = one;
      if (outcome.kind === "ack" && receipt instanceof InHandMessage && receipt.acknowledge(actor)) {
        done.add(receipt);
        continue;
      }
      if (outcome.kind !== "ack") returning.add(queueIdOf(receipt));
      else if (receipt instanceof InHandMessage && receipt.isOpen) storing.push(receipt);
      left.push(one);
    }
    publisher.roomMade();
    if (returning.size > 0 && inHand.isIn(returning)) await inHand.stored(returning);
    if (storing.length > 0) await Promise.all(storing.map((message) => message.ended()));
    return { done, left };
  }

  /** Gives the holder more time, from now. Throws `bad-request` for what is no receipt. */
  async extendLease(receipt: Receipt, visibilityTimeoutMs: number) {
    checkRange("visibilityTimeoutMs", visibilityTimeoutMs, 0, maxVisibilityMs);
    const hold = holdOf(receipt);
    await holdOneByOne(this.#context, [hold]);
    const leasedUntil = await prolongLease(this.#context.database.durable, hold, visibilityTimeoutMs);
    this.#context.lookouts.granted(hold.queueId, visibilityTimeoutMs);
    return { result: leasedUntil ? ("extended" as const) : ("gone" as const), leasedUntil };
  }

  /** A queue that isn't known here was made elsewhere, or is gone. */
  async #snapshotKnowing(parsed: readonly Parsed[]): Promise<TopologySnapshot> {
    const known = await this.#context.topology.current();
    // Where the consumer did not decide itself, the policies of this moment may.
    const isCurrent = parsed.every(
      ({ hold, outcome }) => known.queuesById.has(hold.queueId) && !(outcome.kind === "requeue" && outcome.because),
    );
    return isCurrent ? known : this.#context.topology.fresh();
  }

  async #settleAll(by: string, parsed: readonly Parsed[], lazily: boolean): Promise<(hold: Hold) => boolean> {
    const snapshot = await this.#snapshotKnowing(parsed);
    const acknowledged: Hold[] = [];
    const requeued: Returned[] = [];
    const rejected: Burial[] = [];
    for (const { hold, outcome } of parsed) {
      if (outcome.kind === "ack") acknowledged.push(hold);
      else if (outcome.kind === "requeue") {
        const reason = judgedReason(snapshot, hold, outcome.because);
        if (reason) rejected.push({ ...hold, reason });
        else requeued.push(requeueOf(snapshot, hold, outcome));
      } else rejected.push({ ...hold, reason: "rejected", ...(outcome.error && { error: outcome.error }) });
    }
    const acknowledgements = this.#batchesFor(acknowledged, lazily);
    const [deleted, others] = await Promise.all([
      acknowledged.length === 0 ? new Set<Hold>() : acknowledgements.add(acknowledged),
      this.#giveBack(by, requeued, rejected),
    ]);
    note(this.#context, "acknowledged", by, deleted === "all" ? acknowledged : deleted);
    if (lazily && acknowledged.length > 0) this.#context.acknowledgements.add(acknowledged);
    this.#wakeGroups(snapshot, parsed);
    const isAcknowledged = deleted === "all" ? new Set(acknowledged) : deleted;
    if (deleted === "all" && acknowledged.length === parsed.length) return () => true;
    return (hold) => isAcknowledged.has(hold) || others.has(leaseKey(hold));
  }

  /** Nobody waits for what a claim holds, as others of its group wait for a message with a row of its own. */
  #batchesFor(holds: readonly Hold[], lazily: boolean): NaturalBatch<Hold, Acknowledged> {
    if (!lazily) return this.#acknowledgements;
    const isClaimed = holds.every(({ token }) => isClaimToken(token));
    return isClaimed ? this.#gatheredAcknowledgements : this.#lazyAcknowledgements;
  }

  async #giveBack(
    by: string,
    requeued: readonly Returned[],
    rejected: readonly Burial[],
  ): Promise<ReadonlySet<string>> {
    if (requeued.length + rejected.length === 0) return new Set();
    await holdOneByOne(this.#context, [...requeued, ...rejected]);
    const settled = await Promise.all([requeue(this.#context, by, requeued), bury(this.#context, rejected)]);
    return new Set(settled.flatMap((keys) => [...keys]));
  }

  /** What has gone lets the next of its group be handed out. */
  #wakeGroups(snapshot: TopologySnapshot, parsed: readonly Parsed[]): void {
    const queueIds = new Set<number>();
    for (const { hold } of parsed)
      if (snapshot.queuesById.get(hold.queueId)?.limits.orderedGroups) queueIds.add(hold.queueId);
    this.#context.signals.announce(queueIds);
  }
}

/** Those that have come back too often are dead-lettered instead. */
async function requeue(
  context: EngineContext,
  by: string,
  requeues: readonly Returned[],
): Promise<ReadonlySet<string>> {
  if (requeues.length === 0) return new Set();
  const rows = await returnRequeued(context.database.durable, requeues);
  const returned = keysOf(rows);
  for (const kind of ["requeued", "undelivered", "timed_out", "consumer_lost"] as const) {
    note(
      context,
      kind,
      by,
      requeues.filter((one) => one.kind === kind && returned.has(leaseKey(one))),
    );
  }
  await cameBack(
    context,
    rows.map((row) => row.queue_id),
  );
  const left = requeues.filter((one) => one.counts && one.deliveryLimit !== null && !returned.has(leaseKey(one)));
  const buried = await bury(
    context,
    left.map((hold) => ({ ...hold, reason: "delivery_limit" })),
  );
  return new Set([...returned, ...buried]);
}

/** The reason by which policies are to judge what comes back; null when none of them is concerned. */
function judgedReason(
  snapshot: TopologySnapshot,
  { queueId }: Hold,
  because: "timeout" | "consumer_lost" | undefined,
): FailureReason | null {
  const queue = snapshot.queuesById.get(queueId);
  return queue && because && isConcern(snapshot, queue, because) ? because : null;
}

function requeueOf(
  snapshot: TopologySnapshot,
  hold: Hold,
  outcome: Extract<Settlement["outcome"], { kind: "requeue" }>,
): Returned {
  const delayMs = outcome.delayMs ?? 0;
  checkRange("delayMs", delayMs, 0, maxDelayMs);
  const deliveryLimit = snapshot.queuesById.get(hold.queueId)?.limits.deliveryLimit ?? null;
  const undelivered = outcome.undelivered === true;
  const kind = undelivered ? "undelivered" : outcome.because === undefined ? "requeued" : returnKinds[outcome.because];
  return { ...hold, delayMs, counts: outcome.counts ?? !undelivered, undelivered, deliveryLimit, kind };
}

/** Undefined for what was in hand and is over. */
function holdOfAny(receipt: AnyReceipt): Hold | undefined {
  return receipt instanceof InHandMessage ? receipt.hold : holdOf(receipt as Receipt);
}

function queueIdOf(receipt: AnyReceipt): number {
  return receipt instanceof InHandMessage ? receipt.queue.id : holdOf(receipt as Receipt).queueId;
}

/** Tells the history what became of deliveries. */
function note(context: EngineContext, kind: DeliveryKind, by: string, holds: Iterable<Hold>): void {
  const queues = new Map<number, number[]>();
  for (const { queueId, seq } of holds) {
    const seqs = queues.get(queueId);
    if (seqs) seqs.push(seq);
    else queues.set(queueId, [seq]);
  }
  for (const [queueId, seqs] of queues) context.trail.note(kind, queueId, by, seqs);
}

function keysOf(rows: readonly SettledRow[]): Set<string> {
  return new Set(rows.map((row) => leaseKey({ queueId: row.queue_id, seq: row.seq, token: row.lease_token })));
}
