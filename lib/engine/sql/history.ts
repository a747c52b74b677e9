import { int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** One row of the history; see the migration. */
export interface NewHistory {
  /** When it was, in ms since 1970, by the database's clock; null for now. */
  readonly atMs: number | null;
  readonly bucket: number;
  readonly kind: string;
  readonly queueId: number | null;
  readonly by: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly packed: Buffer;
  readonly copies: Buffer | null;
}

/** Writes what happened to messages, several at once. */
export async function historyInsert(db: Queryable, rows: readonly NewHistory[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query({ name: "history_insert", text: insert }, [
    rows.map(({ atMs }) => atMs),
    int8Array(rows.map(({ bucket }) => bucket)),
    textArray(rows.map(({ kind }) => kind)),
    int4Array(rows.map(({ queueId }) => queueId ?? 0)),
    textArray(rows.map(({ by }) => by)),
    textArray(rows.map(({ detail }) => (detail === null ? null : JSON.stringify(detail)))),
    rows.map(({ packed }) => packed),
    rows.map(({ copies }) => copies),
  ]);
}

const insert = `
INSERT INTO warren.history (at, bucket, kind, queue_id, by, detail, packed, copies)
SELECT coalesce(to_timestamp(h.at / 1000), clock_timestamp()), h.bucket, h.kind, nullif(h.queue_id, 0), h.by, h.detail::jsonb,
  h.packed, h.copies
FROM unnest($1::float8[], $2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
  AS h (at, bucket, kind, queue_id, by, detail, packed, copies)`;

/** The database's clock, in ms since 1970. */
export async function databaseClock(db: Queryable): Promise<number> {
  const text = "SELECT (1000 * extract(epoch FROM clock_timestamp()))::float8 AS ms";
  const [row] = await db.query<{ ms: number }>({ name: "history_clock", text });
  if (!row) throw new Error("the database tells no time");
  return row.ms;
}

export interface HistoryRow {
  readonly at: Date;
  readonly bucket: number;
  readonly kind: string;
  readonly queue_id: number | null;
  readonly by: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly packed: Buffer | null;
  readonly numbers: readonly number[] | null;
  readonly copies: Buffer | null;
}

/**
 * The rows that may tell of numbers in these buckets, oldest first, at most `limit`.
 * @param since nothing happened before; a row bears the time of the first of what was gathered in it
 */
export async function historyRead(
  db: Queryable,
  buckets: readonly number[],
  since: Date,
  limit: number,
): Promise<HistoryRow[]> {
  return db.query<HistoryRow>(
    {
      name: "history_read",
      text: `SELECT at, bucket, kind, queue_id, by, detail, packed, numbers, copies FROM warren.history
             WHERE bucket = ANY ($1::bigint[]) AND at >= $2::timestamptz - interval '10 seconds' ORDER BY at LIMIT $3`,
    },
    [buckets, since, limit],
  );
}

/** Notes that a part of the trash was restored; in its transaction, before it is. */
export async function historyOfRestore(
  tx: Queryable,
  chunk: { batch: string; queueId: number; limit: number },
  by: string,
): Promise<void> {
  await tx.query(
    {
      name: "history_of_restore",
      text: `
INSERT INTO warren.history (bucket, kind, queue_id, by, detail, numbers)
SELECT c.message_id / 16384, 'restored', $2, $4,
  jsonb_build_object('trash', b.id, 'action', b.action, 'taken_at', b.at, 'taken_by', b.by), array_agg(c.message_id)
FROM (SELECT message_id FROM warren.trash WHERE batch_id = $1::uuid AND queue_id = $2 ORDER BY seq LIMIT $3) c
JOIN warren.trash_batch b ON b.id = $1::uuid
GROUP BY c.message_id / 16384, b.id`,
    },
    [chunk.batch, chunk.queueId, chunk.limit, by],
  );
}

/** Makes the partition of a day that is so many days ahead, if it isn't there. @param days 0 is today, in UTC */
export async function historyPartitionCreate(tx: Queryable, days: number): Promise<void> {
  const [row] = await tx.query<{ name: string; from: string; to: string; exists: boolean }>(
    {
      text: `SELECT 'history_' || to_char(d, 'YYYYMMDD') AS name, d::text AS from, (d + 1)::text AS to,
               to_regclass('warren.history_' || to_char(d, 'YYYYMMDD')) IS NOT NULL AS exists
             FROM (SELECT (now() AT TIME ZONE 'UTC')::date + $1::int AS d) day`,
    },
    [days],
  );
  if (!row || row.exists || !/^history_\d{8}$/.test(row.name)) return;
  const table = `warren.${row.name}`;
  await tx.query({ text: `CREATE TABLE ${table} (LIKE warren.history INCLUDING ALL)` });
  await tx.query({
    text: `ALTER TABLE warren.history ATTACH PARTITION ${table}
           FOR VALUES FROM ('${row.from} 00:00:00+00') TO ('${row.to} 00:00:00+00')`,
  });
}

/** Partitions of days that ended longer ago than this. */
export async function historyPartitionsOlder(db: Queryable, ms: number): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    {
      text: `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'warren.history'::regclass AND c.relname ~ '^history_\\d{8}$'
               AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 < (now() - $1::float8 * interval '1 millisecond') AT TIME ZONE 'UTC'`,
    },
    [ms],
  );
  return rows.map(({ name }) => name);
}

/** Drops one day's partition of the history. Throws when the name is not that of one. */
export async function historyPartitionDrop(tx: Queryable, name: string): Promise<void> {
  if (!/^history_\d{8}$/.test(name)) throw new Error(`${name} is no partition of the history`);
  await tx.query({ text: `DROP TABLE warren.${name}` });
}

/** Forgets what lies in no partition of a day. */
export async function historyRestExpire(db: Queryable, ms: number): Promise<void> {
  await db.query(
    {
      name: "history_rest_expire",
      text: "DELETE FROM warren.history_rest WHERE at < now() - $1::float8 * interval '1 millisecond'",
    },
    [ms],
  );
}
