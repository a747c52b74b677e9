import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";

/** How often it is looked whether publishes get on, in ms, and without how much of that it counts as too slow. */
const checkMs = 500;
const stalledMs = 2000;
/** A question that isn't answered in this time, in ms, counts as one that failed. */
const answerMs = 2000;

const system: Actor = { user: "warren", tags: [], address: null, door: "system" };

/** What clients are told while publishing is no use (rabbitmq.com/connection-blocked); null when all is well. */
export type AlarmReason = "the database is away" | "the database is slow" | null;

/**
 * Knows whether the broker takes messages: it is away from the first call that fails for that until it answers again,
 * and slow while publishes are under way and none of them ends.
 */
export class Alarm {
  readonly #broker: Broker;
  readonly #onChange: (reason: AlarmReason) => void;
  readonly #timer: NodeJS.Timeout;
  #reason: AlarmReason = null;
  #publishing = 0;
  /** When the last publish ended, or the first of those under way began, in ms of performance.now(). */
  #progress = 0;
  #asking = false;

  constructor(broker: Broker, onChange: (reason: AlarmReason) => void) {
    this.#broker = broker;
    this.#onChange = onChange;
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#timer.unref();
  }

  get reason(): AlarmReason {
    return this.#reason;
  }

  publishBegins(): void {
    if (this.#publishing++ === 0) this.#progress = performance.now();
  }

  publishEnds(): void {
    this.#publishing--;
    this.#progress = performance.now();
  }

  /** A call of the broker has failed. */
  failed(error: unknown): void {
    if (isBrokerError(error) && error.code === "unavailable") this.#set("the database is away");
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    if (this.#reason === "the database is away") void this.#ask();
    else {
      const stalled = this.#publishing > 0 && performance.now() - this.#progress > stalledMs;
      this.#set(stalled ? "the database is slow" : null);
    }
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer")), answerMs);
    });
    try {
      await Promise.race([this.#broker.listVhosts(system), late]);
      this.#progress = performance.now();
      this.#set(null);
    } catch {
      // It is asked again.
    } finally {
      clearTimeout(timer);
      this.#asking = false;
    }
  }

  #set(reason: AlarmReason): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#onChange(reason);
  }
}
