import { AmqpError } from "@/lib/amqp/wire/errors";
import type { AnyReceipt, Settlement } from "@/lib/broker/requests";

/** Who is relieved when a delivery is settled. */
export interface CreditHolder {
  /** `at` is in ms since 1970. */
  settled(held: Held, outcome: Settlement["outcome"]["kind"], at: number): void;
  /** Some of its deliveries go back to their queue. */
  cameBack(): void;
}

export interface Held {
  readonly receipt: AnyReceipt;
  /** Its id in its queue, unless the receipt knows it. */
  readonly id: number;
  /** Null for what was fetched with basic.get, which counts against no prefetch limit. */
  readonly consumer: CreditHolder | null;
  /** When it was delivered, in ms since 1970. */
  readonly since: number;
  /** How long it may stay unacknowledged, in ms; null for as long as the server allows. */
  readonly timeoutMs: number | null;
}

/** Its id in its queue; 0 until it is stored. */
export function idOf({ receipt, id }: Pick<Held, "receipt" | "id">): number {
  return typeof receipt === "string" ? id : receipt.id;
}

/** A channel's deliveries that are not acknowledged yet, by delivery tag. Tags begin at 1 and only grow. */
export class Unacknowledged {
  #held = new Map<number, Held>();
  #lastTag = 0;

  get size(): number {
    return this.#held.size;
  }

  /** The timeout of a delivery that has waited longer than it may; null if there is none. */
  overdue(now: number, usualMs: number): number | null {
    for (const { since, timeoutMs } of this.#held.values()) {
      const timeout = timeoutMs ?? usualMs;
      if (now - since >= timeout) return timeout;
    }
    return null;
  }

  /** What each consumer has held for longest, at most so many each. */
  heldByConsumers(most: number): ReadonlyMap<CreditHolder, readonly Held[]> {
    const found = new Map<CreditHolder, Held[]>();
    for (const held of this.#held.values()) {
      if (held.consumer === null) continue;
      const so = found.get(held.consumer);
      if (so === undefined) found.set(held.consumer, [held]);
      else if (so.length < most) so.push(held);
    }
    return found;
  }

  /** The next delivery tag; for auto-acknowledged deliveries nothing else is remembered. */
  nextTag(held: Held | null): number {
    const tag = ++this.#lastTag;
    if (held !== null) this.#held.set(tag, held);
    return tag;
  }

  /**
   * Takes out what an acknowledgement means: one tag, all up to it, or all with tag 0 and `multiple`. Throws AmqpError
   * 406 for a tag that is unknown or was used before; "all" of nothing is allowed.
   */
  take(tag: number | bigint, multiple: boolean): Map<number, Held> {
    if (multiple && tag === 0) return this.takeAll();
    const taken = new Map<number, Held>();
    if (!multiple) {
      const held = typeof tag === "number" ? this.#held.get(tag) : undefined;
      if (held !== undefined) taken.set(tag as number, held);
    } else if (tag <= this.#lastTag) {
      for (const [key, held] of this.#held) {
        if (key > tag) break;
        taken.set(key, held);
      }
    }
    if (taken.size === 0) throw new AmqpError("PRECONDITION_FAILED", `unknown delivery tag ${tag}`);
    for (const key of taken.keys()) this.#held.delete(key);
    return taken;
  }

  takeAll(): Map<number, Held> {
    const all = this.#held;
    this.#held = new Map();
    return all;
  }

  /** Puts back what `take` has taken out. */
  restore(taken: ReadonlyMap<number, Held>): void {
    this.#held = new Map([...this.#held, ...taken].sort(([a], [b]) => a - b));
  }
}
