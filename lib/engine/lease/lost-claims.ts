import { isConnectionTrouble } from "@/lib/engine/database-errors";
import type { LeaseScope } from "@/lib/engine/sql/expired-lease";
import { claimToken } from "@/lib/engine/sql/lease";

/** When a claim is looked for after its answer was lost, in ms: its statement may still have been under way. */
const looks = [0, 1_000, 5_000, 30_000];
const retryMs = 500;
/** A connection that broke with the claim's may be found out only now, and another one after that. */
const triesBefore = 3;

interface Lost {
  readonly queueId: number;
  readonly token: number;
  readonly since: number;
  looked: number;
  /** Called when it has been looked for. */
  readonly seen: () => void;
}

/**
 * Claims of which this node never got the answer, since the connection broke. Postgres may have committed them: then the
 * messages are held for somebody who does not know of it, and would be for as long as the lease lasts. They are given
 * back as soon as the database answers, under the fence of the claim's token.
 */
export class LostClaims {
  readonly #giveBack: (scope: LeaseScope) => Promise<void>;
  readonly #doubt: (queueIds: ReadonlySet<number>) => () => void;
  #lost: Lost[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /**
   * @param giveBack returns what is leased under these tokens
   * @param doubt see `QueueSignals.doubt`: nothing that is published meanwhile may pass what was claimed
   */
  constructor(giveBack: (scope: LeaseScope) => Promise<void>, doubt: (queueIds: ReadonlySet<number>) => () => void) {
    this.#giveBack = giveBack;
    this.#doubt = doubt;
  }

  add(queueId: number, token: number): void {
    const seen = this.#doubt(new Set([queueId]));
    this.#lost.push({ queueId, token, since: performance.now(), looked: 0, seen });
    this.#plan(0);
  }

  /**
   * To be waited for before a queue's next claim, so that what was claimed before comes first. Throws what the database threw
   * while it is away: a claim that came through all the same would pass it.
   */
  async before(queueId: number): Promise<void> {
    for (let tries = 1; this.#lost.some((one) => one.queueId === queueId && one.looked === 0); tries++) {
      const error = await this.#look();
      if (error === undefined) continue;
      if (!isConnectionTrouble(error)) return;
      if (tries === triesBefore) throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #plan(ms: number): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      const looking = this.#look().then(() => {});
      this.#running = looking.finally(() => {
        this.#timer = undefined;
        if (this.#lost.length > 0) this.#plan(retryMs);
      });
    }, ms);
    this.#timer.unref();
  }

  /** Returns why it couldn't. */
  async #look(): Promise<unknown> {
    const now = performance.now();
    const due = this.#lost.filter(({ since, looked }) => now - since >= (looks[looked] ?? 0));
    if (due.length === 0) return undefined;
    const tokens = due.flatMap(({ token }) => [token, claimToken(token)]);
    const queueIds = [...new Set(due.map(({ queueId }) => queueId))];
    try {
      await this.#giveBack({ kind: "lost", tokens, queueIds });
    } catch (error) {
      // The database is still away; the next look is as good as this one.
      return error;
    }
    for (const one of due) if (one.looked++ === 0) one.seen();
    this.#lost = this.#lost.filter(({ looked }) => looked < looks.length);
    return undefined;
  }
}
