import type { Database } from "@/lib/engine/database";
import { DatabaseClock } from "@/lib/engine/history/clock";
import { bucketOf, Packer } from "@/lib/engine/history/packed";
import { historyInsert } from "@/lib/engine/sql/history";
import { settingGet } from "@/lib/engine/sql/setting";
import { storable } from "@/lib/engine/sql/storable";

/** What happens to copies at a consumer; `taken` is delivered and acknowledged at once. */
export type DeliveryKind =
  | "delivered"
  | "taken"
  | "acknowledged"
  | "requeued"
  | "timed_out"
  | "consumer_lost"
  | "undelivered"
  | "expired"
  | "dropped";

/** How long events are gathered, in ms: a crash of the node loses those of this time at most. */
const flushEveryMs = 1_000;
/** With the database away so much is kept, in bytes; what is more is lost. */
const mostBytes = 8 * 1024 * 1024;
/** How often the setting is looked at, in ms. */
const settingEveryMs = 15_000;

interface Gathered {
  readonly since: number;
  readonly bucket: number;
  readonly kind: DeliveryKind;
  readonly queueId: number;
  readonly by: string | null;
  readonly packer: Packer;
}

/**
 * Gathers what happens to messages on the way to consumers and back, and writes it to the history once a second, in the
 * background: a row for all of one kind, queue and actor, a byte or two for each message. It costs the hot path nothing but
 * memory, and a node that is killed loses the last second of it. Never throws.
 */
export class Trail {
  readonly #database: Database;
  readonly #clock = new DatabaseClock();
  #gathered = new Map<string, Gathered>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #flight: Promise<void> = Promise.resolve();
  #enabled = true;
  #settingAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param seqs of the entries, in any order */
  note(kind: DeliveryKind, queueId: number, by: string | null, seqs: readonly number[]): void {
    if (!this.#enabled || seqs.length === 0 || this.#bytes > mostBytes) return;
    const now = performance.now();
    for (let from = 0; from < seqs.length; ) {
      const bucket = bucketOf(seqs[from] ?? 0);
      let to = from + 1;
      while (to < seqs.length && bucketOf(seqs[to] ?? 0) === bucket) to++;
      const { since, packer } = this.#gatheredIn(bucket, kind, queueId, by, now);
      const before = packer.length;
      packer.group(now - since, to - from);
      for (let i = from; i < to; i++) packer.number(seqs[i] ?? 0);
      this.#bytes += packer.length - before;
      from = to;
    }
    if (this.#timer) return;
    this.#timer = setTimeout(() => void this.flush(), flushEveryMs);
    this.#timer.unref();
  }

  /** Writes what was gathered. Resolves when it is written, or couldn't be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const gathered = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#bytes = 0;
    this.#flight = this.#flight.then(() => this.#write(gathered));
    await this.#flight;
  }

  #gatheredIn(bucket: number, kind: DeliveryKind, queueId: number, by: string | null, now: number): Gathered {
    const key = `${kind} ${queueId} ${bucket} ${by ?? ""}`;
    let found = this.#gathered.get(key);
    if (!found) {
      found = { since: now, bucket, kind, queueId, by, packer: new Packer(bucket) };
      this.#gathered.set(key, found);
      this.#bytes += 100;
    }
    return found;
  }

  async #write(gathered: readonly Gathered[]): Promise<void> {
    try {
      await this.#lookAtSetting(performance.now());
      if (!this.#enabled) return;
      await this.#clock.ask(this.#database.relaxed);
      await historyInsert(
        this.#database.relaxed,
        gathered.map(({ since, bucket, kind, queueId, by, packer }) => ({
          ...{ atMs: this.#clock.at(since), bucket, kind, queueId, detail: null, packed: packer.bytes(), copies: null },
          by: by === null ? null : storable(by),
        })),
      );
    } catch {
      // The database is away: what was gathered is lost, the messages are not.
    }
  }

  async #lookAtSetting(now: number): Promise<void> {
    if (now - this.#settingAt < settingEveryMs) return;
    this.#settingAt = now;
    const value = (await settingGet(this.#database.relaxed, "history"))?.value;
    this.#enabled = (value as { deliveries?: unknown } | undefined)?.deliveries !== false;
    // Switched off, nothing is noted, so nothing would look at the setting again.
    if (!this.#enabled) setTimeout(() => (this.#enabled = true), settingEveryMs).unref();
  }
}
