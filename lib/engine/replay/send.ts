import { BrokerError } from "@/lib/broker/errors";
import type { ReplayWork } from "@/lib/broker/jobs";
import { emptyTable, type FieldValue, longString } from "@/lib/broker/properties/field-value";
import { decodeProperties } from "@/lib/broker/properties/properties";
import { route } from "@/lib/broker/rules/router";
import type { EngineContext } from "@/lib/engine/context";
import { withoutFull } from "@/lib/engine/dead-lettering/full-queues";
import type { RoutedLetter } from "@/lib/engine/dead-lettering/letter";
import { traceCopies } from "@/lib/engine/history/record";
import { type ItemStaying, openSlice, writeSlice } from "@/lib/engine/jobs/ledger";
import { why } from "@/lib/engine/move/tally";
import { encodedProperties, placementIn } from "@/lib/engine/publish/outgoing";
import { placed, type Retained, routedTo } from "@/lib/engine/replay/walk";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import type { JobRow } from "@/lib/engine/sql/job";
import type { ItemPosition } from "@/lib/engine/sql/job-item";
import { retainedRead } from "@/lib/engine/sql/retained";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

interface Planned {
  readonly n: number;
  readonly letter: RoutedLetter | null;
}

const maxReroutes = 100;
const notRetained = "It is not retained any more: its time has run out.";

/**
 * Sends the next messages of a replay, each stored and written down as sent in one transaction: the job never sends one
 * twice. Bodies stay where they are; only their places in queues are new.
 */
export async function sendRetained(
  context: EngineContext,
  job: JobRow,
  work: ReplayWork,
  items: readonly ItemPosition[],
): Promise<void> {
  const { main } = context.database;
  const rows = await retainedRead(
    main,
    items.map(({ seq }) => seq),
    0,
  );
  const retained = new Map(rows.map((row) => [row.id, { row, properties: decodeProperties(row.properties) }]));
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const topology = await context.topology.fresh();
    const { plans, staying } = planned(topology, job, work, items, retained);
    const grown = await main.transaction((tx) => execute(tx, topology.version, job, items, plans, staying));
    if (grown) return context.queuesGrew(grown);
    await context.topology.reload();
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to replay by it. Try again shortly.");
}

function planned(
  topology: TopologySnapshot,
  job: JobRow,
  work: ReplayWork,
  items: readonly ItemPosition[],
  retained: ReadonlyMap<number, Retained>,
): { plans: Planned[]; staying: ItemStaying[] } {
  const plans: Planned[] = [];
  const staying: ItemStaying[] = [];
  for (const { n, seq } of items) {
    const message = retained.get(seq);
    if (!message) {
      staying.push({ n, why: notRetained, because: "gone" });
      continue;
    }
    const letter = letterOf(topology, job, work, message);
    if (letter) plans.push({ n, letter });
    else {
      const to = work.to ?? { exchange: message.row.exchange, routingKey: message.row.routing_key };
      // Of the messages' own routes some may lead nowhere now; the one that was chosen should.
      staying.push({ n, why: why.unroutable(to.exchange, to.routingKey), because: work.to ? "target" : "held" });
    }
  }
  return { plans, staying };
}

/** Null when no queue takes it. Throws `not-found` and `access-refused` for the exchange that was chosen. */
function letterOf(topology: TopologySnapshot, job: JobRow, work: ReplayWork, message: Retained): RoutedLetter | null {
  const { row, properties } = message;
  const { routing } = topology.vhost(job.vhost);
  const targets: readonly QueueRecord[] = work.to
    ? route(routing, work.to.exchange, [work.to.routingKey], properties.headers).queues
    : routedTo(topology, job.vhost, message);
  if (targets.length === 0) return null;
  const headers = new Map<string, FieldValue>(properties.headers ?? emptyTable);
  headers.set("x-replay-id", longString(job.id));
  if (work.markTime) headers.set("x-replayed-at", { t: "T", v: Math.floor(Date.now() / 1000) });
  return {
    targets,
    copy: {
      messageId: row.id,
      bytes: row.bytes,
      envelope: {
        exchange: work.to?.exchange ?? row.exchange,
        routingKey: work.to?.routingKey ?? row.routing_key,
        properties: encodedProperties({ ...properties, headers }),
      },
      placements: targets.map((queue) => placementIn(queue, placed(message))),
      death: null,
    },
  };
}

/** Returns the queues that grew; null when the topology has moved on. */
async function execute(
  tx: Queryable,
  version: number,
  job: JobRow,
  items: readonly ItemPosition[],
  plans: readonly Planned[],
  staying: readonly ItemStaying[],
): Promise<readonly QueueRecord[] | null> {
  if (!(await openSlice(tx, job, items))) return [];
  const targets = plans.flatMap(({ letter }) => letter?.targets ?? []).map((queue) => queue.id);
  if (!(await enterQueues(tx, version, targets))) return null;
  const accepted = await withoutFull(tx, plans);
  const sent: { n: number; letter: RoutedLetter }[] = [];
  const full: ItemStaying[] = [];
  accepted.forEach(({ n, letter }, index) => {
    const wanted = plans[index]?.letter?.targets ?? [];
    const refusing = wanted.find((queue) => !letter?.targets.includes(queue));
    if (refusing) full.push({ n, why: why.full(refusing.name), because: "target" });
    else if (letter) sent.push({ n, letter });
  });
  const seqs = await insertEntryCopies(
    tx,
    sent.map(({ letter }) => letter.copy),
  );
  await traceCopies(
    tx,
    sent.map(({ letter }) => letter.copy),
    seqs,
    { kind: "replayed", by: job.started_by, detail: { job: job.id } },
  );
  await writeSlice(
    tx,
    job,
    sent.map(({ n, letter }, index) => ({
      n,
      places: letter.copy.placements.map(({ queueId, rank }) => ({
        queue_id: queueId,
        rank,
        seq: seqs[index] ?? 0,
      })),
    })),
    [...staying, ...full],
    { skipsMissingOrigin: false },
  );
  return sent.flatMap(({ letter }) => letter.targets);
}
