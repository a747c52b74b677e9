import { type FieldTable, type FieldValue, longString, textOf } from "@/lib/broker/properties/field-value";
import type { FailureReport } from "@/lib/broker/requests";

/** Why a message could not be processed, in so far as its headers tell. */
export interface Failure {
  readonly type: string | null;
  readonly message: string | null;
  readonly stack: string | null;
  /** Whose manner of writing it is. */
  readonly source: FailureSource;
}

export type FailureSource = "warren" | "spring" | "masstransit" | "nservicebus" | "wolverine" | "rebus" | "celery";

/** A stack trace longer than this (in UTF-16 units) is cut: headers are read whenever the message is. */
const maxStack = 16_384;
const maxText = 2_048;

/**
 * The headers under which Warren keeps a worker's report. Undefined stands for a header to be removed, so that what an
 * earlier failure said doesn't mix with this one.
 */
export function failureHeaders(report: FailureReport): [string, FieldValue | undefined][] {
  const { type, message, stack } = boundedReport(report);
  const header = (text: string | undefined) => (text === undefined || text === "" ? undefined : longString(text));
  return [
    ["x-error-type", header(type)],
    ["x-error-message", header(message)],
    ["x-error-stack", header(stack)],
  ];
}

/** The same report, cut to the lengths that are kept. */
export function boundedReport({ type, message, stack }: FailureReport): FailureReport {
  return {
    ...(type !== undefined && { type: cut(type, maxText) }),
    ...(message !== undefined && { message: cut(message, maxText) }),
    ...(stack !== undefined && { stack: cut(stack, maxStack) }),
  };
}

interface Convention {
  readonly source: FailureSource;
  readonly type: string;
  readonly message: string;
  readonly stack: string | null;
}

/** Header names that libraries use when they move a failed message to an error queue, in order of preference. */
const conventions: readonly Convention[] = [
  { source: "warren", type: "x-error-type", message: "x-error-message", stack: "x-error-stack" },
  // MassTransit: https://masstransit.io/documentation/concepts/exceptions
  {
    source: "masstransit",
    type: "MT-Fault-ExceptionType",
    message: "MT-Fault-Message",
    stack: "MT-Fault-StackTrace",
  },
  // NServiceBus: https://docs.particular.net/nservicebus/messaging/headers#error-forwarding-headers
  {
    source: "nservicebus",
    type: "NServiceBus.ExceptionInfo.ExceptionType",
    message: "NServiceBus.ExceptionInfo.Message",
    stack: "NServiceBus.ExceptionInfo.StackTrace",
  },
  { source: "wolverine", type: "exception-type", message: "exception-message", stack: null },
  // Celery's names for the parts of a failed task's result
  { source: "celery", type: "exc_type", message: "exc_message", stack: "traceback" },
];

/** The first convention of which a header is there; null when no header says why. */
export function failureOf(headers: FieldTable | undefined): Failure | null {
  if (headers === undefined) return null;
  for (const { source, ...names } of conventions) {
    const [type, message] = [headerText(headers, names.type), headerText(headers, names.message)];
    if (type !== null || message !== null) return { type, message, stack: headerText(headers, names.stack), source };
  }
  return springFailure(headers) ?? rebusFailure(headers);
}

/**
 * Spring AMQP's RepublishMessageRecoverer (https://docs.spring.io/spring-amqp/reference/amqp/resilience-recovering-from-errors-and-broker-failures.html)
 * writes the message and the stack trace; the type is the innermost cause's, since the outermost is Spring's wrapper.
 */
function springFailure(headers: FieldTable): Failure | null {
  const stack = headerText(headers, "x-exception-stacktrace");
  const message = headerText(headers, "x-exception-message");
  if (stack === null && message === null) return null;
  const type = stack === null ? null : exceptionType(innermostCause(stack));
  return { type, message: message ?? (stack === null ? null : firstLine(stack)), stack, source: "spring" };
}

/** Rebus writes `System.InvalidOperationException: message` and the stack into one header. */
function rebusFailure(headers: FieldTable): Failure | null {
  const details = headerText(headers, "rbs2-error-details");
  if (details === null) return null;
  const line = firstLine(details);
  const type = exceptionType(line);
  const message = type === null ? line : line.slice(type.length + 1).trim() || null;
  return { type, message, stack: details === line ? null : details, source: "rebus" };
}

function innermostCause(stack: string): string {
  const at = stack.lastIndexOf("Caused by: ");
  return firstLine(at < 0 ? stack : stack.slice(at + "Caused by: ".length));
}

/** `java.lang.IllegalStateException` of `java.lang.IllegalStateException: no stock`. */
function exceptionType(line: string): string | null {
  return /^([A-Za-z_$][\w$.+`]*)(?::|$)/.exec(line.trim())?.[1] ?? null;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim() ?? "";
}

function headerText(headers: FieldTable, name: string | null): string | null {
  const text = name === null ? undefined : textOf(headers.get(name));
  return text === undefined || text === "" ? null : text;
}

/** Never in the middle of a surrogate pair. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const last = text.charCodeAt(end - 1);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end)}…`;
}
