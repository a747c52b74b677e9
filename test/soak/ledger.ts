/** How sure a client is of what it asked for: an answer came, or the connection broke before it. */
export type Certainty = "known" | "unknown";

/** Somebody who holds a message. */
export interface Holder {
  readonly name: string;
  /** When the lease ends by itself, in ms since 1970; null for as long as the connection lives. */
  readonly until: number | null;
  /** Over which it was delivered. */
  readonly node?: string;
}

interface Copy {
  published: Certainty | "rolled back" | null;
  deliveries: number;
  /** Ends that somebody was told of, in words. */
  readonly ends: string[];
  /** An acknowledgement or rejection of which nobody knows whether it arrived. */
  maybeEnded: boolean;
  /** Who has it, and has not let go. */
  holder: Holder | null;
  lastDeliveredAt: number;
}

/** A crash of Postgres may take back what was committed without waiting for the disk within so long before it, in ms. */
const relaxedMs = 2_000;
/** A message may have been under way to its client for so long when it crashed, in ms. */
const underWayMs = 15_000;

/** The time of day, to a millisecond, in UTC. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

/**
 * What became of each routed copy of each message, as far as the clients know, against the promises of the broker.
 * A copy is named by its queue and the text of its message.
 */
export class Ledger {
  readonly #copies = new Map<string, Copy>();
  readonly #crashes: number[] = [];
  #nodeStuckAt = 0;
  readonly #violations: string[] = [];

  /** What should not have happened, in words. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  get counts(): Readonly<Record<"copies" | "confirmed" | "delivered" | "redelivered" | "ended", number>> {
    const all = [...this.#copies.values()];
    const count = (is: (copy: Copy) => boolean) => all.filter(is).length;
    return {
      copies: all.length,
      confirmed: count(({ published }) => published === "known"),
      delivered: count(({ deliveries }) => deliveries > 0),
      redelivered: count(({ deliveries }) => deliveries > 1),
      ended: count(({ ends }) => ends.length > 0),
    };
  }

  violation(text: string): void {
    this.#violations.push(text);
  }

  published(names: readonly string[], how: Certainty | "rolled back"): void {
    for (const name of names) this.#copy(name).published = how;
  }

  /** Postgres crashed just now. */
  crashed(): void {
    this.#crashes.push(Date.now());
  }

  /** A node is stuck, or was until now: what it holds goes to others while its clients are still connected. */
  nodeStuck(): void {
    this.#nodeStuckAt = Date.now();
  }

  delivered(name: string, holder: Holder, redelivered: boolean): void {
    const copy = this.#copy(name);
    const now = Date.now();
    if (copy.published === "rolled back")
      this.violation(`${name} was delivered though its transaction was rolled back`);
    if (copy.ends.length > 0) this.violation(`${name} was delivered after it was ${copy.ends.join(" and ")}`);
    if (!this.#mayBeForgotten(copy)) {
      if (copy.deliveries > 0 && !redelivered) {
        this.violation(`${name} was delivered again to ${holder.name}, and not flagged as redelivered`);
      }
      const { holder: before } = copy;
      const holds = before && (before.until === null ? copy.lastDeliveredAt > this.#nodeStuckAt : before.until > now);
      if (holds && before.name !== holder.name) {
        const stuck = this.#nodeStuckAt === 0 ? "none" : timeOf(this.#nodeStuckAt);
        this.violation(
          `${name} was delivered to ${holder.name} over ${holder.node} at ${timeOf(now)} while ${before.name} held it, over ${before.node} since ${timeOf(copy.lastDeliveredAt)} (a node stuck last at ${stuck})`,
        );
      }
    }
    copy.deliveries++;
    copy.holder = holder;
    copy.lastDeliveredAt = now;
  }

  /** The holder lets go of it, or its connection is gone: somebody else may have it. */
  letGo(name: string, holder: string): void {
    const copy = this.#copy(name);
    if (copy.holder?.name === holder) copy.holder = null;
  }

  /** The holder acknowledged it. `known`: it was told that this was done, so the message can never come again. */
  acknowledged(name: string, holder: string, how: Certainty): void {
    const copy = this.#copy(name);
    if (how === "known") {
      if (copy.holder && copy.holder.name !== holder && !this.#mayBeForgotten(copy)) {
        this.violation(`${holder} could acknowledge ${name} after it had passed on to ${copy.holder.name}`);
      }
      this.#end(name, `acknowledged by ${holder}`);
    } else copy.maybeEnded = true;
    this.letGo(name, holder);
  }

  /** It was rejected: from now on it may be found among the dead letters. */
  rejected(name: string, holder: string): void {
    this.letGo(name, holder);
  }

  /** It was found when everything was over: still waiting, or among the dead letters. */
  found(name: string, where: string): void {
    this.#end(name, `found ${where}`);
  }

  /** When nothing moves any more and everything that was left has been found. */
  close(): void {
    for (const [name, { published, ends, maybeEnded }] of this.#copies) {
      if (published === "known" && ends.length === 0 && !maybeEnded)
        this.violation(`${name} was confirmed, and is lost`);
    }
  }

  #end(name: string, how: string): void {
    const copy = this.#copy(name);
    copy.ends.push(how);
    if (copy.ends.length > 1) this.violation(`${name} ended ${copy.ends.length} times: ${copy.ends.join(", ")}`);
  }

  /** Postgres may have forgotten the last delivery: leases don't wait for the disk. */
  #mayBeForgotten({ lastDeliveredAt }: Copy): boolean {
    return this.#crashes.some((at) => at > lastDeliveredAt - underWayMs && at < lastDeliveredAt + relaxedMs);
  }

  #copy(name: string): Copy {
    const known = this.#copies.get(name);
    if (known) return known;
    const copy: Copy = {
      published: null,
      deliveries: 0,
      ends: [],
      maybeEnded: false,
      holder: null,
      lastDeliveredAt: 0,
    };
    this.#copies.set(name, copy);
    return copy;
  }
}
