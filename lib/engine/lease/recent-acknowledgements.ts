import type { Hold } from "@/lib/engine/lease/receipt";

/** What was acknowledged longer ago, in ms, is on the disk: Postgres writes it within three times wal_writer_delay (200 ms). */
const unsafeMs = 2_000;
const retryMs = 500;
/** So many at once are acknowledged again. */
const most = 1_000;

/**
 * Acknowledgements of the last moments, which did not wait for the disk. A crash of Postgres may take them back but leave
 * the claim that holds their messages, since that was stored with them: then nobody would settle them, and they would be
 * held for as long as the lease lasts. So they are given again when a connection has broken; what is settled by then,
 * or held under another token, is not touched.
 */
export class RecentAcknowledgements {
  readonly #again: (holds: readonly Hold[]) => Promise<unknown>;
  #recent: { readonly at: number; readonly holds: readonly Hold[] }[] = [];
  #doubtful: Hold[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param again acknowledges, of those that are still held */
  constructor(again: (holds: readonly Hold[]) => Promise<unknown>) {
    this.#again = again;
  }

  /** They were acknowledged, as far as Postgres has answered. */
  add(holds: readonly Hold[]): void {
    const now = performance.now();
    this.#recent.push({ at: now, holds });
    const kept = this.#recent.findIndex(({ at }) => now - at < unsafeMs);
    if (kept > 0) this.#recent.splice(0, kept);
  }

  /** A connection has broken: Postgres may have crashed. */
  lost(): void {
    this.#doubt();
    if (!this.#closed && this.#doubtful.length > 0) this.#running ??= this.#repeat();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** However late it is found out that a connection is dead: nothing was answered since. */
  #doubt(): void {
    for (const { holds } of this.#recent) for (const hold of holds) this.#doubtful.push(hold);
    this.#recent = [];
  }

  async #repeat(): Promise<void> {
    while (this.#doubtful.length > 0 && !this.#closed) {
      const holds = this.#doubtful.slice(0, most);
      try {
        await this.#again(holds);
        this.#doubtful.splice(0, holds.length);
      } catch {
        // The database is still away.
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
        // Some may have been answered before it went, and noted only after that was known here.
        this.#doubt();
      }
    }
    this.#running = undefined;
  }
}
