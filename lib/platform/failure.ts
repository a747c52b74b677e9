/**
 * A reason why Warren can't start or go on that the person at the terminal can do something about. The message is one
 * sentence (or two) that says what is wrong and what to do; it is printed without a stack. It never holds a secret.
 */
export class PlatformFailure extends Error {
  override readonly name = "PlatformFailure";
}

/** The `code` of a Node or PostgreSQL error ("ENOSPC", "28P01"), or "" when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** The message of anything that was thrown; of the first inner error when a bundle of them has none of its own. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.message === "" && error.errors.length > 0) {
    return errorMessage(error.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Prints a failure to standard error and ends the process with code 1: the sentence alone for a PlatformFailure, the
 * stack for a fault of Warren's own.
 */
export function exitWith(error: unknown): never {
  if (error instanceof PlatformFailure) console.error(`\nWarren can't start: ${error.message}\n`);
  else console.error(error);
  process.exit(1);
}
