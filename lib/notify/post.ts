import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { isLocalAddress, LocalAddressError, lookupRemote } from "@/lib/notify/addresses";

/** A whole exchange may take this long, in ms. */
const timeoutMs = 10_000;

export interface Posting {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether addresses of this machine are allowed. */
  readonly allowLocal: boolean;
}

/**
 * POSTs JSON and waits for the answer's status; its body is not looked at, and no redirect is followed.
 * Rejects when there is no answer, and with `LocalAddressError`.
 */
export function post({ url, body, headers, allowLocal }: Posting): Promise<number> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  if (!allowLocal && isIP(host) !== 0 && isLocalAddress(host)) return Promise.reject(new LocalAddressError(host));
  const request = target.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        method: "POST",
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(!allowLocal && { lookup: lookupRemote }),
        headers: {
          "content-type": "application/json; charset=utf-8",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Warren",
          ...headers,
        },
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * The headers by which a receiver knows that a body comes from here and is not an old one: HMAC-SHA256 with the shared
 * secret over `<timestamp>.<body>`, in hexadecimal.
 * @param at seconds since 1970
 */
export function signature(secret: string | null, body: string, at: number): Record<string, string> {
  const timestamp = String(at);
  if (secret === null) return { "x-warren-timestamp": timestamp };
  const hmac = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "x-warren-timestamp": timestamp, "x-warren-signature": `sha256=${hmac}` };
}
