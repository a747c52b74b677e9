import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Receipt } from "@/lib/broker/requests";

/** Who is relieved when a delivery is settled. */
export interface CreditHolder {
  settled(count: number): void;
}

export interface Held {
  readonly receipt: Receipt;
  /** Null for what was fetched with basic.get, which counts against no prefetch limit. */
  readonly consumer: CreditHolder | null;
}

/** A channel's deliveries that are not acknowledged yet, by delivery tag. Tags begin at 1 and only grow. */
export class Unacknowledged {
  readonly #held = new Map<number, Held>();
  #lastTag = 0;

  get size(): number {
    return this.#held.size;
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
  take(tag: number | bigint, multiple: boolean): Held[] {
    if (!multiple) {
      const held = typeof tag === "number" ? this.#held.get(tag) : undefined;
      if (held === undefined) throw unknownTag(tag);
      this.#held.delete(tag as number);
      return [held];
    }
    if (tag === 0) return this.takeAll();
    if (tag > this.#lastTag) throw unknownTag(tag);
    const taken: Held[] = [];
    for (const [key, held] of this.#held) {
      if (key > tag) break;
      taken.push(held);
      this.#held.delete(key);
    }
    if (taken.length === 0) throw unknownTag(tag);
    return taken;
  }

  takeAll(): Held[] {
    const all = [...this.#held.values()];
    this.#held.clear();
    return all;
  }
}

function unknownTag(tag: number | bigint): AmqpError {
  return new AmqpError("PRECONDITION_FAILED", `unknown delivery tag ${tag}`);
}
