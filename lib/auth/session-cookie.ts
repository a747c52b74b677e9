import { SESSION_LIFETIME_MS } from "@/lib/auth/sessions";

const NAME = "warren_session";

/** The session's secret that a request brings; null if none. */
export function sessionSecret(request: Request): string | null {
  for (const cookie of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = cookie.trim().split("=", 2);
    if (name === NAME && value !== undefined && /^[\w-]{43}$/.test(value)) return value;
  }
  return null;
}

/** The `Set-Cookie` that hands a session to the browser, out of reach for scripts. */
export function sessionCookie(request: Request, secret: string): string {
  return cookie(request, secret, SESSION_LIFETIME_MS / 1000);
}

/** The `Set-Cookie` that takes it away again. */
export function endedSessionCookie(request: Request): string {
  return cookie(request, "", 0);
}

function cookie(request: Request, value: string, maxAge: number): string {
  const secure = isHttps(request) ? "; Secure" : "";
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}

function isHttps(request: Request): boolean {
  const proto = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  return (proto ?? new URL(request.url).protocol.slice(0, -1)) === "https";
}
