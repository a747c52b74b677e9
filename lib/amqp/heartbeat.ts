/**
 * Heartbeats of one connection (AMQP 0-9-1, section 4.2.7). Something is sent at least every half interval; two
 * intervals without a byte from the peer mean that it is dead. Anything received counts.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout | undefined;
  #received = true;
  #sent = false;
  /** The next that is sent is a heartbeat of ours, which doesn't put off the next one. */
  #beating = false;
  #silentTicks = 0;

  /**
   * @param seconds interval as negotiated; 0 switches heartbeats off
   * @param send asks for a heartbeat frame
   * @param dead tells that the peer has been silent for too long
   */
  constructor(seconds: number, send: () => void, dead: () => void) {
    if (seconds === 0) return;
    this.#timer = setInterval(() => {
      if (!this.#sent) {
        this.#beating = true;
        send();
      }
      this.#sent = false;
      this.#silentTicks = this.#received ? 0 : this.#silentTicks + 1;
      this.#received = false;
      if (this.#silentTicks >= 4) dead();
    }, seconds * 500);
  }

  received(): void {
    this.#received = true;
  }

  sent(): void {
    if (this.#beating) this.#beating = false;
    else this.#sent = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
