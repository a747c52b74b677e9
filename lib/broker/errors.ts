/**
 * The one table of errors. Every rule that can be broken ends in a `BrokerError` with one of these codes; each door
 * maps the code once (HTTP status in `lib/http/errors.ts`, AMQP reply code in `lib/amqp`).
 */
const errorCodes = [
  "bad-request",
  "unauthenticated",
  "not-found",
  "access-refused",
  "resource-locked",
  "precondition-failed",
  "conflict",
  "content-too-large",
  "not-implemented",
  "unavailable",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error of the contract: what its code comes to is said once for each door. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly code: ErrorCode;
  /** Machine-readable facts about the error, safe to show to the caller. */
  readonly detail: Readonly<Record<string, unknown>> | undefined;

  /**
   * @param code one of `errorCodes`
   * @param message one or two sentences: what was wrong, and what to do; shown to the caller as it is
   * @param detail facts that a program may want, e.g. `{ queue: "orders" }`
   */
  constructor(
    code: ErrorCode,
    message: string,
    detail?: Readonly<Record<string, unknown>>,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.detail = detail;
  }
}

type ObjectKind =
  | "vhost"
  | "exchange"
  | "queue"
  | "binding"
  | "message"
  | "connection"
  | "group"
  | "job"
  | "policy"
  | "operator policy"
  | "user"
  | "permission"
  | "parameter"
  | "token";

/** `no queue 'x' in vhost '/'` and its like. */
export function notFound(kind: ObjectKind, name: string, vhost?: string) {
  const where = vhost === undefined ? "" : ` in vhost '${vhost}'`;
  return new BrokerError("not-found", `There is no ${kind} '${name}'${where}.`, {
    kind,
    name,
    ...(vhost !== undefined && { vhost }),
  });
}

/** Whether it is an error of the contract. */
export function isBrokerError(error: unknown): error is BrokerError {
  return error instanceof Error && error.name === "BrokerError";
}
