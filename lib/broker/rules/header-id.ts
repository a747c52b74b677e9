import { BrokerError } from "@/lib/broker/errors";
import { type FieldTable, integerOf, textOf } from "@/lib/broker/properties/field-value";

/** Names a message, so that a second one of the same name within a queue's window is not stored. */
export const deduplicationHeader = "x-deduplication-id";

/**
 * The id in a header: text of 1 to 255 bytes, or an integer. Null without that header. Throws `precondition-failed` for
 * anything else.
 */
export function headerId(headers: FieldTable | undefined, name: string): string | null {
  const value = headers?.get(name);
  if (value === undefined) return null;
  const id = textOf(value) ?? integerOf(value)?.toString() ?? "";
  const length = Buffer.byteLength(id);
  if (length >= 1 && length <= 255 && !/[\0\p{Surrogate}]/u.test(id)) return id;
  throw new BrokerError(
    "precondition-failed",
    `invalid header '${name}': it must be text of 1 to 255 bytes without NUL, or an integer`,
  );
}
