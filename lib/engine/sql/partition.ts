import type { Queryable } from "@/lib/engine/statement";

/** Ids of one partition: its number times this is the first of them. */
const IDS_PER_PARTITION = 2 ** 32;

/** Only one node changes partitions at a time. */
const PARTITION_LOCK = 7_030_002;

export interface PartitionRow {
  number: number;
  /** Ms since the sequence came to it; since it was made, for one that it has not come to. */
  age_ms: number;
  /** Ms since the sequence left it; null while it is written, or waits to be. */
  closed_ms: number | null;
  /** How long it stays at least after that, in ms; null: as the whole cluster. */
  keep_ms: number | null;
  bytes: number;
  empty: boolean;
}

/** Takes the lock if nobody has it, and lets no statement of this transaction wait long for tables in use. */
export async function partitionTryLock(tx: Queryable): Promise<boolean> {
  await tx.query({ text: "SET LOCAL lock_timeout = '200ms'" });
  const [row] = await tx.query<{ held: boolean }>({ text: "SELECT pg_try_advisory_xact_lock($1) AS held" }, [
    PARTITION_LOCK,
  ]);
  return row?.held ?? false;
}

/** All partitions by their numbers, and the number of the one that the sequence is in. */
export async function partitionList(db: Queryable): Promise<{ current: number; partitions: PartitionRow[] }> {
  const [now] = await db.query<{ current: number }>({
    text: "SELECT (last_value >> 32)::integer AS current FROM warren.seq",
  });
  const partitions = await db.query<PartitionRow>({ text: list });
  return { current: now?.current ?? 1, partitions };
}

/**
 * Makes a partition and attaches it, which doesn't hold up those who write into the others (unlike PARTITION OF).
 * Nothing may be written into it before the statements that run now have ended: they don't know it yet.
 */
export async function partitionCreate(tx: Queryable, number: number): Promise<void> {
  const table = tableOf(number);
  await tx.query({ text: `CREATE TABLE ${table} (LIKE warren.message INCLUDING ALL)` });
  await tx.query({
    text: `ALTER TABLE warren.message ATTACH PARTITION ${table}
           FOR VALUES FROM (${number * IDS_PER_PARTITION}) TO (${(number + 1) * IDS_PER_PARTITION})`,
  });
  await tx.query({ text: "INSERT INTO warren.partition (number) VALUES ($1)" }, [number]);
}

/** Whether a statement runs that began before this partition was made, and so would not find it. */
export async function partitionIsUnknownToSome(db: Queryable, number: number): Promise<boolean> {
  const [row] = await db.query<{ unknown: boolean }>({ text: unknown }, [number]);
  return row?.unknown ?? true;
}

/**
 * Moves the sequence on to the beginning of a partition, never back. It takes effect at once, whether or not the
 * transaction commits; the lock of `partitionTryLock` keeps it from being done twice.
 */
export async function partitionMoveOn(tx: Queryable, number: number): Promise<void> {
  await tx.query(
    { text: "SELECT setval('warren.seq', $1::bigint, false) FROM warren.seq WHERE last_value < $1::bigint" },
    [number * IDS_PER_PARTITION],
  );
}

/** Notes for all partitions before the current one that the sequence has left them. */
export async function partitionCloseBefore(tx: Queryable, current: number): Promise<void> {
  await tx.query({ text: "UPDATE warren.partition SET closed_at = now() WHERE number < $1 AND closed_at IS NULL" }, [
    current,
  ]);
}

/**
 * Which partitions entries, the trash or undecided reviews refer to. Reads those tables once, from one snapshot, in which a message that
 * is being moved is in exactly one place; what nothing refers to can't be referred to again.
 */
export async function partitionReferred(db: Queryable): Promise<Set<number>> {
  const rows = await db.query<{ number: number }>({ text: referred });
  return new Set(rows.map((row) => row.number));
}

/** Whether a transaction is open that began before the sequence left the partition, and may yet refer to it. */
export async function partitionMayBeWritten(db: Queryable, number: number): Promise<boolean> {
  const [row] = await db.query<{ open: boolean }>({ text: open }, [number]);
  return row?.open ?? true;
}

