import { BrokerError } from "@/lib/broker/errors";
import { expirationMs } from "@/lib/broker/rules/queue-arguments";
import type { EngineContext } from "@/lib/engine/context";
import { type Trace, traceCopies } from "@/lib/engine/history/record";
import { partTaken, type Staying, type StayingCause, skipAll } from "@/lib/engine/move/left";
import { type Tally, why } from "@/lib/engine/move/tally";
import { placementIn } from "@/lib/engine/publish/outgoing";
import { hasLimit, isOverLimit } from "@/lib/engine/publish/overflow";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { type Copy, insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import type { Position } from "@/lib/engine/sql/entry-scan";
import { entryTakeAway, preferKeys } from "@/lib/engine/sql/entry-take";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import type { ReadMessage } from "@/lib/engine/views/page";

/** Where a message is to go, and under which exchange and key it then lies there; or why it stays. */
export type Destined =
  | { readonly exchange: string; readonly routingKey: string; readonly queues: readonly QueueRecord[] }
  | { readonly stays: string; readonly because: StayingCause };

interface Plan {
  readonly item: ReadMessage;
  readonly exchange: string;
  readonly routingKey: string;
  readonly queues: readonly QueueRecord[];
}

/** A message that was moved, with the place that it has in each of its new queues. */
export interface Moved {
  readonly item: ReadMessage;
  readonly places: readonly Position[];
}

/** What is written down in the transaction that moves. */
export interface Ledger {
  /** Before everything else in the transaction; false when nothing is to be done. */
  open(tx: Queryable): Promise<boolean>;
  write(tx: Queryable, moved: readonly Moved[], staying: readonly Staying[]): Promise<void>;
}

const maxReroutes = 100;

/**
 * Moves messages to other queues in one transaction: each is gone here exactly when it is stored there. What a
 * consumer holds, what is gone, and what no queue takes stays, and is written off with the reason.
 * @param trace what the history says of them
 * @returns false when the ledger wanted nothing done
 */
export async function transfer(
  context: EngineContext,
  items: readonly ReadMessage[],
  destinationOf: (item: ReadMessage, topology: TopologySnapshot) => Destined,
  tally: Tally,
  trace: Trace,
  ledger?: Ledger,
): Promise<boolean> {
  let topology = await context.topology.fresh();
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const snapshot = topology;
    const { plans, staying } = plan(items, snapshot, destinationOf);
    const outcome = await context.database.main.transaction((tx) =>
      execute(tx, snapshot.version, plans, staying, trace, ledger),
    );
    if (outcome === "closed") return false;
    if (outcome) {
      skipAll(tally, outcome.staying);
      tally.done(outcome.moved.length);
      await context.queuesGrew(new Set(outcome.moved.flatMap(({ queues }) => queues)));
      return true;
    }
    topology = await context.topology.reload();
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to move messages by it. Try again shortly.");
}

function plan(
  items: readonly ReadMessage[],
  topology: TopologySnapshot,
  destinationOf: (item: ReadMessage, topology: TopologySnapshot) => Destined,
) {
  const plans: Plan[] = [];
  const staying: Staying[] = [];
  for (const item of items) {
    const destined = destinationOf(item, topology);
    if ("stays" in destined) staying.push({ item, reason: destined.stays, because: destined.because });
    else plans.push({ item, ...destined });
  }
  return { plans, staying };
}

/** Null when the topology has moved on; then nothing was done. */
async function execute(
  tx: Queryable,
  version: number,
  plans: readonly Plan[],
  unplanned: readonly Staying[],
  trace: Trace,
  ledger: Ledger | undefined,
): Promise<{ moved: readonly Plan[]; staying: readonly Staying[] } | "closed" | null> {
  if (ledger && !(await ledger.open(tx))) return "closed";
  const carried = await carry(tx, version, plans, trace);
  if (!carried) return null;
  const staying = [...unplanned, ...carried.staying];
  await ledger?.write(tx, carried.moved.map(movedOf), staying);
  return { moved: carried.moved.map(({ plan }) => plan), staying };
}

interface Carried {
  readonly plan: Plan;
  readonly copy: Copy;
  readonly seq: number;
}

async function carry(
  tx: Queryable,
  version: number,
  plans: readonly Plan[],
  trace: Trace,
): Promise<{ moved: Carried[]; staying: Staying[] } | null> {
  if (plans.length === 0) return { moved: [], staying: [] };
  const targets = new Set(plans.flatMap(({ queues }) => queues));
  const targetIds = [...targets].map((queue) => queue.id);
  const [, entered] = await Promise.all([preferKeys(tx), enterQueues(tx, version, targetIds)]);
  if (!entered) return null;
  const staying: Staying[] = [];
  const accepted = await withRoom(tx, [...targets], plans, staying);
  await claimLock(
    tx,
    accepted.map(({ item }) => item.row.queue_id),
  );
  const rows = await entryTakeAway(
    tx,
    accepted.map(({ item }) => item.row),
  );
  const { done, staying: left } = await partTaken(tx, accepted, rows);
  const copies = done.map((plan) => ({ plan, copy: copyOf(plan) }));
  const seqs = await insertEntryCopies(
    tx,
    copies.map(({ copy }) => copy),
  );
  await traceCopies(
    tx,
    copies.map(({ copy }) => copy),
    seqs,
    trace,
  );
  return {
    moved: copies.map((carried, index) => ({ ...carried, seq: seqs[index] ?? 0 })),
    staying: [...staying, ...left],
  };
}

function movedOf({ plan, copy, seq }: Carried): Moved {
  return {
    item: plan.item,
    places: copy.placements.map(({ queueId, rank }) => ({ queue_id: queueId, rank, seq })),
  };
}

function copyOf({ item, exchange, routingKey, queues }: Plan): Copy {
  const { row, message } = item;
  const { properties } = message;
  const expiration = expirationMs(properties.expiration);
  return {
    messageId: row.message_id,
    bytes: row.bytes,
    envelope: { exchange, routingKey, properties: row.properties },
    placements: queues.map((queue) => placementIn(queue, { expirationMs: expiration, properties })),
    death: null,
  };
}

/** Leaves out what a full queue would refuse: nothing is taken out of one queue that another doesn't take. */
async function withRoom(
  tx: Queryable,
  targets: readonly QueueRecord[],
  plans: readonly Plan[],
  staying: Staying[],
): Promise<readonly Plan[]> {
  const refusing = targets.filter((queue) => hasLimit(queue, "refuses"));
  if (refusing.length === 0) return plans;
  const depths = await readQueueDepths(
    tx,
    refusing.map((queue) => queue.id),
  );
  const room = new Map(depths.map((depth) => [depth.queue_id, { ready: depth.ready, bytes: depth.ready_bytes }]));
  return plans.filter(({ item, queues }) => {
    const limited = queues.filter((queue) => hasLimit(queue, "refuses"));
    const full = limited.find((queue) => {
      const depth = room.get(queue.id);
      return depth && isOverLimit(queue, depth.ready + 1, depth.bytes + item.row.bytes);
    });
    if (full) {
      staying.push({ item, reason: why.full(full.name), because: "target" });
      return false;
    }
    for (const queue of limited) {
      const depth = room.get(queue.id);
      if (depth) {
        depth.ready++;
        depth.bytes += item.row.bytes;
      }
    }
    return true;
  });
}
