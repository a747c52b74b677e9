import type { Duty } from "@/lib/engine/duties/duty";
import { counterLock, counterTryLock, exchangeCounterFold, queueCounterFold } from "@/lib/engine/sql/counter";
import { sampleExpire, sampleTake, sampleThin } from "@/lib/engine/sql/sample";

const SAMPLE_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const minutes = { olderThanMs: 10 * MINUTE_MS, keepEveryMs: MINUTE_MS };
const tens = { olderThanMs: 3 * HOUR_MS, keepEveryMs: 10 * MINUTE_MS };
/** A day's chart reaches back a day; half a day more is there for one that begins earlier. */
const KEPT_MS = 36 * HOUR_MS;

/** Folds deltas into counters; if somebody else is just doing so, there is nothing to wait for. */
export const foldedCounters: Duty = {
  name: "folded counters",
  everyMs: 500,
  run: async ({ database }) => {
    await database.relaxed.transaction(async (tx) => {
      if (!(await counterTryLock(tx))) return;
      await Promise.all([queueCounterFold(tx), exchangeCounterFold(tx)]);
    });
    return false;
  },
};

/** Writes a tick of samples, unless another node wrote one just now. */
export const samples: Duty = {
  name: "samples",
  everyMs: SAMPLE_EVERY_MS,
  run: async ({ database }) => {
    await database.relaxed.transaction(async (tx) => {
      await counterLock(tx);
      await Promise.all([queueCounterFold(tx), exchangeCounterFold(tx), sampleTake(tx, SAMPLE_EVERY_MS * 0.8)]);
    });
    return false;
  },
};

/** Thins samples that have just become old enough. */
export const thinnedSamples: Duty = {
  name: "thinned samples",
  everyMs: MINUTE_MS,
  run: async ({ database }) => {
    await sampleThin(database.main, minutes, 15 * MINUTE_MS);
    return false;
  },
};

/** Thins further back, also what was missed while no node ran, and deletes what no chart shows. */
export const expiredSamples: Duty = {
  name: "expired samples",
  everyMs: 10 * MINUTE_MS,
  run: async ({ database }) => {
    await sampleThin(database.main, minutes, 3 * HOUR_MS);
    await sampleThin(database.main, tens, 6 * HOUR_MS);
    await sampleExpire(database.main, KEPT_MS);
    return false;
  },
};
