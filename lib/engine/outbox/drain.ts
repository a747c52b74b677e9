import { type BrokerError, isBrokerError } from "@/lib/broker/errors";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { propertiesFromJson } from "@/lib/broker/properties/properties-json";
import type { EngineContext } from "@/lib/engine/context";
import { deadLetterRefused } from "@/lib/engine/dead-lettering/refused";
import { type Outgoing, outgoing } from "@/lib/engine/publish/outgoing";
import {
  admitted,
  deadLettersRefusals,
  insertRouted,
  queueIdsOf,
  type Routed,
  routed,
} from "@/lib/engine/publish/store";
import {
  nextInOutbox,
  type OutboxFailure,
  type OutboxRow,
  setAsideInOutbox,
  takeFromOutbox,
} from "@/lib/engine/sql/outbox";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const maxAtOnce = 500;
const maxBytes = 8 * 1024 * 1024;

/** One of the outbox with the queues that it goes to. */
interface Candidate {
  readonly row: OutboxRow;
  readonly routed: Routed;
}

/** Thrown to roll back: what was taken out of the outbox was routed by an outdated topology. */
class TopologyMovedError extends Error {
  override readonly name = "TopologyMovedError";
}

/**
 * Stores what users' own transactions published and committed: each message leaves the outbox in the transaction that
 * stores it, so none is lost and none comes twice, whoever dies in between. What can't be stored is put aside with the
 * reason, and what its transaction published after it, too.
 * @returns whether there is more to do at once
 */
export async function drainOutbox(context: EngineContext): Promise<boolean> {
  const rows = await nextInOutbox(context.database.durable, maxAtOnce, maxBytes);
  if (rows.length === 0) return false;
  await drain(context, rows);
  return true;
}

async function drain(context: EngineContext, rows: readonly OutboxRow[]): Promise<void> {
  const snapshot = await context.topology.fresh();
  const { candidates, failures } = prepared(rows, snapshot);
  let outcome: { stored: readonly Routed[]; failures: readonly OutboxFailure[] };
  try {
    outcome = await store(context, snapshot, candidates);
  } catch (error) {
    // It stays where it is, and the next run routes it anew.
    if (error instanceof TopologyMovedError) return;
    if (!isBrokerError(error) || error.code !== "internal") throw error;
    // One of them is what the database refuses; the others shall not suffer for it.
    const [first] = candidates;
    if (rows.length > 1) for (const row of rows) await drain(context, [row]);
    else if (first) await setAsideInOutbox(context.database.durable, [failed(first.row, error)]);
    return;
  }
  await setAsideInOutbox(context.database.durable, [...failures, ...outcome.failures]);
  await context.queuesGrew(outcome.stored.flatMap(({ queues }) => queues));
  await context.retention.stored(outcome.stored);
  await deadLetterRefused(context, outcome.stored);
}

async function store(context: EngineContext, { version }: TopologySnapshot, candidates: readonly Candidate[]) {
  if (candidates.length === 0) return { stored: [], failures: [] };
  return context.database.durable.transaction(async (tx) => {
    const all = candidates.map((one) => one.routed);
    if (!(await enterQueues(tx, version, queueIdsOf(all)))) throw new TopologyMovedError();
    const judged = (await admitted(tx, all)).map((one, index) => ({
      row: candidates[index]?.row as OutboxRow,
      routed: one,
    }));
    const { passed, failures } = inOrder(judged, refusal);
    const taken = await takeFromOutbox(
      tx,
      passed.map(({ row }) => row.id),
    );
    // Another node may have taken some of them in the moment in which leadership changed hands.
    const mine = passed.filter(({ row }) => taken.has(row.id)).map((one) => one.routed);
    const stored = await insertRouted(tx, version, mine);
    if (!stored) throw new TopologyMovedError();
    return { stored, failures };
  });
}

/** There is nobody to tell that a queue is full: the message waits until there is room. */
function refusal({ row, routed: { rejected } }: Candidate): OutboxFailure | null {
  const full = rejected.find((queue) => !deadLettersRefusals(queue));
  return full ? { ...place(row), error: `The queue '${full.name}' is full and refuses messages.` } : null;
}

/** Checks and routes; leaves out what can't be. */
function prepared(rows: readonly OutboxRow[], snapshot: TopologySnapshot) {
  const candidates: Candidate[] = [];
  const failures: OutboxFailure[] = [];
  const stopped = new Set<string>();
  for (const row of rows) {
    if (stopped.has(row.transaction)) continue;
    try {
      candidates.push({ row, routed: routed(messageOf(row), snapshot) });
    } catch (error) {
      if (!isBrokerError(error) && !(error instanceof InvalidPropertyError)) throw error;
      failures.push(failed(row, error));
      stopped.add(row.transaction);
    }
  }
  return { candidates, failures };
}

/** Leaves out those that fail, and what their transactions published after them. */
function inOrder(candidates: readonly Candidate[], failureOf: (one: Candidate) => OutboxFailure | null) {
  const passed: Candidate[] = [];
  const failures: OutboxFailure[] = [];
  const stopped = new Set<string>();
  for (const one of candidates) {
    if (stopped.has(one.row.transaction)) continue;
    const failure = failureOf(one);
    if (failure) {
      failures.push(failure);
      stopped.add(one.row.transaction);
    } else passed.push(one);
  }
  return { passed, failures };
}

function messageOf(row: OutboxRow): Outgoing {
  const { vhost, exchange, routing_key: routingKey, body } = row;
  const properties = propertiesFromJson(row.properties);
  const publisher = { user: row.published_by, tags: [], address: null, door: "system" } as const;
  return outgoing(publisher, { vhost, exchange, routingKey, properties, body });
}

function failed(row: OutboxRow, error: BrokerError | InvalidPropertyError): OutboxFailure {
  return { ...place(row), error: error.message };
}

function place({ id, transaction }: OutboxRow) {
  return { id, transaction };
}
