import type { EngineContext } from "@/lib/engine/context";
import { type QueueTrendRow, queueTrendList, TREND } from "@/lib/engine/sql/queue-trend";

type Trends = ReadonlyMap<number, QueueTrendRow>;

/** Samples come every 5 s, and a sparkline's buckets are longer: whoever asks within this time shares one answer. */
const SHARED_MS = 5_000;

const shared = new WeakMap<EngineContext, { readonly at: number; readonly trends: Promise<Trends> }>();

/** The trends of all queues in which something changed. A thousand busy queues take a while, so it is shared. */
export function allTrends(context: EngineContext): Promise<Trends> {
  const known = shared.get(context);
  if (known && Date.now() - known.at < SHARED_MS) return known.trends;
  const trends = readTrends(context, null);
  shared.set(context, { at: Date.now(), trends });
  trends.catch(() => shared.delete(context));
  return trends;
}

/** The trend of one queue. */
export async function trendOf(context: EngineContext, queueId: number): Promise<QueueTrendRow | undefined> {
  return (await readTrends(context, queueId)).get(queueId);
}

/**
 * Ready counts at the end of each bucket of the last ten minutes, oldest first; a bucket without a sample is as the
 * one before. Without any sample nothing changed in that time.
 * @param now the database's clock, in ms since 1970
 * @param ready as it is now, the last point
 */
export function trendPoints(row: QueueTrendRow | undefined, ready: number, now: number): number[] {
  const buckets = Math.round(TREND.ageMs / TREND.bucketMs);
  if (!row) return Array<number>(buckets).fill(ready);
  const byBucket = new Map(row.at.map((at, index) => [Math.round(at), row.ready[index] ?? 0]));
  const last = Math.floor(now / TREND.bucketMs) * TREND.bucketMs;
  const points: number[] = [];
  let value = row.before;
  for (let at = last - (buckets - 1) * TREND.bucketMs; at < last; at += TREND.bucketMs) {
    value = byBucket.get(at) ?? value;
    points.push(value);
  }
  points.push(ready);
  return points;
}

async function readTrends(context: EngineContext, queueId: number | null): Promise<Trends> {
  const rows = await queueTrendList(context.database.main, queueId);
  return new Map(rows.map((row) => [row.queue_id, row]));
}
