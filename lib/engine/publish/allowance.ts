interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

/** So many messages and bytes a second. */
export class Allowance {
  readonly #perSecond: Amount;
  readonly #atOnce: Amount;
  #messages: number;
  #bytes: number;
  #refilledAt = performance.now();

  /** @param atOnce of what was not taken for a time so much at once; if not given, what is allowed in a second */
  constructor(perSecond: Amount, atOnce = perSecond) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
    this.#messages = atOnce.messages;
    this.#bytes = atOnce.bytes;
  }

  /** Takes one message of so many bytes; false, and nothing is taken, where there is not so much left. */
  take(bytes: number): boolean {
    if (this.#messages < 1 || this.#bytes < bytes) return false;
    this.#messages--;
    this.#bytes -= bytes;
    return true;
  }

  /** Allows what the time since the last call is worth. */
  refill(): void {
    const now = performance.now();
    const seconds = (now - this.#refilledAt) / 1000;
    this.#refilledAt = now;
    const { messages, bytes } = this.#perSecond;
    this.#messages = Math.min(this.#atOnce.messages, this.#messages + seconds * messages);
    this.#bytes = Math.min(this.#atOnce.bytes, this.#bytes + seconds * bytes);
  }
}
