/** Polling of a list that someone looks at, in milliseconds. TanStack Query pauses it while the tab is hidden. */
export const liveInterval = 2_000;
/** Polling of what changes seldom (virtual hosts, who is logged in), in milliseconds. */
export const slowInterval = 30_000;
/** Asking again after a failure that left nothing to show, in milliseconds. */
const failedInterval = 10_000;

/** What TanStack Query knows of a question. */
export interface Asked {
  readonly state: { readonly status: string; readonly data: unknown };
}

/**
 * Polling every `ms` milliseconds. While a question without an answer is asked again, its failure is forgotten and the
 * page shows that it loads: so it is asked again more slowly, or nobody could read what failed.
 */
export function every(ms: number): (query: Asked) => number {
  return ({ state }) => (state.status === "error" && state.data === undefined ? Math.max(ms, failedInterval) : ms);
}

/** An answer of the API that is not a success, or none at all (`status` 0, code `unreachable`). */
export class ApiError extends Error {
  /** The HTTP status; 0 if the server was not reached. */
  readonly status: number;
  /** The stable name of the error, such as `not-found`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly reason: string;
  /** More about it, such as the fields that are wrong. */
  readonly detail: unknown;

  constructor(status: number, code: string, reason: string, detail?: unknown) {
    super(reason);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.reason = reason;
    this.detail = detail;
  }
}

/** A name as one segment of a path: the virtual host `/` becomes `%2F`. */
export function encodeName(name: string): string {
  return encodeURIComponent(name);
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Calls the HTTP API with the session's cookie.
 * @param path from `/api/` on, with names already encoded (`encodeName`).
 * @returns the JSON of the answer, or undefined where it has no body.
 * @throws ApiError for every answer that is not a success, and when the server is not reached. An aborted
 *   request rejects with the signal's own reason. A 401 also leads to the login page, unless `stayOn401`.
 */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  return (await requestWithHeaders<T>(method, path, options)).body;
}

export type RequestOptions = { body?: unknown; signal?: AbortSignal | undefined; stayOn401?: boolean };

/** As `request`, for answers that say something in their headers. */
export async function requestWithHeaders<T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<{ body: T; headers: Headers }> {
  const { body, signal, stayOn401 = false } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      // RabbitMQ's API answers 401 with a challenge; this keeps the browser's own password box away.
      headers: {
        accept: "application/json",
        "x-requested-with": "warren",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "The server did not answer.");
  }
  if (response.ok) return { body: (await readJson(response)) as T, headers: response.headers };
  const failure = await toError(response);
  if (response.status === 401 && !stayOn401) goToLogin();
  throw failure;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(response.status, "not-json", "The server's answer is not JSON; a proxy may have replaced it.");
  }
}

async function toError(response: Response): Promise<ApiError> {
  let body: unknown;
  try {
    body = await readJson(response);
  } catch {
    body = undefined;
  }
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = text(fields.code) ?? text(fields.error) ?? "error";
  const reason = text(fields.reason) ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, code, reason, fields.detail);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A navigation that has not led anywhere for so long, in ms, may be begun anew. */
const leavesWithinMs = 10_000;
let leftAt = Number.NEGATIVE_INFINITY;

/**
 * Goes to the login, once: all questions of a page are refused together, and each navigation would break off the one before.
 *
 * @param next whether the reader is to come back to this page
 */
export function goToLogin(next = true): void {
  if (typeof location === "undefined" || location.pathname === "/login") return;
  if (performance.now() - leftAt < leavesWithinMs) return;
  leftAt = performance.now();
  location.assign(next ? `/login?next=${encodeURIComponent(location.pathname + location.search)}` : "/login");
}
