import type { StatsRange } from "@/lib/broker/broker";
import { notFound } from "@/lib/broker/errors";
import { noPolicies } from "@/lib/broker/policy";
import type { QueueStatus, Sample } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { queueSampleList, type SampleRow } from "@/lib/engine/sql/overview";
import { type QueueStatusRow, queueHead, queueStatusGet, queueStatusList } from "@/lib/engine/sql/queue-status";
import { decodeArguments } from "@/lib/engine/topology/arguments";
import type { QueueRecord } from "@/lib/engine/topology/records";
import { maxRankOf } from "@/lib/engine/views/ranks";
import { noRates, ratesBetween, totalsOf } from "@/lib/engine/views/rates";
import { seriesOf, sinceMade } from "@/lib/engine/views/series";
import { allTrends, trendOf, trendPoints } from "@/lib/engine/views/trend";

/** A queue in which nothing happened for this long is idle. */
const IDLE_AFTER_MS = 10_000;

/** All queues, or those of one vhost, with exact counts, in one statement (and one for all their trends). `not-found` for an unknown vhost. */
export async function listQueues(
  context: EngineContext,
  options: { vhost?: string; trend?: boolean },
): Promise<readonly QueueStatus[]> {
  const snapshot = await context.topology.fresh();
  if (options.vhost !== undefined) snapshot.vhost(options.vhost);
  const [rows, trends] = await Promise.all([
    queueStatusList(context.database.main, options.vhost ?? null),
    options.trend ? allTrends(context) : null,
  ]);
  return rows.map((row) =>
    statusOf(
      row,
      snapshot.queuesById.get(row.id),
      null,
      trends ? trendPoints(trends.get(row.id), row.ready, row.now) : [],
    ),
  );
}

/** One queue, with the age of its head and its trend. */
export async function getQueue(
  context: EngineContext,
  vhost: string,
  name: string,
  { use } = { use: false },
): Promise<QueueStatus> {
  const queue = (await context.topology.fresh()).queue(vhost, name);
  if (use) await context.usage.used(queue);
  const [row, head, trend] = await Promise.all([
    queueStatusGet(context.database.main, queue.id),
    queueHead(context.database.main, queue.id, maxRankOf(queue)),
    trendOf(context, queue.id),
  ]);
  if (!row) throw notFound("queue", name, vhost);
  return statusOf(row, queue, head, trendPoints(trend, row.ready, row.now));
}

/** Points for the charts of one queue. */
export async function queueSamples(
  context: EngineContext,
  vhost: string,
  name: string,
  range: StatsRange,
): Promise<readonly Sample[]> {
  const queue = (await context.topology.fresh()).queue(vhost, name);
  const [row, samples] = await Promise.all([
    queueStatusGet(context.database.main, queue.id),
    queueSampleList(context.database.main, queue.id, range.ageMs + range.incrementMs),
  ]);
  if (!row) throw notFound("queue", name, vhost);
  return seriesOf(sinceMade(samples, queue.createdAt.getTime()), currentOf(row), range, row.now);
}

/**
 * What a row says of a queue.
 * @param record what is known of it in the topology; undefined for one that was made this very moment
 */
export function statusOf(
  row: QueueStatusRow,
  record: QueueRecord | undefined,
  head: Date | null,
  trend: readonly number[],
): QueueStatus {
  const running = row.now - row.changed_at.getTime() < IDLE_AFTER_MS;
  const totals = totalsOf(currentOf(row));
  return {
    vhost: row.vhost,
    name: row.name,
    type: row.type,
    durable: row.durable,
    autoDelete: row.auto_delete,
    exclusive: row.exclusive,
    arguments: decodeArguments(row.arguments),
    createdAt: row.created_at,
    policies: record?.policies ?? noPolicies,
    consumerTimeoutMs: record?.limits.consumerTimeoutMs ?? null,
    state: running ? "running" : "idle",
    counts: {
      ready: row.ready,
      unacknowledged: row.unacked,
      delayed: row.delayed,
      readyBytes: row.ready_bytes,
      unacknowledgedBytes: row.unacked_bytes,
    },
    totals,
    rates: row.moved && row.elapsed !== null ? ratesBetween(totalsOf(baseOf(row)), totals, row.elapsed) : noRates,
    consumers: row.consumers,
    fullConsumers: row.full_consumers,
    idleSince: running ? null : row.changed_at,
    headEnqueuedAt: head,
    deadLettersHere: row.dead,
    deadLettersFromHere: row.dead_from_here,
    trend,
  };
}

function currentOf(row: QueueStatusRow): SampleRow {
  return {
    at: row.now,
    ready: row.ready,
    unacked: row.unacked,
    publish: row.publish,
    deliver: row.deliver,
    deliver_no_ack: row.deliver_no_ack,
    get: row.get,
    get_no_ack: row.get_no_ack,
    ack: row.ack,
    redeliver: row.redeliver,
    return_unroutable: 0,
    drop_unroutable: 0,
  };
}

function baseOf(row: QueueStatusRow): SampleRow {
  return {
    ...currentOf(row),
    publish: row.base_publish,
    deliver: row.base_deliver,
    deliver_no_ack: row.base_deliver_no_ack,
    get: row.base_get,
    get_no_ack: row.base_get_no_ack,
    ack: row.base_ack,
    redeliver: row.base_redeliver,
  };
}
