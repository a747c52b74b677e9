import type { Burial, Ending, Plan } from "@/lib/engine/dead-letter/plan";
import { dropHeld } from "@/lib/engine/sql/drop";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { deleteBuried, type Requeue, returnRequeued, type SettledRow } from "@/lib/engine/sql/settle";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";

/** A plan that was carried out, since the message was still held. */
export interface Held {
  readonly plan: Plan;
  /** The number of its dead letter, the same in all queues that took it. */
  readonly letterSeq: number | null;
  /** The batch of the trash that it is in. */
  readonly trash: string | null;
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
  ];
}

function ofKind<K extends Ending["kind"]>(plans: readonly Plan[], kind: K): PlanOf<K>[] {
  return plans.filter((plan): plan is PlanOf<K> => plan.otherwise.kind === kind);
}

async function sendLetters(tx: Queryable, plans: readonly Plan[]): Promise<Held[]> {
  const held = await removeHeld(tx, plans);
  const seqs = await insertEntryCopies(
    tx,
    held.flatMap(({ letter }) => (letter ? [letter.copy] : [])),
  );
  return held.map((plan, index) => ({ plan, letterSeq: seqs[index] ?? null, trash: null }));
}

async function removeForGood(tx: Queryable, plans: readonly Plan[]): Promise<Held[]> {
  return (await removeHeld(tx, plans)).map((plan) => ({ plan, letterSeq: null, trash: null }));
}

async function removeHeld(tx: Queryable, plans: readonly Plan[]): Promise<Plan[]> {
  return plans.length === 0 ? [] : stillHeld(plans, await deleteBuried(tx, plans.map(burialOf)));
}

async function keepForRetry(tx: Queryable, plans: readonly PlanOf<"retry">[]): Promise<Held[]> {
  if (plans.length === 0) return [];
  const requeues = plans.map(
    // Its own limit is that of the policy; the queue's has been looked at.
    ({ burial, otherwise }): Requeue => ({ ...burial, delayMs: otherwise.delayMs, counts: true, deliveryLimit: null }),
  );
  return stillHeld(plans, await returnRequeued(tx, requeues)).map((plan) => ({ plan, letterSeq: null, trash: null }));
}

async function putIntoTrash(tx: Queryable, plans: readonly PlanOf<"trash">[]): Promise<Held[]> {
  const held: Held[] = [];
  for (const { queue, keepMs, by, members } of trashGroups(plans)) {
    const { batch, dropped } = await dropHeld(tx, queue, members.map(burialOf), keepMs, by);
    held.push(...stillHeld(members, dropped).map((plan) => ({ plan, letterSeq: null, trash: batch })));
  }
  return held;
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
