import type { Queryable } from "@/lib/engine/statement";

/** Reach and buckets of the sparkline, in ms. */
export const TREND = { ageMs: 600_000, bucketMs: 20_000 } as const;

export interface QueueTrendRow {
  queue_id: number;
  /** Beginnings of the buckets that have samples, ascending, in ms since 1970, and the last ready count in each. */
  at: number[];
  ready: number[];
  /** Ready messages when the trend begins. */
  before: number;
}

/** Ready counts of the last ten minutes, of all queues in which something changed, or of one. */
export async function queueTrendList(db: Queryable, queueId: number | null): Promise<QueueTrendRow[]> {
  return db.query<QueueTrendRow>({ name: "queue_trend_list", text: list }, [queueId]);
}

const list = `
WITH points AS (
  SELECT DISTINCT ON (queue_id, bucket) queue_id, date_bin(interval '${TREND.bucketMs} ms', at, 'epoch') AS bucket, ready
  FROM warren.queue_sample
  WHERE at > now() - interval '${TREND.ageMs} ms' AND ($1::integer IS NULL OR queue_id = $1)
  ORDER BY queue_id, bucket, at DESC
), trend AS (
  SELECT queue_id, array_agg(date_part('epoch', bucket) * 1000 ORDER BY bucket) AS at,
         array_agg(ready::float8 ORDER BY bucket) AS ready
  FROM points GROUP BY queue_id
)
SELECT t.queue_id, t.at, t.ready, coalesce((
  SELECT s.ready FROM warren.queue_sample s
  WHERE s.queue_id = t.queue_id AND s.at <= now() - interval '${TREND.ageMs} ms' ORDER BY s.at DESC LIMIT 1
), 0)::float8 AS before
FROM trend t`;
