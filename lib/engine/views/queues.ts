import type { StatsRange } from "@/lib/broker/broker";
import { notFound } from "@/lib/broker/errors";
import type { QueueStatus, Sample } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { queueSampleList, type SampleRow } from "@/lib/engine/sql/overview";
import { type QueueStatusRow, queueHead, queueStatusGet, queueStatusList, TREND } from "@/lib/engine/sql/queue-status";
import { decodeArguments } from "@/lib/engine/topology/arguments";
import { maxRankOf } from "@/lib/engine/views/ranks";
import { noRates, ratesBetween, totalsOf } from "@/lib/engine/views/rates";
import { seriesOf } from "@/lib/engine/views/series";

/** A queue in which nothing happened for this long is idle. */
const IDLE_AFTER_MS = 10_000;

/** All queues, or those of one vhost, with exact counts, in one statement. `not-found` for an unknown vhost. */
export async function listQueues(
  context: EngineContext,
  options: { vhost?: string; trend?: boolean },
): Promise<readonly QueueStatus[]> {
  if (options.vhost !== undefined) (await context.topology.fresh()).vhost(options.vhost);
  const rows = await queueStatusList(context.database.main, {
    vhost: options.vhost ?? null,
    trend: options.trend ?? false,
  });
  return rows.map((row) => statusOf(row, null, options.trend ?? false));
}

/** One queue, with the age of its head and its trend. */
export async function getQueue(context: EngineContext, vhost: string, name: string): Promise<QueueStatus> {
  const queue = (await context.topology.fresh()).queue(vhost, name);
  const [row, head] = await Promise.all([
    queueStatusGet(context.database.main, queue.id),
    queueHead(context.database.main, queue.id, maxRankOf(queue)),
  ]);
  if (!row) throw notFound("queue", name, vhost);
  return statusOf(row, head, true);
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
  return seriesOf(samples, currentOf(row), range, row.now);
}

function statusOf(row: QueueStatusRow, head: Date | null, withTrend: boolean): QueueStatus {
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
    consumers: 0,
    idleSince: running ? null : row.changed_at,
    headEnqueuedAt: head,
    deadLettersHere: row.dead,
    deadLettersFromHere: row.dead_from_here,
    trend: withTrend ? trendOf(row) : [],
  };
}

/** Ready counts at the end of each bucket of the last ten minutes; a bucket without a sample is as the one before. */
function trendOf(row: QueueStatusRow): number[] {
  const buckets = Math.round(TREND.ageMs / TREND.bucketMs);
  const last = Math.floor(row.now / TREND.bucketMs) * TREND.bucketMs;
  const byBucket = new Map<number, number>();
  row.trend_at?.forEach((at, index) => {
    byBucket.set(Math.round(at), row.trend_ready?.[index] ?? 0);
  });
  // Without any sample in that time nothing changed: it is as it was then.
  let ready = row.trend_at === null ? row.ready : (row.trend_before ?? 0);
  const trend: number[] = [];
  for (let at = last - (buckets - 1) * TREND.bucketMs; at < last; at += TREND.bucketMs) {
    ready = byBucket.get(at) ?? ready;
    trend.push(ready);
  }
  trend.push(row.ready);
  return trend;
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