/** The partition in which a message lies. */
export function partitionOf(messageId: number): number {
  return Math.floor(messageId / IDS_PER_PARTITION);
}

/** Has a partition stay for so many ms at least, once it was left. */
export async function partitionKeep(db: Queryable, number: number, keepMs: number): Promise<void> {
  const text = `UPDATE warren.partition SET keep_ms = $2 WHERE number = $1 AND coalesce(keep_ms, 0) < $2::bigint`;
  await db.query({ name: "partition_keep", text }, [number, keepMs]);
}

/** Drops a partition with all its messages, and gives its space back. */
export async function partitionDrop(tx: Queryable, number: number): Promise<void> {
  await tx.query({ text: `DROP TABLE ${tableOf(number)}` });
  await tx.query({ text: "DELETE FROM warren.partition WHERE number = $1" }, [number]);
}

/** Waits until no partition is being made or dropped, and keeps it so until the transaction ends. */
export async function partitionHold(tx: Queryable): Promise<void> {
  await tx.query({ text: "SELECT pg_advisory_xact_lock($1)" }, [PARTITION_LOCK]);
}

/** The partitions that there are, from the first to the last. */
export async function partitionRange(db: Queryable): Promise<{ from: number; to: number }> {
  const [row] = await db.query<{ from: number; to: number }>({
    text: `SELECT coalesce(min(number), 1) AS "from", coalesce(max(number), 1) AS "to" FROM warren.partition`,
  });
  return row ?? { from: 1, to: 1 };
}

/**
 * Whether a replay refers to messages of the partition, or did so just now: what it has sent since somebody looked
 * at the queues may lie there. The transaction must hold the partitions' lock; a replay takes it before it begins.
 */
export async function partitionIsReplayed(tx: Queryable, number: number): Promise<boolean> {
  const [row] = await tx.query<{ replayed: boolean }>({ text: replayed }, [number]);
  return row?.replayed ?? true;
}

/** Names can't be parameters; the number is checked instead. */
function tableOf(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number >= 2 ** 21)
    throw new Error(`no partition has number ${number}`);
  return `warren.message_${number}`;
}

const list = `
SELECT p.number, extract(epoch FROM now() - coalesce(before.closed_at, p.created_at))::float8 * 1000 AS age_ms,
  extract(epoch FROM now() - p.closed_at)::float8 * 1000 AS closed_ms,
  p.keep_ms::float8 AS keep_ms,
  pg_total_relation_size(format('warren.message_%s', p.number)::regclass)::float8 AS bytes,
  s.last_value <= p.number * 4294967296::bigint AS empty
FROM warren.partition p
CROSS JOIN warren.seq s
LEFT JOIN warren.partition before ON before.number = p.number - 1
ORDER BY p.number`;

const unknown = `
SELECT EXISTS (
  SELECT FROM pg_stat_activity a, warren.partition p
  WHERE p.number = $1 AND a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.state = 'active'
    AND a.query_start <= p.created_at + interval '1 s'
) AS unknown`;

const open = `
SELECT EXISTS (
  SELECT FROM pg_stat_activity a, warren.partition p
  WHERE p.number = $1 AND a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start <= p.closed_at
) AS open`;

/** One that is paused holds nothing for longer than a day. */
const replayed = `
SELECT EXISTS (
  SELECT FROM warren.job WHERE kind = 'replay' AND $1::int BETWEEN from_partition AND to_partition
    AND (ended_at IS NULL OR ended_at > now() - interval '1 hour')
    AND (state NOT IN ('paused', 'stopped') OR changed_at > now() - interval '1 day')
) AS replayed`;

const referred = `
SELECT DISTINCT (message_id >> 32)::integer AS number
FROM (SELECT message_id FROM warren.entry UNION ALL SELECT message_id FROM warren.trash
      UNION ALL SELECT message_id FROM warren.review WHERE decision IS NULL) refers`;
