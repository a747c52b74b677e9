import type { Burial, Ending, Plan } from "@/lib/engine/dead-lettering/plan";
import { dropHeld } from "@/lib/engine/sql/drop";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { type NewReview, reviewInsert } from "@/lib/engine/sql/review";
import { deleteBuried, type Requeue, returnRequeued, type SettledRow } from "@/lib/engine/sql/settle";
import { storable } from "@/lib/engine/sql/storable";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";

/** A plan that was carried out, since the message was still held. */
export interface Held {
  readonly plan: Plan;
  /** The number of its dead letter, the same in all queues that took it. */
  readonly letterSeq: number | null;
  /** The batch of the trash that it is in. */
  readonly trash: string | null;
  /** The number of its review. */
  readonly review: number | null;
}

type PlanOf<K extends Ending["kind"]> = Plan & { readonly otherwise: Extract<Ending, { kind: K }> };

/**
 * Carries plans out, as far as their messages are still held. The transaction must have entered the queues of the
 * letters.
 */
export async function endTogether(tx: Queryable, plans: readonly Plan[]): Promise<Held[]> {
  const letters = plans.filter(({ letter }) => letter !== null);
  const others = plans.filter(({ letter }) => letter === null);
  return [
    ...(await sendLetters(tx, letters)),
    ...(await removeForGood(tx, ofKind(others, "gone"))),
    ...(await keepForRetry(tx, ofKind(others, "retry"))),
    ...(await putIntoTrash(tx, ofKind(others, "trash"))),
    ...(await handToPeople(tx, ofKind(others, "review"))),
  ];
}

function ofKind<K extends Ending["kind"]>(plans: readonly Plan[], kind: K): PlanOf<K>[] {
  return plans.filter((plan): plan is PlanOf<K> => plan.otherwise.kind === kind);
}

async function sendLetters(tx: Queryable, plans: readonly Plan[]): Promise<Held[]> {
  const gone = await removeHeld(tx, plans);
  const seqs = await insertEntryCopies(
    tx,
    gone.flatMap(({ letter }) => (letter ? [letter.copy] : [])),
  );
  return gone.map((plan, index) => held(plan, { letterSeq: seqs[index] ?? null }));
}

async function removeForGood(tx: Queryable, plans: readonly Plan[]): Promise<Held[]> {
  return (await removeHeld(tx, plans)).map((plan) => held(plan));
}

async function removeHeld(tx: Queryable, plans: readonly Plan[]): Promise<Plan[]> {
  return plans.length === 0 ? [] : stillHeld(plans, await deleteBuried(tx, plans.map(burialOf)));
}

async function keepForRetry(tx: Queryable, plans: readonly PlanOf<"retry">[]): Promise<Held[]> {
  if (plans.length === 0) return [];
  const requeues = plans.map(
    // Its own limit is that of the policy; the queue's has been looked at.
    ({ burial, otherwise }): Requeue => ({
      ...burial,
      delayMs: otherwise.delayMs,
      counts: true,
      undelivered: false,
      deliveryLimit: null,
    }),
  );
  return stillHeld(plans, await returnRequeued(tx, requeues)).map((plan) => held(plan));
}

async function putIntoTrash(tx: Queryable, plans: readonly PlanOf<"trash">[]): Promise<Held[]> {
  const done: Held[] = [];
  for (const { queue, keepMs, by, members } of trashGroups(plans)) {
    const { batch, dropped } = await dropHeld(tx, queue, members.map(burialOf), keepMs, by);
    done.push(...stillHeld(members, dropped).map((plan) => held(plan, { trash: batch })));
  }
  return done;
}

async function handToPeople(tx: Queryable, plans: readonly PlanOf<"review">[]): Promise<Held[]> {
  if (plans.length === 0) return [];
  const gone = stillHeld(plans, await deleteBuried(tx, plans.map(burialOf)));
  const ids = await reviewInsert(tx, gone.map(reviewOf));
  return gone.map((plan, index) => held(plan, { review: ids[index] ?? null }));
}

function reviewOf({ queue, message, burial, judged, otherwise }: PlanOf<"review">): NewReview {
  const { type, message: text, stack } = judged.error;
  return {
    vhostId: queue.vhostId,
    queueId: queue.id,
    queue: queue.name,
    rank: burial.rank,
    seq: burial.seq,
    messageId: message.message_id,
    bytes: message.bytes,
    enqueuedAt: message.enqueued_at,
    deliveryCount: message.delivery_count,
    groupKey: message.group_key,
    exchange: message.exchange,
    routingKey: message.routing_key,
    properties: message.properties,
    reason: judged.reason,
    attempts: judged.attempt,
    errorType: type === undefined ? null : storable(type),
    errorMessage: text === undefined ? null : storable(text),
    errorStack: stack === undefined ? null : storable(stack),
    policy: judged.verdict.policy?.name ?? "",
    note: otherwise.note,
  };
}

function held(plan: Plan, ended: Partial<Omit<Held, "plan">> = {}): Held {
  return { plan, letterSeq: null, trash: null, review: null, ...ended };
}

interface TrashGroup {
  readonly queue: QueueRecord;
  readonly keepMs: number;
  readonly by: string;
  readonly members: PlanOf<"trash">[];
}

/** Those that go into one batch, in the order of their queues' numbers, in which everybody locks them. */
function trashGroups(plans: readonly PlanOf<"trash">[]): TrashGroup[] {
  const groups = new Map<string, TrashGroup>();
  for (const plan of plans) {
    const { keepMs, by } = plan.otherwise;
    const key = `${plan.queue.id} ${keepMs} ${by}`;
    const group = groups.get(key);
    if (group) group.members.push(plan);
    else groups.set(key, { queue: plan.queue, keepMs, by, members: [plan] });
  }
  return [...groups.values()].sort((a, b) => a.queue.id - b.queue.id);
}

function burialOf({ burial }: Plan): Burial {
  return burial;
}

function stillHeld<P extends Plan>(plans: readonly P[], rows: readonly SettledRow[]): P[] {
  const keys = new Set(rows.map((row) => `${row.queue_id}.${row.seq}.${row.lease_token}`));
  return plans.filter(({ burial: { queueId, seq, token } }) => keys.has(`${queueId}.${seq}.${token}`));
}
