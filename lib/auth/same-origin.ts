import { BrokerError } from "@/lib/broker/errors";

/**
 * Refuses a state-changing request that another site made with this browser's credentials (CSRF): browsers say where a
 * request comes from in `Sec-Fetch-Site` and `Origin`, and scripts can't change that. Programs send neither.
 * @param byCookie a request with the session's cookie must say where it comes from; without a cookie it may be silent
 */
export function mustBeSameOrigin(request: Request, byCookie: boolean): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) {
    if (site === "same-origin" || site === "none") return;
    refuse("another site", site);
  }
  const origin = request.headers.get("origin");
  if (origin !== null) {
    if (hostOf(origin) === (request.headers.get("x-forwarded-host") ?? request.headers.get("host") ?? "")) return;
    refuse("another site", origin);
  }
  if (byCookie) refuse("an unknown site", null);
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}

function refuse(where: string, from: string | null): never {
  throw new BrokerError(
    "access-refused",
    `This request comes from ${where}, so the session's cookie is not taken for it. Programs should use basic authentication.`,
    { from },
  );
}
