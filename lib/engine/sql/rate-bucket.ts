import type { Queryable } from "@/lib/engine/statement";

export interface RateBucket {
  readonly tokens: number;
  /** Seconds since 1970, by the database's clock. */
  readonly at: number;
}

/**
 * What a queue's bucket holds now. It is full at first, and fills up again by `perSecond`. The transaction must hold the
 * queue's claim lock.
 */
export async function readRateBucket(
  tx: Queryable,
  queueId: number,
  limit: { readonly perSecond: number; readonly burst: number },
): Promise<RateBucket> {
  const [row] = await tx.query<RateBucket>({ name: "rate_bucket_read", text: read }, [
    queueId,
    limit.perSecond,
    limit.burst,
  ]);
  if (!row) throw new Error("a bucket has a level");
  return row;
}

const read = `
SELECT least($3::float8, coalesce(b.tokens + greatest(0, n.at - b.at) * $2::float8, $3::float8)) AS tokens, n.at
FROM (SELECT extract(epoch FROM clock_timestamp())::float8 AS at) n
LEFT JOIN warren.rate_bucket b ON b.queue_id = $1`;

/** Writes down what a bucket held at a moment. */
export async function writeRateBucket(tx: Queryable, queueId: number, { tokens, at }: RateBucket): Promise<void> {
  await tx.query({ name: "rate_bucket_write", text: write }, [queueId, tokens, at]);
}

const write = `
INSERT INTO warren.rate_bucket (queue_id, tokens, at) VALUES ($1, $2, $3)
ON CONFLICT (queue_id) DO UPDATE SET tokens = excluded.tokens, at = excluded.at`;
