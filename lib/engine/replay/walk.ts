import type { ReplayWork } from "@/lib/broker/jobs";
import { decodeProperties, type MessageProperties } from "@/lib/broker/properties/properties";
import { maxSearchedBytes, messageTest } from "@/lib/broker/rules/message-filter";
import { expirationMs } from "@/lib/broker/rules/queue-arguments";
import { routingKeys } from "@/lib/broker/rules/router";
import type { EngineContext } from "@/lib/engine/context";
import { placementIn } from "@/lib/engine/publish/outgoing";
import { entryStillThere } from "@/lib/engine/sql/entry-take";
import { type PassedRow, type RetainedRow, retainedFrom, retainedRead, retainedScan } from "@/lib/engine/sql/retained";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** A retained message with what routing needs of it. */
export interface Retained {
  readonly row: RetainedRow;
  readonly properties: MessageProperties;
}

/** Numbers are drawn in the order of publishing but for a little: so much, in ms, a search by time allows for. */
const DISORDER_MS = 120_000;
const POSITIONS_AT_ONCE = 2_000;
/** So many bytes of bodies are in memory at a time. */
const BATCH_BYTES = 16 * 1_048_576;

/** Where a walk begins: before the first message of the time that is asked for. */
export async function firstBefore(context: EngineContext, since: Date | undefined, bound: number): Promise<number> {
  if (since === undefined) return 0;
  const wanted = since.getTime() - DISORDER_MS;
  let low = 0;
  let high = bound + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await retainedFrom(context.database.main, middle);
    if (!found || found.id > bound || found.published_at.getTime() >= wanted) high = middle;
    else low = found.id + 1;
  }
  return low - 1;
}

/**
 * Walks over the next retained messages and brings those that the work means.
 * @param bodyLimit bytes of each body to bring
 * @returns `last` is where to go on; null at the end
 */
export async function walkRetained(
  context: EngineContext,
  vhost: string,
  work: ReplayWork,
  from: { readonly after: number; readonly bound: number; readonly bodyLimit: number },
): Promise<{ readonly found: Retained[]; readonly last: number | null }> {
  const { main } = context.database;
  const topology = await context.topology.fresh();
  const passed = await retainedScan(main, {
    vhostId: topology.vhost(vhost).vhost.id,
    exchange: work.source.exchange ?? null,
    since: work.since ?? null,
    until: work.until ?? null,
    after: from.after,
    bound: from.bound,
    limit: POSITIONS_AT_ONCE,
  });
  const found: Retained[] = [];
  for (const ids of batchesOf(passed, bodyBytes(work, from.bodyLimit))) {
    const rows = await retainedRead(main, ids, bodyBytes(work, from.bodyLimit));
    found.push(...(await meant(context, topology, vhost, work, rows)));
  }
  return { found, last: isEnd(passed, work) ? null : (passed.at(-1)?.id ?? null) };
}

function isEnd(passed: readonly PassedRow[], { until }: ReplayWork): boolean {
  if (passed.length < POSITIONS_AT_ONCE) return true;
  const first = passed[0];
  return until !== undefined && first !== undefined && first.published_at.getTime() > until.getTime() + DISORDER_MS;
}

function bodyBytes({ filter }: ReplayWork, bodyLimit: number): number {
  const searches = filter?.text !== undefined || (filter?.fields ?? []).some(({ path }) => path.startsWith("body."));
  return searches ? Math.max(bodyLimit, maxSearchedBytes) : bodyLimit;
}

function batchesOf(passed: readonly PassedRow[], most: number): number[][] {
  const batches: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of passed) {
    if (!row.wanted) continue;
    const size = Math.min(row.bytes, most);
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(row.id);
    bytes += size;
  }
  return batches;
}

/** Those that match, came to the queue that is asked for, and don't lie there any more (unless they may). */
async function meant(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: ReplayWork,
  rows: readonly RetainedRow[],
): Promise<Retained[]> {
  const test = messageTest(work.filter ?? {});
  const found = rows
    .map((row): Retained => ({ row, properties: decodeProperties(row.properties) }))
    .filter(({ row, properties }) =>
      test({
        exchange: row.exchange,
        routingKey: row.routing_key,
        properties,
        body: row.body,
        bodyTruncated: row.body.length < row.bytes,
        death: null,
      }),
    )
    .map((one) => ({ one, queues: routedTo(topology, vhost, one) }))
    .filter(({ queues }) => work.source.queue === undefined || queues.some(({ name }) => name === work.source.queue));
  if (work.includeWaiting) return found.map(({ one }) => one);
  const places = found.flatMap(({ one, queues }) =>
    queues
      .filter(({ name }) => work.source.queue === undefined || name === work.source.queue)
      .map((queue) => {
        const { queueId, rank } = placementIn(queue, placed(one));
        return { queue_id: queueId, rank, seq: one.row.id };
      }),
  );
  const waiting = new Set((await entryStillThere(context.database.main, places)).map(({ seq }) => seq));
  return found.map(({ one }) => one).filter(({ row }) => !waiting.has(row.id));
}

/** Where the message would go if it were published now as it was then. */
export function routedTo(
  topology: TopologySnapshot,
  vhost: string,
  { row, properties }: Retained,
): readonly QueueRecord[] {
  const keys = routingKeys(row.routing_key, properties.headers);
  return topology.vhost(vhost).routing.follow(row.exchange, keys, properties.headers)?.queues ?? [];
}

/** What its place in a queue depends on. */
export function placed({ properties }: Retained) {
  return { expirationMs: expirationMs(properties.expiration), properties };
}
