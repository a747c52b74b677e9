import type { EngineContext } from "@/lib/engine/context";
import { counterLock, counterTryLock, exchangeCounterFold, queueCounterFold } from "@/lib/engine/sql/counter";
import { sampleExpire, sampleTake, sampleThin } from "@/lib/engine/sql/sample";

export const FOLD_EVERY_MS = 500;
export const SAMPLE_EVERY_MS = 5_000;
export const THIN_EVERY_MS = 60_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const minutes = { olderThanMs: 10 * MINUTE_MS, keepEveryMs: MINUTE_MS };
const tens = { olderThanMs: 3 * HOUR_MS, keepEveryMs: 10 * MINUTE_MS };
/** A day's chart reaches back a day; half a day more is there for one that begins earlier. */
const KEPT_MS = 36 * HOUR_MS;

/** Folds deltas into counters; when somebody else is just doing so, there is nothing to wait for. */
export async function foldCounters(context: EngineContext): Promise<void> {
  await context.database.relaxed.transaction(async (tx) => {
    if (!(await counterTryLock(tx))) return;
    await Promise.all([queueCounterFold(tx), exchangeCounterFold(tx)]);
  });
}

/** Writes a tick of samples, unless another node wrote one just now. */
export async function takeSamples(context: EngineContext): Promise<void> {
  await context.database.relaxed.transaction(async (tx) => {
    await counterLock(tx);
    await Promise.all([queueCounterFold(tx), exchangeCounterFold(tx), sampleTake(tx, SAMPLE_EVERY_MS * 0.8)]);
  });
}

/** Thins samples that have just become old enough. */
export async function thinSamples(context: EngineContext): Promise<void> {
  await sampleThin(context.database.main, minutes, 15 * MINUTE_MS);
}

/** Thins further back, also what was missed while no node ran, and deletes what no chart shows. */
export async function expireSamples(context: EngineContext): Promise<void> {
  const { main } = context.database;
  await sampleThin(main, minutes, 3 * HOUR_MS);
  await sampleThin(main, tens, 6 * HOUR_MS);
  await sampleExpire(main, KEPT_MS);
}
