import { BrokerError } from "@/lib/broker/errors";
import { type FieldTable, type FieldValue, integerOf, textOf } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";

/** The header of RabbitMQ's delayed-message plugin (https://github.com/rabbitmq/rabbitmq-delayed-message-exchange). */
export const delayHeader = "x-delay";

/** The longest delay, in ms: ten years of 365 days, as for times to live. */
export const maxDelayMs = 315_360_000_000;

/**
 * For how long a message is to be delayed, in ms, by its header `x-delay`: an integer, or its digits as text. 0 without
 * one, and for a negative one, which is what the plugin leaves on a message that has been delayed. Throws
 * `precondition-failed` for anything else, and for more than ten years.
 */
export function delayOf(headers: FieldTable | undefined): number {
  const value = headers?.get(delayHeader);
  if (value === undefined) return 0;
  const delay = wholeNumber(value);
  if (delay === null || delay > maxDelayMs) {
    throw new BrokerError(
      "precondition-failed",
      `invalid header '${delayHeader}': it must be a number of milliseconds from 0 to ${maxDelayMs}`,
    );
  }
  return Math.max(0, delay);
}

/** The properties as consumers see them: `x-delay` is negated, so that publishing the message again delays nothing. */
export function withDelayTaken(properties: MessageProperties): MessageProperties {
  const delay = delayOf(properties.headers);
  if (delay === 0 || !properties.headers) return properties;
  const headers = new Map(properties.headers);
  headers.set(delayHeader, delay <= 0x7fffffff ? { t: "I", v: -delay } : { t: "l", v: -delay });
  return { ...properties, headers };
}

function wholeNumber(value: FieldValue): number | null {
  const integer = integerOf(value);
  if (integer !== undefined) return Number(integer);
  const text = textOf(value);
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}
