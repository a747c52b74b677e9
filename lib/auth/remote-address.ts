import { isIP } from "node:net";

/** Set by Warren's own server from the connection, whatever the client sent. */
export const REMOTE_ADDRESS_HEADER = "x-warren-remote-address";

/**
 * The address that a request comes from; null if it isn't known. A proxy on this machine makes every connection look
 * local, so behind a loopback address the last hop that the proxy recorded counts.
 */
export function remoteAddress(request: Request): string | null {
  const peer = plainAddress(request.headers.get(REMOTE_ADDRESS_HEADER));
  if (peer === null || !isLoopback(peer)) return peer;
  const forwarded = request.headers.get("x-forwarded-for");
  return forwarded === null ? peer : plainAddress(forwarded.split(",").at(-1) ?? "");
}

/** Whether an address belongs to this very machine. */
export function isLoopback(address: string | null): boolean {
  return address !== null && (address === "::1" || /^127(\.\d{1,3}){3}$/.test(address));
}

/** IPv4 without its IPv6 prefix. */
function plainAddress(text: string | null): string | null {
  const address = (text ?? "").trim().replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 ? null : address;
}
