import type { Queryable } from "@/lib/engine/statement";

/** The thinning steps: rows older than `olderThanMs` are left at one per `keepEveryMs`. */
interface ThinningStep {
  readonly olderThanMs: number;
  readonly keepEveryMs: number;
}

/**
 * Writes one tick: a sample of every queue and exchange whose counters changed since the last tick, and of every
 * vhost. To be called after the fold, in the same transaction and under its lock, so that no change falls between.
 * @param notBeforeMs does nothing when the last tick was less than so long ago
 */
export async function sampleTake(db: Queryable, notBeforeMs: number): Promise<void> {
  await db.query({ name: "sample_take", text: take }, [notBeforeMs]);
}

/**
 * Thins what became old enough: of each series only the last row of each interval stays. Looks back `scanMs` from the
 * step's age, so a call that was missed is made up for by a longer look.
 */
export async function sampleThin(db: Queryable, step: ThinningStep, scanMs: number): Promise<void> {
  for (const [table, key] of series) {
    await db.query({ text: thin(table, key) }, [step.olderThanMs, step.keepEveryMs, scanMs]);
  }
}

/**
 * Deletes samples older than `ageMs`. The last sample of a queue or exchange stays, however old: it is what the next
 * change is compared with.
 */
export async function sampleExpire(db: Queryable, ageMs: number): Promise<void> {
  for (const [table, key] of series) {
    await db.query({ text: expire(table, key) }, [ageMs]);
  }
}

const series = [
  ["queue_sample", "queue_id"],
  ["exchange_sample", "exchange_id"],
  ["vhost_sample", "vhost_id"],
] as const;

const take = `
WITH tick AS MATERIALIZED (
  SELECT * FROM (
    SELECT clock_timestamp() AS at, coalesce((SELECT max(at) FROM warren.vhost_sample), '-infinity') AS last
  ) t WHERE t.last < t.at - $1 * interval '1 ms'
), queues AS (
  INSERT INTO warren.queue_sample (queue_id, at, ready, unacked, publish, deliver, deliver_no_ack, get, get_no_ack,
    ack, redeliver)
  SELECT c.queue_id, tick.at, c.ready, c.unacked, c.publish, c.deliver, c.deliver_no_ack, c.get, c.get_no_ack,
    c.ack, c.redeliver
  FROM warren.queue_counter c, tick WHERE c.changed_at > tick.last
), exchanges AS (
  INSERT INTO warren.exchange_sample (exchange_id, at, publish_in, publish_out, return_unroutable, drop_unroutable)
  SELECT c.exchange_id, tick.at, c.publish_in, c.publish_out, c.return_unroutable, c.drop_unroutable
  FROM warren.exchange_counter c, tick WHERE c.changed_at > tick.last
), depth AS (
  SELECT q.vhost_id, sum(c.ready) AS ready, sum(c.unacked) AS unacked
  FROM warren.queue q JOIN warren.queue_counter c ON c.queue_id = q.id GROUP BY q.vhost_id
)
INSERT INTO warren.vhost_sample (vhost_id, at, ready, unacked, publish, deliver, deliver_no_ack, get, get_no_ack, ack,
  redeliver, return_unroutable, drop_unroutable)
SELECT v.id, tick.at, coalesce(d.ready, 0), coalesce(d.unacked, 0), coalesce(c.publish, 0), coalesce(c.deliver, 0),
  coalesce(c.deliver_no_ack, 0), coalesce(c.get, 0), coalesce(c.get_no_ack, 0), coalesce(c.ack, 0),
  coalesce(c.redeliver, 0), coalesce(c.return_unroutable, 0), coalesce(c.drop_unroutable, 0)
FROM warren.vhost v CROSS JOIN tick
LEFT JOIN warren.vhost_counter c ON c.vhost_id = v.id
LEFT JOIN depth d ON d.vhost_id = v.id`;

const thin = (table: string, key: string) => `
WITH bounds AS (
  SELECT date_bin($2 * interval '1 ms', now() - $1 * interval '1 ms', 'epoch') AS upper
), old AS MATERIALIZED (
  SELECT s.${key} AS key, s.at,
         row_number() OVER (PARTITION BY s.${key}, date_bin($2 * interval '1 ms', s.at, 'epoch') ORDER BY s.at DESC) AS nth
  FROM warren.${table} s, bounds WHERE s.at < bounds.upper AND s.at >= bounds.upper - $3 * interval '1 ms'
)
DELETE FROM warren.${table} s USING old WHERE s.${key} = old.key AND s.at = old.at AND old.nth > 1`;

const expire = (table: string, key: string) => `
DELETE FROM warren.${table} s WHERE s.at < now() - $1 * interval '1 ms'
  AND EXISTS (SELECT FROM warren.${table} newer WHERE newer.${key} = s.${key} AND newer.at > s.at)`;
