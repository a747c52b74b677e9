import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { drainOutbox } from "@/lib/engine/outbox/drain";
import { retryOutbox } from "@/lib/engine/sql/outbox";

/** No queue has this number: `warren.publish` announces it when its transaction commits. */
const outboxSignal = 0;
/** How long, in ms, a notification is waited for: it may be missed. */
const waitMs = 1000;
const retryEveryMs = 5000;

/** Stores what users' own transactions published: at once when they commit, since their notification wakes it. */
export const outbox: Duty = {
  name: "outbox",
  everyMs: 5,
  run: async (context, ended) => {
    // Listens before it looks: what commits in between is not missed.
    const found = new AbortController();
    const notified = context.signals.wait(outboxSignal, waitMs, AbortSignal.any([ended, found.signal]));
    try {
      if (await drainOutbox(context)) return true;
      await notified;
      return false;
    } finally {
      found.abort();
    }
  },
};

/** Tries again what could not be stored. */
export const outboxRetries: Duty = {
  name: "outbox retries",
  everyMs: retryEveryMs,
  run: async (context: EngineContext) => {
    await retryOutbox(context.database.relaxed);
    return false;
  },
};
