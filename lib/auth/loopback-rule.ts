import { isIP } from "node:net";
import { hostname } from "node:os";
import { isLoopback } from "@/lib/auth/remote-address";
import { GUEST } from "@/lib/auth/users";
import { BrokerError } from "@/lib/broker/errors";

/**
 * Everybody knows guest's password, so it opens nothing from other machines (as in RabbitMQ, `loopback_users`).
 * @param host the request's Host header; null where there is none. A page of another site that has its own name point
 *   to this machine (DNS rebinding) comes from here as well, but under that name. Throws `unauthenticated`.
 */
export function mustBeAllowedFrom(name: string, address: string | null, host: string | null): void {
  if (name !== GUEST) return;
  if (!isLoopback(address)) {
    throw new BrokerError(
      "unauthenticated",
      "User 'guest' may only log in from the machine that Warren runs on. Log in as another user.",
    );
  }
  if (host === null || isNameOfThisMachine(host)) return;
  throw new BrokerError(
    "unauthenticated",
    "User 'guest' may only log in at an address such as 127.0.0.1 or localhost, not under another name.",
  );
}

/** An address is no name that somebody could have point here. */
function isNameOfThisMachine(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  if (isIP(name) !== 0) return true;
  const lower = name.toLowerCase();
  return lower === "localhost" || lower.endsWith(".localhost") || lower === hostname().toLowerCase();
}
