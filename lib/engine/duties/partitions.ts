import type { EngineContext } from "@/lib/engine/context";
import { defaultRetention, type Retention, readRetention } from "@/lib/engine/retention";
import {
  type PartitionRow,
  partitionCloseBefore,
  partitionCreate,
  partitionDrop,
  partitionIsReplayed,
  partitionIsUnknownToSome,
  partitionList,
  partitionMayBeWritten,
  partitionMoveOn,
  partitionReferred,
  partitionTryLock,
} from "@/lib/engine/sql/partition";
import type { Queryable } from "@/lib/engine/statement";

export interface PartitionRules extends Retention {
  /** A new partition begins when the current one is at least so old and so large, */
  readonly moveOnAfterMs: number;
  readonly moveOnFromBytes: number;
  /** or, whatever its age, this large, */
  readonly moveOnAtBytes: number;
  /** or, whatever its size, this old. */
  readonly moveOnAtLatestMs: number;
  /** A partition was made at least so long before anything is written into it. */
  readonly knownForMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MIB = 1_048_576;

/** Small partitions are not worth their number: every look-up of a body passes all of them. */
const partitionRules: PartitionRules = {
  moveOnAfterMs: HOUR_MS,
  moveOnFromBytes: 64 * MIB,
  moveOnAtBytes: 1024 * MIB,
  moveOnAtLatestMs: 24 * HOUR_MS,
  knownForMs: MINUTE_MS,
  ...defaultRetention,
};

/**
 * Keeps one partition ahead of the sequence, and moves the sequence on into it when the current one is old or large.
 * The two are far apart in time: a statement that began before the new partition was attached would not find it.
 */
export async function rotatePartitions(context: EngineContext, rules = partitionRules): Promise<void> {
  await unlessInUse(context, async (tx) => {
    const { current, partitions } = await partitionList(tx);
    await partitionCloseBefore(tx, current);
    const next = partitions.find((partition) => partition.number === current + 1);
    if (!next) {
      await partitionCreate(tx, current + 1);
      return;
    }
    const writing = partitions.find((partition) => partition.number === current);
    if (!writing || !isFull(writing, rules) || next.age_ms < rules.knownForMs) return;
    if (await partitionIsUnknownToSome(tx, next.number)) return;
    await partitionMoveOn(tx, next.number);
    await partitionCloseBefore(tx, next.number);
  });
}

function isFull(partition: PartitionRow, rules: PartitionRules): boolean {
  if (partition.empty) return false;
  if (partition.bytes >= rules.moveOnAtBytes || partition.age_ms >= rules.moveOnAtLatestMs) return true;
  return partition.age_ms >= rules.moveOnAfterMs && partition.bytes >= rules.moveOnFromBytes;
}

/** Drops what is kept no longer by the cluster's setting. */
export async function dropOldPartitions(context: EngineContext): Promise<void> {
  await dropPartitions(context, { ...partitionRules, ...(await readRetention(context.database.main)) });
}

/**
 * Drops partitions that nothing refers to any more: those that were left long enough ago, and the oldest of the others
 * for as long as all of them together are too large. Where one is in use just now it
 * stays until the next call; nobody waits for it longer than the lock's timeout.
 */
export async function dropPartitions(context: EngineContext, rules: PartitionRules): Promise<void> {
  const { main } = context.database;
  const { partitions } = await partitionList(main);
  const closed = partitions.filter(({ closed_ms }) => closed_ms !== null);
  if (tooMuch(closed, rules).length === 0) return;
  const open = await Promise.all(closed.map(({ number }) => partitionMayBeWritten(main, number)));
  const referred = await partitionReferred(main);
  const retained = closed.filter(({ number }, index) => !open[index] && !referred.has(number));
  for (const { number } of tooMuch(retained, rules)) {
    await unlessInUse(context, async (tx) => {
      if (!(await partitionIsReplayed(tx, number))) await partitionDrop(tx, number);
    });
  }
}

/** Those that are too old, and the oldest of the rest until it is small enough. @param partitions oldest first */
function tooMuch(partitions: readonly PartitionRow[], { keptMs, keptBytes }: PartitionRules): PartitionRow[] {
  let bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  return partitions.filter((partition) => {
    const kept = Math.max(keptMs, partition.keep_ms ?? 0);
    const goes = (partition.closed_ms ?? 0) >= kept || bytes > keptBytes;
    if (goes) bytes -= partition.bytes;
    return goes;
  });
}

/** Runs `work` if no other node changes partitions just now, and gives up when a table it needs is in use. */
async function unlessInUse(context: EngineContext, work: (tx: Queryable) => Promise<void>): Promise<void> {
  try {
    await context.database.main.transaction(async (tx) => {
      if (await partitionTryLock(tx)) await work(tx);
    });
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
  }
}

/** SQLSTATE lock_not_available. */
function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "55P03";
}
