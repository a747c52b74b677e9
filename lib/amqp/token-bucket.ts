import { AmqpError } from "@/lib/amqp/wire/errors";
import { type FieldTable, integerOf } from "@/lib/broker/properties/field-value";

/** Messages per second, as for queues. */
const maxRate = 1_000_000;
/** Tokens are waited for by the amount of so many ms, so that a high rate doesn't mean a look for each message. */
const stepMs = 20;

/** Tokens that come in evenly, up to a burst, and are taken one by one. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: () => number;
  #tokens: number;
  #at: number;

  /** @param clock in ms; it never goes back */
  constructor(perSecond: number, burst: number, clock: () => number = () => performance.now()) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#at = clock();
  }

  /** Whole tokens that are there. */
  get available(): number {
    this.#fill();
    return Math.floor(this.#tokens);
  }

  /** Takes one, whether it is there or not: what was handed out stays handed out, and is waited for the longer. */
  take(): void {
    this.#fill();
    this.#tokens -= 1;
  }

  /** In how many ms there is something worth looking for messages again. */
  get refillMs(): number {
    this.#fill();
    const wanted = Math.min(this.#burst, Math.max(1, this.#perMs * stepMs));
    return Math.max(0, Math.ceil((wanted - this.#tokens) / this.#perMs));
  }

  #fill(): void {
    const now = this.#clock();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}

/**
 * The rate limit that a consumer asks for by `x-rate-limit` (messages a second) and `x-rate-burst` (at once; by default
 * those of a second); null without one. Throws AmqpError 406 for what can't be.
 */
export function consumerRate(args: FieldTable, queue: string, vhost: string): TokenBucket | null {
  const where = `for consumer of queue '${queue}' in vhost '${vhost}'`;
  const read = (name: string) => {
    const value = args.get(name);
    if (value === undefined) return null;
    const number = integerOf(value);
    if (number !== undefined && number >= 1 && number <= maxRate) return Number(number);
    throw new AmqpError(
      "PRECONDITION_FAILED",
      `invalid arg '${name}' ${where}: must be an integer from 1 to ${maxRate}`,
    );
  };
  const perSecond = read("x-rate-limit");
  const burst = read("x-rate-burst");
  if (perSecond !== null) return new TokenBucket(perSecond, burst ?? perSecond);
  if (burst === null) return null;
  throw new AmqpError("PRECONDITION_FAILED", `invalid arg 'x-rate-burst' ${where}: needs x-rate-limit too`);
}
