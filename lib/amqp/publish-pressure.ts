/** Above so much published and not stored yet, no more is read from the peer. */
const bytesLimit = 16 * 1024 * 1024;
const messagesLimit = 4000;

/** What one connection has published and the broker has not stored yet. */
export class PublishPressure {
  #bytes = 0;
  #messages = 0;

  begins(bytes: number): void {
    this.#bytes += bytes;
    this.#messages++;
  }

  ends(bytes: number): void {
    this.#bytes -= bytes;
    this.#messages--;
  }

  /** It is time to read no further. */
  get isHigh(): boolean {
    return this.#bytes > bytesLimit || this.#messages > messagesLimit;
  }

  /** Low enough to read on: well below the limit, so that it isn't stopped again at once. */
  get isLow(): boolean {
    return this.#bytes < bytesLimit / 2 && this.#messages < messagesLimit / 2;
  }
}
