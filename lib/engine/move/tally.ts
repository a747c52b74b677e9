import type { BulkResult } from "@/lib/broker/requests";

/** So many skipped messages are named; the others are only counted. */
const NAMED = 100;

/** Adds up what a bulk operation did with each message, so that `matched = done + skippedCount` always holds. */
export class Tally {
  #done = 0;
  #skippedCount = 0;
  readonly #skipped: { queue: string; id: number; why: string }[] = [];

  done(count: number): void {
    this.#done += count;
  }

  /** @param why in words, as people will read it */
  skip(queue: string, id: number, why: string): void {
    this.#skippedCount++;
    if (this.#skipped.length < NAMED) this.#skipped.push({ queue, id, why });
  }

  result(): BulkResult {
    return {
      matched: this.#done + this.#skippedCount,
      done: this.#done,
      skippedCount: this.#skippedCount,
      skipped: this.#skipped,
    };
  }
}

export const why = {
  gone: "It is already gone: somebody else took it out of the queue.",
  held: "A consumer holds it; try again when it has been settled or its lease has run out.",
  notDead: "It is not a dead letter.",
  notReady: "It is not ready.",
  noQueue: (name: string) => `There is no queue '${name}'.`,
  noOrigin: (name: string) =>
    `Its queue '${name}' is not there any more. Make it again, or send the message somewhere else.`,
  unroutable: (exchange: string, key: string) =>
    `The exchange '${exchange}' routes the key '${key}' to no queue, so it stays where it is.`,
  full: (name: string) => `The queue '${name}' is full and refuses it.`,
} as const;
