import type { Queryable } from "@/lib/engine/statement";

/** Queues are spread over this many locks; see `warren.enter` in the migration. */
const shardCount = 64;

/** The locks of these queues, each once, in the order in which everybody takes them. */
export function shardsOf(queueIds: Iterable<number>): number[] {
  const shards = new Set<number>();
  for (const id of queueIds) shards.add(id % shardCount);
  return [...shards].sort((a, b) => a - b);
}

/**
 * Takes the locks under which entries may be added to these queues, until the transaction ends. Must come before any
 * other lock (cursor, entry, deferred) of the transaction; whoever needs both and comes the other way round deadlocks.
 * @returns false when the topology is no longer of this version: then nothing may be written by what was routed with it
 */
export async function enterQueues(tx: Queryable, version: number, queueIds: Iterable<number>): Promise<boolean> {
  const [row] = await tx.query<{ entered: boolean }>(
    { name: "shards_enter", text: `SELECT warren.enter($1::bigint, $2::int[]) AS entered` },
    [version, shardsOf(queueIds)],
  );
  return row?.entered === true;
}
