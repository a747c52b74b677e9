import { isIP } from "node:net";
import { REMOTE_ADDRESS_HEADER } from "@/lib/platform/remote-address";

/**
 * The address that a request comes from, as Warren's own server wrote it on the request; null if it isn't known, or
 * hidden behind a proxy that isn't trusted.
 */
export function remoteAddress(request: Request): string | null {
  const address = request.headers.get(REMOTE_ADDRESS_HEADER);
  return address === null || isIP(address) === 0 ? null : address;
}

/** Whether an address belongs to this very machine. */
export function isLoopback(address: string | null): boolean {
  return address !== null && (address === "::1" || /^127(\.\d{1,3}){3}$/.test(address));
}
