import type { LeaseScope } from "@/lib/engine/sql/expired-lease";
import { claimToken } from "@/lib/engine/sql/lease";

/** When a claim is looked for after its answer was lost, in ms: its statement may still have been under way. */
const looks = [0, 1_000, 5_000, 30_000];
const retryMs = 500;

interface Lost {
  readonly queueId: number;
  readonly token: number;
  readonly since: number;
  looked: number;
}

/**
 * Claims of which this node never got the answer, since the connection broke. Postgres may have committed them: then the
 * messages are held for somebody who does not know of it, and would be for as long as the lease lasts. They are given
 * back as soon as the database answers, under the fence of the claim's token.
 */
export class LostClaims {
  readonly #giveBack: (scope: LeaseScope) => Promise<void>;
  #lost: Lost[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param giveBack returns what is leased under these tokens */
  constructor(giveBack: (scope: LeaseScope) => Promise<void>) {
    this.#giveBack = giveBack;
  }

  add(queueId: number, token: number): void {
    this.#lost.push({ queueId, token, since: performance.now(), looked: 0 });
    this.#plan(0);
  }

  /** To be waited for before a queue's next claim, so that what was claimed before comes first. */
  async before(queueId: number): Promise<void> {
    if (this.#lost.some((one) => one.queueId === queueId && one.looked === 0)) await this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #plan(ms: number): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look().finally(() => {
        this.#timer = undefined;
        if (this.#lost.length > 0) this.#plan(retryMs);
      });
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const due = this.#lost.filter(({ since, looked }) => now - since >= (looks[looked] ?? 0));
    if (due.length === 0) return;
    const tokens = due.flatMap(({ token }) => [token, claimToken(token)]);
    const queueIds = [...new Set(due.map(({ queueId }) => queueId))];
    try {
      await this.#giveBack({ kind: "lost", tokens, queueIds });
    } catch {
      // The database is still away; the next look is as good as this one.
      return;
    }
    for (const one of due) one.looked++;
    this.#lost = this.#lost.filter(({ looked }) => looked < looks.length);
  }
}
