import type { Taken } from "@/lib/broker/broker";

/** How long what is taken is counted together, in ms. */
const windowMs = 100;
/** Who takes so many in that time, or so many bytes, takes them faster than they could be stored and fetched. */
const leastMessages = 2_000;
const leastBytes = 4 * 1024 * 1024;
/** For so long, in ms, after something last went straight it is likely to go on soon. */
const soonMs = 300;

/** How fast somebody takes what goes straight: whether it pays to wait for room rather than to store what comes. */
export class TakerPace {
  #began = Number.NEGATIVE_INFINITY;
  #messages = 0;
  #bytes = 0;
  #wasFast = false;
  #last = Number.NEGATIVE_INFINITY;

  /** `now` is of performance.now(), here as everywhere. */
  took({ body }: Taken, now: number): void {
    this.#roll(now);
    this.#messages++;
    this.#bytes += body.length;
    this.#last = now;
  }

  /** Its reader keeps up with more than the database would. */
  isFast(now: number): boolean {
    this.#roll(now);
    return this.#wasFast || this.#isFast;
  }

  /** What was stored is about to be taken, since there can't be much of it yet. */
  wasOpenLately(now: number): boolean {
    return now - this.#last < soonMs && (this.#wasFast || this.#isFast);
  }

  get #isFast(): boolean {
    return this.#messages >= leastMessages || this.#bytes >= leastBytes;
  }

  #roll(now: number): void {
    if (now - this.#began < windowMs) return;
    this.#wasFast = this.#isFast;
    this.#began = now;
    this.#messages = 0;
    this.#bytes = 0;
  }
}
