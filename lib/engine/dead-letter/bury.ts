import { BrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { withoutFull } from "@/lib/engine/dead-letter/full-queues";
import { type Cause, type RoutedLetter, routeLetter } from "@/lib/engine/dead-letter/letter";
import { dropHeld } from "@/lib/engine/sql/drop";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { type HeldContents, readHeldContents } from "@/lib/engine/sql/held-contents";
import { deleteBuried, type HeldEntry } from "@/lib/engine/sql/settle";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** How long what nobody takes as a dead letter can be found in the trash, in ms. */
const trashMs = 7 * 24 * 60 * 60 * 1000;
/** So many at a time: their copies, and the locks of their queues, are held in one transaction. */
const maxAtOnce = 500;
const maxReroutes = 100;

export interface Burial extends HeldEntry, Cause {}

interface Plan {
  readonly burial: Burial;
  readonly queue: QueueRecord;
  /** Null when nobody takes it. */
  readonly letter: RoutedLetter | null;
}

/**
 * Ends messages that the caller holds: each goes through its queue's dead-letter exchange, or is dropped (those that a
 * consumer gave up on into the trash), in one transaction with its going from the queue.
 * @returns those that were still held, as `leaseKey`s; the others have passed on and are left alone
 */
export async function bury(context: EngineContext, burials: readonly Burial[]): Promise<Set<string>> {
  const settled = new Set<string>();
  for (let from = 0; from < burials.length; from += maxAtOnce) {
    for (const key of await buryTogether(context, burials.slice(from, from + maxAtOnce))) settled.add(key);
  }
  return settled;
}

/** Names one lease of one entry. */
export function leaseKey(entry: { queueId: number; seq: number; token: number }): string {
  return `${entry.queueId}.${entry.seq}.${entry.token}`;
}

async function buryTogether(context: EngineContext, burials: readonly Burial[]): Promise<string[]> {
  const contents = await readHeldContents(context.database.durable, burials);
  if (contents.length === 0) return [];
  const byKey = new Map(
    contents.map((held) => [leaseKey({ queueId: held.queue_id, seq: held.seq, token: held.lease_token }), held]),
  );
  let snapshot = await context.topology.current();
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const plans = planned(snapshot, burials, byKey);
    const version = snapshot.version;
    const done = await context.database.durable.transaction((tx) => execute(tx, version, plans));
    if (done) {
      await context.queuesGrew(plans.flatMap(({ letter }) => letter?.targets ?? []));
      return done;
    }
    snapshot = await context.topology.reload();
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to dead-letter by it. Try again shortly.");
}

/** In the order of the burials: dead letters of one settling lie in the order in which they were settled. */
function planned(
  snapshot: TopologySnapshot,
  burials: readonly Burial[],
  contents: ReadonlyMap<string, HeldContents>,
): Plan[] {
  return burials.flatMap((burial) => {
    const message = contents.get(leaseKey(burial));
    const queue = snapshot.queuesById.get(burial.queueId);
    // A queue that was deleted takes its messages with it.
    if (!message || !queue) return [];
    return [{ burial, queue, letter: routeLetter(snapshot, queue, message, burial) }];
  });
}

/** Null when the topology has moved on. */
async function execute(tx: Queryable, version: number, plans: readonly Plan[]): Promise<string[] | null> {
  const targets = new Set(plans.flatMap(({ letter }) => letter?.targets ?? []));
  const entered = await enterQueues(
    tx,
    version,
    [...targets].map((queue) => queue.id),
  );
  if (!entered) return null;
  const accepted = await withoutFull(tx, plans);
  const toTrash = accepted.filter(({ letter, burial }) => !letter && isGivenUp(burial));
  const toGo = accepted.filter(({ letter, burial }) => letter || !isGivenUp(burial));
  const gone =
    toGo.length === 0
      ? []
      : await deleteBuried(
          tx,
          toGo.map((plan) => plan.burial),
        );
  const done = new Set(gone.map(keyOf));
  await insertEntryCopies(
    tx,
    toGo.flatMap(({ letter, burial }) => (letter && done.has(leaseKey(burial)) ? [letter.copy] : [])),
  );
  for (const [queue, plansOfQueue] of groupByQueue(toTrash)) {
    const dropped = await dropHeld(
      tx,
      queue,
      plansOfQueue.map((plan) => plan.burial),
      trashMs,
    );
    for (const row of dropped) done.add(keyOf(row));
  }
  return [...done];
}

/** Somebody may still want what failed; what expired or did not fit was to go. */
function isGivenUp({ reason }: Cause): boolean {
  return reason === "rejected" || reason === "delivery_limit";
}

function keyOf(row: { queue_id: number; seq: number; lease_token: number }): string {
  return leaseKey({ queueId: row.queue_id, seq: row.seq, token: row.lease_token });
}

/** In the order of their numbers, in which everybody locks them. */
function groupByQueue(plans: readonly Plan[]): [QueueRecord, Plan[]][] {
  const groups = new Map<QueueRecord, Plan[]>();
  for (const plan of plans) {
    const group = groups.get(plan.queue);
    if (group) group.push(plan);
    else groups.set(plan.queue, [plan]);
  }
  return [...groups].sort(([a], [b]) => a.id - b.id);
}
