/** Tells the publisher: `basic.ack` or `basic.nack` with these arguments. */
export type SendConfirm = (name: "basic.ack" | "basic.nack", deliveryTag: number, multiple: boolean) => void;

/**
 * Publisher confirms of one channel (rabbitmq.com/confirms). Each publish has a number from 1 and is answered exactly
 * once; what is settled between two flushes is answered with as few frames as may be.
 */
export class Confirms {
  readonly #outstanding = new Set<number>();
  #acked: number[] = [];
  #nacked: number[] = [];
  #last = 0;

  /** Publishes that were not answered yet. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** Numbers a publish. */
  next(): number {
    this.#outstanding.add(++this.#last);
    return this.#last;
  }

  /** Notes what became of a publish. Returns true when a flush has to be arranged. */
  settle(number: number, stored: boolean): boolean {
    const isFirst = this.#acked.length + this.#nacked.length === 0;
    (stored ? this.#acked : this.#nacked).push(number);
    return isFirst;
  }

  /** Sends everything that was settled since the last flush. */
  flush(send: SendConfirm): void {
    for (const number of this.#nacked) {
      this.#outstanding.delete(number);
      send("basic.nack", number, false);
    }
    const acked = this.#acked.sort((a, b) => a - b);
    for (const number of acked) this.#outstanding.delete(number);
    const oldest = this.#outstanding.values().next().value ?? Number.POSITIVE_INFINITY;
    // Up to the oldest that is still open everything is settled: one frame says so.
    let upTo = 0;
    while (upTo < acked.length && (acked[upTo] as number) < oldest) upTo++;
    if (upTo > 0) send("basic.ack", acked[upTo - 1] as number, upTo > 1);
    for (const number of acked.slice(upTo)) send("basic.ack", number, false);
    this.#acked = [];
    this.#nacked = [];
  }
}
