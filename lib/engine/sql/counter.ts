import type { Queryable } from "@/lib/engine/statement";

/** Only one node folds or samples at a time: whoever holds this lock till the end of its transaction. */
const FOLD_LOCK = 7_030_001;

/** Waits for the other folds to commit. A statement of its own, so that what follows sees what they left. */
export async function counterLock(db: Queryable): Promise<void> {
  await db.query({ name: "counter_lock", text: "SELECT pg_advisory_xact_lock($1)" }, [FOLD_LOCK]);
}

/** Takes the lock if nobody has it; false means that somebody else is folding just now. */
export async function counterTryLock(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ held: boolean }>(
    { name: "counter_try_lock", text: "SELECT pg_try_advisory_xact_lock($1) AS held" },
    [FOLD_LOCK],
  );
  return row?.held ?? false;
}

/**
 * Adds the queues' deltas to their counters and removes them, in one statement: whoever sums counters and deltas in
 * one snapshot sees the same before and after. Deltas of deleted queues just go.
 */
export async function queueCounterFold(db: Queryable): Promise<void> {
  await db.query({ name: "queue_counter_fold", text: queueFold });
}

/** The same for exchanges. */
export async function exchangeCounterFold(db: Queryable): Promise<void> {
  await db.query({ name: "exchange_counter_fold", text: exchangeFold });
}

const queueFold = `
WITH gone AS (
  DELETE FROM warren.queue_delta RETURNING *
), sums AS MATERIALIZED (
  SELECT g.queue_id, q.vhost_id, sum(g.ready) AS ready, sum(g.unacked) AS unacked, sum(g.delayed) AS delayed,
         sum(g.ready_bytes) AS ready_bytes, sum(g.unacked_bytes) AS unacked_bytes, sum(g.dead) AS dead,
         sum(g.publish) AS publish, sum(g.deliver) AS deliver, sum(g.deliver_no_ack) AS deliver_no_ack,
         sum(g.get) AS get, sum(g.get_no_ack) AS get_no_ack, sum(g.ack) AS ack, sum(g.redeliver) AS redeliver
  FROM gone g JOIN warren.queue q ON q.id = g.queue_id
  GROUP BY g.queue_id, q.vhost_id
), vhosts AS (
  INSERT INTO warren.vhost_counter AS c (vhost_id, deliver, deliver_no_ack, get, get_no_ack, ack, redeliver)
  SELECT vhost_id, sum(deliver), sum(deliver_no_ack), sum(get), sum(get_no_ack), sum(ack), sum(redeliver)
  FROM sums GROUP BY vhost_id ORDER BY vhost_id
  ON CONFLICT (vhost_id) DO UPDATE SET
    deliver = c.deliver + excluded.deliver, deliver_no_ack = c.deliver_no_ack + excluded.deliver_no_ack,
    get = c.get + excluded.get, get_no_ack = c.get_no_ack + excluded.get_no_ack,
    ack = c.ack + excluded.ack, redeliver = c.redeliver + excluded.redeliver
)
INSERT INTO warren.queue_counter AS c (queue_id, ready, unacked, delayed, ready_bytes, unacked_bytes, dead, publish,
  deliver, deliver_no_ack, get, get_no_ack, ack, redeliver, changed_at)
SELECT queue_id, ready, unacked, delayed, ready_bytes, unacked_bytes, dead, publish,
  deliver, deliver_no_ack, get, get_no_ack, ack, redeliver, clock_timestamp()
FROM sums ORDER BY queue_id
ON CONFLICT (queue_id) DO UPDATE SET
  ready = c.ready + excluded.ready, unacked = c.unacked + excluded.unacked, delayed = c.delayed + excluded.delayed,
  ready_bytes = c.ready_bytes + excluded.ready_bytes, unacked_bytes = c.unacked_bytes + excluded.unacked_bytes,
  dead = c.dead + excluded.dead, publish = c.publish + excluded.publish, deliver = c.deliver + excluded.deliver,
  deliver_no_ack = c.deliver_no_ack + excluded.deliver_no_ack, get = c.get + excluded.get,
  get_no_ack = c.get_no_ack + excluded.get_no_ack, ack = c.ack + excluded.ack,
  redeliver = c.redeliver + excluded.redeliver, changed_at = excluded.changed_at`;

const exchangeFold = `
WITH gone AS (
  DELETE FROM warren.exchange_delta RETURNING *
), sums AS MATERIALIZED (
  SELECT g.exchange_id, x.vhost_id, sum(g.publish_in) AS publish_in, sum(g.publish_out) AS publish_out,
         sum(g.return_unroutable) AS return_unroutable, sum(g.drop_unroutable) AS drop_unroutable
  FROM gone g JOIN warren.exchange x ON x.id = g.exchange_id
  GROUP BY g.exchange_id, x.vhost_id
), vhosts AS (
  INSERT INTO warren.vhost_counter AS c (vhost_id, publish, return_unroutable, drop_unroutable)
  SELECT vhost_id, sum(publish_in), sum(return_unroutable), sum(drop_unroutable)
  FROM sums GROUP BY vhost_id ORDER BY vhost_id
  ON CONFLICT (vhost_id) DO UPDATE SET
    publish = c.publish + excluded.publish, return_unroutable = c.return_unroutable + excluded.return_unroutable,
    drop_unroutable = c.drop_unroutable + excluded.drop_unroutable
)
INSERT INTO warren.exchange_counter AS c (exchange_id, publish_in, publish_out, return_unroutable, drop_unroutable,
  changed_at)
SELECT exchange_id, publish_in, publish_out, return_unroutable, drop_unroutable, clock_timestamp()
FROM sums ORDER BY exchange_id
ON CONFLICT (exchange_id) DO UPDATE SET
  publish_in = c.publish_in + excluded.publish_in, publish_out = c.publish_out + excluded.publish_out,
  return_unroutable = c.return_unroutable + excluded.return_unroutable,
  drop_unroutable = c.drop_unroutable + excluded.drop_unroutable, changed_at = excluded.changed_at`;
