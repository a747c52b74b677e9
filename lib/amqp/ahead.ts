import type { Given } from "@/lib/broker/broker";
import type { TakingPace } from "@/lib/broker/requests";

/** So much is taken ahead as consumers take in this time, in ms: about what it takes to fetch more. */
const aheadMs = 25;
/** What consumers don't take within this time, in ms, goes back: somebody else may want it. */
export const longestMs = 250;
/** Slower ones have nothing taken ahead for them: fetching does not hold them up. In messages. */
const least = 20;
/** How long, in ms, a rate is measured. */
const windowMs = 25;
/** Consumers who took nothing for so long, in ms, have stopped. */
const stoppedMs = 150;
/** For how long nothing is taken ahead after a message came back, in ms: it is first in line again, before all these. */
const pauseMs = 1000;

/**
 * Messages that a queue's fast consumers are going to have credit for within milliseconds: taken from the queue already,
 * so that their next one doesn't wait for the database. Consumers that stop, or are slow, have none.
 */
export class Ahead {
  #messages: Given[] = [];
  #next = 0;
  /** In messages per ms. */
  #rate = 0;
  #windowBegan = 0;
  #windowCount = 0;
  #lastDelivery = 0;
  #pausedUntil = 0;

  get size(): number {
    return this.#messages.length - this.#next;
  }

  /** How many there should be by now, 0 to `most`. */
  wanted(now: number, most: number): number {
    if (now - this.#lastDelivery > longestMs || now < this.#pausedUntil) return 0;
    const count = Math.min(most, Math.floor(this.#rate * aheadMs));
    return count < least ? 0 : count;
  }

  add(messages: readonly Given[]): void {
    this.#messages = this.#messages.slice(this.#next).concat(messages);
    this.#next = 0;
  }

  /** The one that is next in line. */
  first(): Given | undefined {
    return this.#messages[this.#next];
  }

  /** The first one is delivered. */
  drop(): void {
    this.#next++;
  }

  /** All of them: they are not going to be delivered. */
  takeAll(): readonly Given[] {
    const all = this.#messages.slice(this.#next);
    this.#messages = [];
    this.#next = 0;
    return all;
  }

  /** Nothing is wanted for a while. */
  pause(now: number): void {
    this.#pausedUntil = now + pauseMs;
  }

  /** So many messages were delivered. */
  delivered(count: number, now: number): void {
    if (now - this.#lastDelivery > longestMs) {
      this.#rate = 0;
      this.#windowBegan = now;
      this.#windowCount = 0;
    }
    this.#lastDelivery = now;
    this.#windowCount += count;
    const ms = now - this.#windowBegan;
    if (ms < windowMs) return;
    this.#rate = this.#rate === 0 ? this.#windowCount / ms : (this.#rate + this.#windowCount / ms) / 2;
    this.#windowBegan = now;
    this.#windowCount = 0;
  }

  /** How fast messages are delivered of late; null when that has stopped. */
  pace(now: number): TakingPace | null {
    if (now - this.#lastDelivery > stoppedMs) return null;
    return { perMs: this.#rate === 0 ? Number.POSITIVE_INFINITY : this.#rate, before: this.size };
  }

  /** Whether there is more than consumers are going to take soon. */
  isTooMuch(now: number, most: number): boolean {
    return this.size > 2 * this.wanted(now, most);
  }
}
