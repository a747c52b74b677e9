import { retryPauseMs } from "@/lib/amqp/until-done";
import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import type { AnyReceipt, Settlement } from "@/lib/broker/requests";

const atOnce = 1000;

/**
 * Settles a connection's deliveries in batches: what arrives while one call is under way goes out with the next.
 * Settlements that fail because the database is away are tried again; leases that passed on meanwhile are not harmed.
 */
export class Settler {
  readonly #broker: Broker;
  readonly #actor: Actor;
  readonly #onError: (error: unknown) => void;
  #waiting: Settlement[] = [];
  /** How many were ever added, and how many of them are settled: always the first ones. */
  #added = 0;
  #settled = 0;
  /** To be called when that many are settled, the earliest first. */
  #marks: { readonly at: number; readonly tell: () => void }[] = [];
  /** Somebody is told when what waits has been settled. */
  #promised = false;
  #flight: Promise<void> | undefined;

  constructor(broker: Broker, actor: Actor, onError: (error: unknown) => void) {
    this.#broker = broker;
    this.#actor = actor;
    this.#onError = onError;
  }

  /**
   * @param promised the client is told when it is done, so that it must not be taken back by a crash
   * @param done called when it is settled
   */
  add(receipts: Iterable<AnyReceipt>, outcome: Settlement["outcome"], promised = false, done?: () => void): void {
    if (promised) this.#promised = true;
    for (const receipt of receipts) {
      if (outcome.kind === "ack" && typeof receipt !== "string" && receipt.acknowledge(this.#actor)) continue;
      this.#waiting.push({ receipt, outcome });
      this.#added++;
    }
    if (done) this.#mark(done);
    if (this.#waiting.length > 0) this.#flight ??= this.#fly();
  }

  /** Resolves when what was added so far is settled, whatever is added after it. */
  settledSoFar(): Promise<void> {
    return new Promise((resolve) => this.#mark(resolve));
  }

  /** Resolves when everything that was added so far is settled. */
  async idle(): Promise<void> {
    while (this.#flight !== undefined) await this.#flight;
  }

  #mark(tell: () => void): void {
    if (this.#settled === this.#added) tell();
    else this.#marks.push({ at: this.#added, tell });
  }

  async #fly(): Promise<void> {
    // One turn later, so that a burst of acknowledgements makes one batch.
    await new Promise(setImmediate);
    for (let failures = 0; this.#waiting.length > 0; ) {
      const batch = this.#waiting.splice(0, atOnce);
      const lazily = !this.#promised;
      if (this.#waiting.length === 0) this.#promised = false;
      try {
        await this.#broker.settle(this.#actor, batch, { lazily });
        failures = 0;
        this.#settled += batch.length;
        while (this.#marks[0] !== undefined && this.#marks[0].at <= this.#settled) this.#marks.shift()?.tell();
      } catch (error) {
        this.#onError(error);
        this.#waiting.unshift(...batch);
        this.#promised ||= !lazily;
        await new Promise((resolve) => setTimeout(resolve, retryPauseMs(++failures)));
      }
    }
    this.#flight = undefined;
  }
}
