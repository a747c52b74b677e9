import type { Database } from "@/lib/engine/database";
import type { QueueSignals } from "@/lib/engine/signals";
import { queuesWithReady } from "@/lib/engine/sql/queue-depth";

/** How long nothing has come into a queue, in ms, before it is watched: until then who waits there looks for himself. */
const quietMs = 2_000;
/** After so long, in ms, without a look of its own it is looked into all the same. */
const longestMs = 30_000;
const everyMs = 1_000;
/** A queue that nobody asked about for so long, in ms, is watched no more. */
const forgottenMs = 3_000;
/** So old, in ms, an answer may be; then the database is slow or away, and everybody looks for himself again. */
const trustedMs = 5_000;

/**
 * Looks into all queues of this node at which somebody waits and nothing comes, with one question a second for all of them
 * together. Hints may be missed, so waiting consumers look into their queues now and then; a thousand idle ones would be a
 * thousand transactions a second, which is more than a queue that nobody uses may cost.
 */
export class IdleWatch {
  readonly #database: Database;
  readonly #signals: QueueSignals;
  /** When somebody last asked about a queue, by `performance.now()`. */
  readonly #asked = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(database: Database, signals: QueueSignals) {
    this.#database = database;
    this.#signals = signals;
  }

  /**
   * Whether somebody who waits at this queue need not look into it: he is woken when there is something. To be asked before each
   * look, since it is watched for as long as somebody asks.
   */
  covers(queueId: number): boolean {
    const now = performance.now();
    const known = this.#signals.emptiness(queueId);
    if (!known || now - known.since < quietMs || now - known.at > longestMs || this.#closed) return false;
    this.#asked.set(queueId, now);
    this.#timer ??= this.#soon();
    return now - this.#lookedAt < trustedMs;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #soon(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), everyMs).unref();
  }

  async #look(): Promise<void> {
    const began = performance.now();
    for (const [queueId, asked] of this.#asked) if (began - asked > forgottenMs) this.#asked.delete(queueId);
    try {
      if (this.#asked.size > 0) {
        this.#signals.wake(await queuesWithReady(this.#database.relaxed, [...this.#asked.keys()]));
        this.#lookedAt = began;
      }
    } catch {
      // The database is away: its absence is told where something is wanted of it.
    }
    this.#timer = this.#asked.size > 0 && !this.#closed ? this.#soon() : undefined;
  }
}
