/** What takes longer to be acknowledged, in ms, is a worker's at work: it isn't waited for before the message is stored. */
const quickMs = 25;
/** The same while few messages wait for theirs: then the database has time, and a publisher may be waiting for each. */
const quickWithFewMs = 10;
const few = 32;
/** Of many, and of large ones, each takes longer, on either way; see `storingMs`. But never longer than this, in ms. */
const longestMs = 250;
/** How much the newest time counts; what is longer than `mostMs` counts as that, in ms. */
const weight = 0.1;
const mostMs = 300;

/** About how long it takes to store so many messages and all that becomes of them, in ms; `bytes` of all together. */
export function storingMs(messages: number, bytes: number): number {
  return messages / 10 + bytes / (50 * 1024);
}

/** How soon somebody acknowledges what he is given: for how long it pays to wait for that rather than to store a message. */
export class AcknowledgementPace {
  /** About how long an acknowledgement takes, in ms. */
  #usualMs = 2;

  /** One was acknowledged after so many ms. */
  took(ms: number): void {
    this.#usualMs += weight * (Math.min(ms, mostMs) - this.#usualMs);
  }

  /** Whether it is done at once as a rule, and not by a worker who has to do something first. */
  get isQuick(): boolean {
    return this.#usualMs <= quickMs;
  }

  /**
   * For how long, in ms, a message may wait for its acknowledgement before it is stored; 0: not at all.
   * @param waiting how many messages of this node wait so
   * @param bytes how large their bodies are together
   */
  patienceMs(waiting: number, bytes: number): number {
    const patience = Math.min(longestMs, (waiting < few ? quickWithFewMs : quickMs) + storingMs(waiting, bytes));
    return this.#usualMs > patience ? 0 : patience;
  }
}
