import type { Leased } from "@/lib/broker/broker";

interface Account {
  /** Confirmed acknowledgements. */
  acked: number;
  /** Acknowledgements or rejections of which the answer was lost. */
  unknown: number;
  /** Found in the dead-letter queue. */
  buried: number;
  /** Until when (ms since 1970) somebody holds it; 0 when nobody does. */
  heldUntil: number;
  holder: string | null;
}

/** What became of each routed copy of each message, in so far as the clients know. Copies are named by text. */
export class Accounting {
  readonly #accounts = new Map<string, Account>();
  /** What should not have happened, in words. */
  readonly violations: string[] = [];

  /** A publish was confirmed (or may have been stored: then only double ends count against it). */
  open(copy: string): void {
    this.#account(copy);
  }

  delivered(copy: string, message: Leased): void {
    const account = this.#account(copy);
    if (account.acked > 0) this.violations.push(`${copy} was delivered after it was acknowledged`);
    if (account.heldUntil > Date.now()) {
      this.violations.push(`${copy} was delivered to ${message.receipt} while ${account.holder} held it`);
    }
    account.heldUntil = message.leasedUntil?.getTime() ?? 0;
    account.holder = message.receipt;
  }

  /** The holder let go of it, or is about to: its lease protects it no longer. */
  letGo(copy: string): void {
    this.#account(copy).heldUntil = 0;
  }

  acknowledged(copy: string, how: "known" | "unknown"): void {
    const account = this.#account(copy);
    if (how === "known") account.acked++;
    else account.unknown++;
    account.heldUntil = 0;
  }

  buried(copy: string): void {
    this.#account(copy).buried++;
  }

  /** Each of these must have ended exactly once; none of the others more than once. */
  check(confirmed: Iterable<string>): void {
    for (const copy of confirmed) {
      const { acked, buried, unknown } = this.#account(copy);
      if (acked + buried + unknown === 0) this.violations.push(`${copy} was lost`);
    }
    for (const [copy, { acked, buried }] of this.#accounts) {
      if (acked + buried > 1) this.violations.push(`${copy} ended ${acked + buried} times`);
    }
  }

  #account(copy: string): Account {
    const account = this.#accounts.get(copy) ?? { acked: 0, unknown: 0, buried: 0, heldUntil: 0, holder: null };
    this.#accounts.set(copy, account);
    return account;
  }
}
