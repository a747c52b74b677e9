import type { LoginCount, LoginCounts, LoginProtocol } from "@/lib/broker/node-facts";

/** Counts the logins at the doors of this process, for `GET /api/auth/attempts`. */
export class LoginTally {
  readonly #counts = new Map<LoginProtocol, LoginCount>();

  note(protocol: LoginProtocol, outcome: keyof LoginCount): void {
    const before = this.#counts.get(protocol) ?? { succeeded: 0, failed: 0 };
    this.#counts.set(protocol, { ...before, [outcome]: before[outcome] + 1 });
  }

  get counts(): LoginCounts {
    return Object.fromEntries(this.#counts);
  }
}
