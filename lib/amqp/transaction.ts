import type { Held } from "@/lib/amqp/unacknowledged";
import type { Settlement } from "@/lib/broker/requests";

interface Settling {
  readonly taken: ReadonlyMap<number, Held>;
  readonly outcome: Settlement["outcome"];
}

/** What a channel in `tx` mode has been asked to do since the last commit (AMQP 0-9-1 reference, class tx). */
export class Transaction {
  #publishes: (() => void)[] = [];
  #settlings: Settling[] = [];

  addPublish(publish: () => void): void {
    this.#publishes.push(publish);
  }

  addSettling(settling: Settling): void {
    this.#settlings.push(settling);
  }

  /** Hands over everything, and begins the next transaction. */
  take(): { readonly publishes: readonly (() => void)[]; readonly settlings: readonly Settling[] } {
    const taken = { publishes: this.#publishes, settlings: this.#settlings };
    this.#publishes = [];
    this.#settlings = [];
    return taken;
  }
}
