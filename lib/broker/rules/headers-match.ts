import { BrokerError } from "@/lib/broker/errors";
import { emptyTable, type FieldTable, type FieldValue, textOf } from "@/lib/broker/properties/field-value";
import { sameValue } from "@/lib/broker/rules/field-equality";

export const headersMatchModes = ["all", "any", "all-with-x", "any-with-x"] as const;
type HeadersMatchMode = (typeof headersMatchModes)[number];

/** The arguments of a binding to a headers exchange, ready for matching. */
export interface HeadersPattern {
  readonly mode: HeadersMatchMode;
  /** Headers that are compared: without `x-match`, and without `x-...` unless the mode is `-with-x`. */
  readonly wanted: readonly { readonly name: string; readonly value: FieldValue }[];
}

/**
 * Compiles a binding's arguments (https://www.rabbitmq.com/docs/exchanges#headers). An `x-match` other than the four
 * is `all`, which RabbitMQ does for bindings older than its check; new ones go through `checkHeadersArguments`.
 */
export function headersPattern(bindingArguments: FieldTable): HeadersPattern {
  const given = textOf(bindingArguments.get("x-match"));
  const mode = headersMatchModes.find((name) => name === given) ?? "all";
  const withX = mode.endsWith("-with-x");
  const wanted: { name: string; value: FieldValue }[] = [];
  for (const [name, value] of bindingArguments) {
    if (name === "x-match" || (!withX && name.startsWith("x-"))) continue;
    wanted.push({ name, value });
  }
  return { mode, wanted };
}

/** Whether a message with these headers goes through. Nothing wanted: everything under all, nothing under any. */
export function headersMatch(pattern: HeadersPattern, headers: FieldTable = emptyTable): boolean {
  if (pattern.mode.startsWith("any")) return pattern.wanted.some((wanted) => headerMatches(wanted, headers));
  return pattern.wanted.every((wanted) => headerMatches(wanted, headers));
}

/** One header of a pattern: void wants it present, anything else wants it equal. */
export function headerMatches(wanted: HeadersPattern["wanted"][number], headers: FieldTable): boolean {
  const value = headers.get(wanted.name);
  return value !== undefined && (wanted.value.t === "V" || sameValue(wanted.value, value));
}

/** Refuses an invalid `x-match`. Throws `precondition-failed` in RabbitMQ's words. */
export function checkHeadersArguments(bindingArguments: FieldTable): void {
  const given = bindingArguments.get("x-match");
  if (given === undefined) return;
  const text = textOf(given);
  if (text === undefined) {
    throw new BrokerError("precondition-failed", "Invalid x-match field type; expected a string");
  }
  if (!headersMatchModes.some((mode) => mode === text)) {
    throw new BrokerError(
      "precondition-failed",
      `Invalid x-match field value '${text}'; expected all, any, all-with-x, or any-with-x`,
    );
  }
}
