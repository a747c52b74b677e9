import { BrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { endTogether, type Held } from "@/lib/engine/dead-lettering/endings";
import { withoutFull } from "@/lib/engine/dead-lettering/full-queues";
import { type Burial, type Plan, planOf } from "@/lib/engine/dead-lettering/plan";
import { recordFailures } from "@/lib/engine/dead-lettering/record";
import { isRecorded } from "@/lib/engine/error-policy/judged";
import { queueNotices } from "@/lib/engine/notification/events";
import { type HeldContents, readHeldContents } from "@/lib/engine/sql/held-contents";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { Queryable } from "@/lib/engine/statement";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** So many at a time: their copies, and the locks of their queues, are held in one transaction. */
const maxAtOnce = 500;
const maxReroutes = 100;

/**
 * Ends deliveries that came to nothing, of messages that the caller holds. The error policies say what becomes of each;
 * by default it goes through its queue's dead-letter exchange, or is dropped (those that a consumer gave up on into the
 * trash). All of it in one transaction with its going from the queue, and only under the policies and the topology that
 * hold when it commits: a crash neither loses a decision nor carries it out twice.
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
    await context.groups.ensure(plans.flatMap(({ letter }) => letter?.copy.death ?? []));
    const version = snapshot.version;
    const done = await context.database.durable.transaction((tx) => execute(tx, version, plans));
    if (done) {
      await context.queuesGrew(plans.flatMap(({ letter, queue }) => letter?.targets ?? [queue]));
      noteGone(context, done);
      return done.map(({ plan }) => leaseKey(plan.burial));
    }
    snapshot = await context.topology.reload();
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to dead-letter by it. Try again shortly.");
}

/** What is not written down as a failure has an end all the same. */
function noteGone(context: EngineContext, done: readonly Held[]): void {
  const queues = new Map<string, { kind: "expired" | "dropped"; queueId: number; seqs: number[] }>();
  for (const { plan } of done) {
    if (isRecorded(plan.judged, plan.letter !== null)) continue;
    const kind = plan.burial.reason === "expired" ? "expired" : "dropped";
    const group = queues.get(`${kind} ${plan.queue.id}`) ?? { kind, queueId: plan.queue.id, seqs: [] };
    queues.set(`${kind} ${plan.queue.id}`, group);
    group.seqs.push(plan.burial.seq);
  }
  for (const { kind, queueId, seqs } of queues.values()) context.trail.note(kind, queueId, null, seqs);
}

/** In the order of the burials: dead letters of one settling lie in the order in which they were settled. */
function planned(
  snapshot: TopologySnapshot,
  burials: readonly Burial[],
  contents: ReadonlyMap<string, HeldContents>,
): Plan[] {
  const at = Date.now();
  return burials.flatMap((burial) => {
    const message = contents.get(leaseKey(burial));
    const queue = snapshot.queuesById.get(burial.queueId);
    // A queue that was deleted takes its messages with it.
    return message && queue ? [planOf(snapshot, queue, message, burial, at)] : [];
  });
}

/** Null when the topology, of which the policies are part, has moved on. */
async function execute(tx: Queryable, version: number, plans: readonly Plan[]): Promise<readonly Held[] | null> {
  const targets = new Set(plans.flatMap(({ letter }) => letter?.targets ?? []));
  const entered = await enterQueues(
    tx,
    version,
    [...targets].map((queue) => queue.id),
  );
  if (!entered) return null;
  const done = await endTogether(tx, await withoutFull(tx, plans));
  await recordFailures(tx, done);
  await queueNotices(
    tx,
    done.map(({ plan }) => plan),
  );
  return done;
}
