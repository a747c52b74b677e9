import type { EngineContext } from "@/lib/engine/context";
import { readRetention } from "@/lib/engine/retention";
import {
  historyPartitionCreate,
  historyPartitionDrop,
  historyPartitionsOlder,
  historyRestExpire,
} from "@/lib/engine/sql/history";
import { partitionTryLock } from "@/lib/engine/sql/partition";
import type { Queryable } from "@/lib/engine/statement";

const DAY_MS = 86_400_000;
/** Partitions are made so many days ahead. */
const AHEAD = 2;

/** Makes the partitions of the next days, and drops those of which no message can be left. */
export async function keepHistory(context: EngineContext): Promise<void> {
  for (let days = 0; days <= AHEAD; days++) await unlessInUse(context, (tx) => historyPartitionCreate(tx, days));
  const { keptMs } = await readRetention(context.database.main);
  // A partition of messages may stay open for a day, and its time begins when it is left.
  const kept = keptMs + DAY_MS;
  for (const name of await historyPartitionsOlder(context.database.main, kept)) {
    await unlessInUse(context, (tx) => historyPartitionDrop(tx, name));
  }
  await historyRestExpire(context.database.main, kept);
}

/** A table that is in use just now is left for the next time; so is a day of which rows lie elsewhere already. */
async function unlessInUse(context: EngineContext, work: (tx: Queryable) => Promise<void>): Promise<void> {
  try {
    await context.database.main.transaction(async (tx) => {
      if (await partitionTryLock(tx)) await work(tx);
    });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "55P03" && code !== "23514") throw error;
  }
}
