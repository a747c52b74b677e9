import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** The header by which route handlers, which can't see the socket, learn who asks. Never taken from a client. */
export const REMOTE_ADDRESS_HEADER = "x-warren-remote-address";

/** What stands for the address of somebody behind a proxy that isn't trusted: surely not loopback. */
const UNTRUSTED_PROXY = "untrusted-proxy";

/** Headers that a proxy adds. One of them is enough to know that the socket's address isn't the person's. */
const PROXY_HEADERS = ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "via"];

/**
 * The address a request comes from, as far as it may be believed. The user `guest` may log in from loopback only, so a
 * proxy on this machine must not lend its own address to the whole world.
 * @param socketAddress the other end of the TCP connection
 * @param trustProxy believe the last entry of X-Forwarded-For, the one that the nearest proxy wrote
 * @returns an IP address without IPv6 mapping, or "untrusted-proxy", or "unknown"
 */
export function remoteAddress(
  headers: IncomingHttpHeaders,
  socketAddress: string | undefined,
  trustProxy: boolean,
): string {
  const direct = plainAddress(socketAddress ?? "") ?? "unknown";
  if (!PROXY_HEADERS.some((name) => headers[name] !== undefined)) return direct;
  const forwarded = headers["x-forwarded-for"];
  if (!trustProxy || forwarded === undefined) return UNTRUSTED_PROXY;
  const entries = (Array.isArray(forwarded) ? forwarded.join(",") : forwarded).split(",");
  return plainAddress(entries.at(-1) ?? "") ?? UNTRUSTED_PROXY;
}

/** "::ffff:10.0.0.1" -> "10.0.0.1", "[::1]:4711" -> "::1"; null when it isn't an address. */
function plainAddress(text: string): string | null {
  const trimmed = text.trim().replace(/^\[(.+)\](?::\d+)?$/, "$1");
  const withoutPort = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(trimmed) ? trimmed.slice(0, trimmed.indexOf(":")) : trimmed;
  const address = withoutPort.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 ? null : address;
}

/** Writes the header onto a request, over whatever the client sent under that name. */
export function stampRemoteAddress(request: IncomingMessage, trustProxy: boolean): void {
  request.headers[REMOTE_ADDRESS_HEADER] = remoteAddress(request.headers, request.socket.remoteAddress, trustProxy);
}
