/** So many messages and bytes a second, and as much at once. */
export class Allowance {
  readonly #perSecond: { readonly messages: number; readonly bytes: number };
  #messages: number;
  #bytes: number;
  #refilledAt = performance.now();

  constructor(perSecond: { readonly messages: number; readonly bytes: number }) {
    this.#perSecond = perSecond;
    this.#messages = perSecond.messages;
    this.#bytes = perSecond.bytes;
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
    this.#messages = Math.min(messages, this.#messages + seconds * messages);
    this.#bytes = Math.min(bytes, this.#bytes + seconds * bytes);
  }
}
