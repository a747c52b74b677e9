import { AmqpError, type MethodId, noMethod, type ReplyName } from "@/lib/amqp/wire/errors";
import { type ErrorCode, isBrokerError } from "@/lib/broker/errors";
import { InvalidPropertyError, MalformedPropertiesError } from "@/lib/broker/properties/errors";

const replyNames: Record<ErrorCode, ReplyName> = {
  "bad-request": "PRECONDITION_FAILED",
  unauthenticated: "ACCESS_REFUSED",
  "not-found": "NOT_FOUND",
  "access-refused": "ACCESS_REFUSED",
  "resource-locked": "RESOURCE_LOCKED",
  "precondition-failed": "PRECONDITION_FAILED",
  conflict: "PRECONDITION_FAILED",
  "content-too-large": "CONTENT_TOO_LARGE",
  "not-implemented": "NOT_IMPLEMENTED",
  unavailable: "CONNECTION_FORCED",
  internal: "INTERNAL_ERROR",
};

/** What a client is told of an error. Whatever nobody foresaw is 541, and its text stays here. */
export function toAmqpError(error: unknown, about: MethodId = noMethod): AmqpError {
  if (error instanceof AmqpError) {
    return error.about === noMethod ? new AmqpError(error.replyName, error.message, about, error.hard) : error;
  }
  if (isBrokerError(error)) {
    const { kind, name, vhost } = error.detail ?? {};
    const isMissing = error.code === "not-found" && typeof kind === "string" && typeof name === "string";
    // Clients look for these very words.
    const text = isMissing ? `no ${kind} '${name}' in vhost '${vhost ?? "/"}'` : error.message;
    return new AmqpError(replyNames[error.code], text, about);
  }
  if (error instanceof MalformedPropertiesError) return new AmqpError("SYNTAX_ERROR", error.message, about);
  if (error instanceof InvalidPropertyError) return new AmqpError("PRECONDITION_FAILED", error.message, about);
  return new AmqpError("INTERNAL_ERROR", "an internal error; the server's log says more", about);
}

/** Whether the error is one that somebody should look at, and not a client's mistake. */
export function isUnforeseen(error: unknown): boolean {
  return toAmqpError(error).replyName === "INTERNAL_ERROR";
}
