import { BrokerError, isBrokerError } from "@/lib/broker/errors";

/** System errors of sockets and name look-ups: the server can't be reached, or has gone. */
const socketErrors = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  // Of a Unix socket: there is none, or its queue of callers is full.
  "ENOENT",
  "EAGAIN",
]);

/**
 * SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) that say that the server is stopping,
 * starting, full, read-only (a standby) or gone. Class 08 is all of that kind, too.
 */
const serverAway = new Set(["57P01", "57P02", "57P03", "57P05", "53300", "53400", "25006", "3D000", "25P03"]);

/** Serialisation failure and deadlock: the transaction was rolled back and may simply be tried again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01";
}

/** Whether the database could not be reached or went away, so that nothing is known about the statement's fate. */
export function isConnectionTrouble(error: unknown): boolean {
  if (isBrokerError(error)) return error.code === "unavailable";
  const code = codeOf(error);
  if (code !== undefined) return socketErrors.has(code) || serverAway.has(code) || code.startsWith("08");
  return (
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying to connect|client was closed|not queryable|after calling end/i.test(
      error.message,
    )
  );
}

/** What callers of the contract may see of a failure in the database: `unavailable` or `internal`, with the cause. */
export function asBrokerError(error: unknown): BrokerError {
  if (isBrokerError(error)) return error;
  if (isConnectionTrouble(error)) {
    return new BrokerError(
      "unavailable",
      "The database can't be reached at the moment. Try again shortly.",
      undefined,
      {
        cause: error,
      },
    );
  }
  return new BrokerError("internal", "The database refused what the broker asked of it.", undefined, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
