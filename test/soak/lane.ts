import { timeOf } from "@/test/soak/ledger";

/** What a lane's consumer saw and did, in order. */
type Event =
  | { readonly kind: "delivered"; readonly number: number; readonly session: number; readonly seen: string }
  | { readonly kind: "acknowledged"; readonly number: number };

/**
 * A queue into which one channel publishes numbers, and from which one consumer at a time takes them one by one. Each
 * number must come before all greater ones, also when it was requeued in between.
 */
export class Lane {
  readonly queue: string;
  /** When and by which node, in words. */
  readonly #confirmed = new Map<number, string>();
  readonly #events: Event[] = [];

  constructor(queue: string) {
    this.queue = queue;
  }

  /** @param node that said so */
  confirmed(number: number, node: string): void {
    this.#confirmed.set(number, `${timeOf(Date.now())} by ${node}`);
  }

  /** @param node to which the consumer's `session` is connected */
  delivered(number: number, session: number, node: string): void {
    this.#events.push({ kind: "delivered", number, session, seen: `${timeOf(Date.now())} by ${node}` });
  }

  acknowledged(number: number): void {
    this.#events.push({ kind: "acknowledged", number });
  }

  /**
   * What was out of order, in words. What an earlier session of the consumer held when it broke may still be held for
   * it, so it may come later: what it saw, and the one that was on its way to it.
   */
  violations(): string[] {
    const numbers = [...this.#confirmed.keys()].sort((a, b) => a - b);
    const acknowledged = new Set<number>();
    const heldBy = new Map<number, number>();
    const found: string[] = [];
    let session = 1;
    let first = 0;
    for (const event of this.#events) {
      if (event.kind === "acknowledged") {
        acknowledged.add(event.number);
        continue;
      }
      let onTheirWay = event.session - session;
      session = event.session;
      while (acknowledged.has(numbers[first] as number)) first++;
      for (let at = first; (numbers[at] ?? Number.POSITIVE_INFINITY) < event.number; at++) {
        const number = numbers[at] as number;
        const holder = heldBy.get(number);
        if (acknowledged.has(number) || (holder !== undefined && holder !== session)) continue;
        if (holder === undefined && onTheirWay-- > 0) {
          heldBy.set(number, session - 1);
          continue;
        }
        const which = `${event.number} came before ${number}${holder ? ", which was requeued" : ""}`;
        found.push(`${this.queue}: ${which} (${this.#lifeOf(event.number)}; ${this.#lifeOf(number)})`);
        break;
      }
      heldBy.set(event.number, session);
    }
    return found;
  }

  /** Those that were confirmed and never came. */
  missing(): number[] {
    const came = new Set(this.#events.flatMap((event) => (event.kind === "delivered" ? [event.number] : [])));
    return [...this.#confirmed.keys()].filter((number) => !came.has(number));
  }

  /** What is known of a number, in words. */
  #lifeOf(number: number): string {
    const came = this.#events.flatMap((event) =>
      event.kind === "delivered" && event.number === number ? [`${event.seen} in session ${event.session}`] : [],
    );
    return `${number} confirmed at ${this.#confirmed.get(number) ?? "no time"}, delivered at ${came.join(", ") || "no time"}`;
  }
}
