import { TooManyLoginsError } from "@/lib/auth/authenticator";
import { isDatabaseAway } from "@/lib/auth/console-database";
import { BrokerError, type ErrorCode, isBrokerError } from "@/lib/broker/errors";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";

/** Errors that only HTTP knows. */
type HttpErrorCode = ErrorCode | "method-not-allowed" | "too-many-requests";

/** The one table from error codes to HTTP: the status, and the word that RabbitMQ's API uses in `error`. */
const table: { readonly [C in HttpErrorCode]: { readonly status: number; readonly word: string } } = {
  "bad-request": { status: 400, word: "bad_request" },
  unauthenticated: { status: 401, word: "not_authorized" },
  "access-refused": { status: 403, word: "not_authorised" },
  "not-found": { status: 404, word: "not_found" },
  "method-not-allowed": { status: 405, word: "method_not_allowed" },
  "resource-locked": { status: 409, word: "resource_locked" },
  conflict: { status: 409, word: "conflict" },
  "precondition-failed": { status: 412, word: "precondition_failed" },
  "content-too-large": { status: 413, word: "content_too_large" },
  "too-many-requests": { status: 429, word: "too_many_requests" },
  "not-implemented": { status: 501, word: "not_implemented" },
  unavailable: { status: 503, word: "unavailable" },
  internal: { status: 500, word: "internal_server_error" },
};

/** The body of every answer that is not a success. */
interface ErrorBody {
  /** RabbitMQ's word for it. */
  readonly error: string;
  /** One or two sentences for a person. */
  readonly reason: string;
  /** The stable name of the error. */
  readonly code: HttpErrorCode;
  readonly detail?: unknown;
}

export interface ErrorStyle {
  /** RabbitMQ answers 400 where a declaration or a condition doesn't fit what is there; its clients know no 412. */
  readonly preconditionIs400: boolean;
  /** Whether a 401 asks for basic authentication. A browser would open its own password box. */
  readonly challenge: boolean;
}

/** The answer for anything that was thrown while a request was handled. Faults of ours are logged and not shown. */
export function errorResponse(error: unknown, style: ErrorStyle): Response {
  if (error instanceof TooManyLoginsError) {
    return render("too-many-requests", error.message, undefined, { "retry-after": String(error.secondsToWait) });
  }
  const known = asBrokerError(error);
  if (known.code === "internal") console.error("A request of the HTTP API failed:", error);
  const headers: Record<string, string> = {};
  if (known.code === "unauthenticated" && style.challenge) {
    headers["www-authenticate"] = 'Basic realm="RabbitMQ Management"';
  }
  if (known.code === "unavailable") headers["retry-after"] = "1";
  const as400 = known.code === "precondition-failed" && style.preconditionIs400;
  return render(known.code, known.message, known.detail, headers, as400 ? "bad-request" : known.code);
}

/** The answer for a path that exists with other methods. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Response {
  const reason = `This path has no ${method}; it has ${allowed.join(", ")}.`;
  return render("method-not-allowed", reason, { allowed }, { allow: allowed.join(", ") });
}

/** Which of the audit log's outcomes an error is. */
export function outcomeOf(error: unknown): "refused" | "failed" {
  if (error instanceof TooManyLoginsError) return "refused";
  return asBrokerError(error).code === "internal" ? "failed" : "refused";
}

/** Anything thrown, as an error with a code. */
export function asBrokerError(error: unknown): BrokerError {
  if (isBrokerError(error)) {
    return error.code === "internal" ? internal(error) : error;
  }
  if (error instanceof InvalidPropertyError)
    return new BrokerError("bad-request", error.message, { field: error.field });
  if (isDatabaseAway(error)) {
    return new BrokerError("unavailable", "The database can't be reached. Nothing was changed; try again soon.");
  }
  return internal(error);
}

function internal(cause: unknown): BrokerError {
  return new BrokerError("internal", "Something went wrong inside Warren. The server's log has more.", undefined, {
    cause,
  });
}

function render(
  code: HttpErrorCode,
  reason: string,
  detail: unknown,
  headers: Record<string, string>,
  statusOf: HttpErrorCode = code,
): Response {
  const { status, word } = table[statusOf];
  const body: ErrorBody = { error: word, reason, code, ...(detail !== undefined && { detail }) };
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}
