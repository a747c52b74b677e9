import { BrokerError } from "@/lib/broker/errors";
import { type FieldTable, integerOf, textOf } from "@/lib/broker/properties/field-value";

/** Names a message, so that a second one of the same name within a queue's window is not stored. */
export const deduplicationHeader = "x-deduplication-id";

/** Names the group of a message: within one, queues with ordered groups hand out one after the other. */
export const groupHeader = "x-group-id";

/**
 * The id in a header: text of 1 to 255 bytes, or an integer. Null without that header. Throws `precondition-failed` for
 * anything else.
 */
export function headerId(headers: FieldTable | undefined, name: string): string | null {
  const id = idIn(headers, name);
  if (id === null || isId(id)) return id;
  throw new BrokerError(
    "precondition-failed",
    `invalid header '${name}': it must be text of 1 to 255 bytes without NUL, or an integer`,
  );
}

/** Whether there is no such header, or `headerId` takes it. */
export function isHeaderId(headers: FieldTable | undefined, name: string): boolean {
  const id = idIn(headers, name);
  return id === null || isId(id);
}

/** Null without that header, empty for one of another type. */
function idIn(headers: FieldTable | undefined, name: string): string | null {
  const value = headers?.get(name);
  return value === undefined ? null : (textOf(value) ?? integerOf(value)?.toString() ?? "");
}

function isId(id: string): boolean {
  const length = Buffer.byteLength(id);
  return length >= 1 && length <= 255 && !/[\0\p{Surrogate}]/u.test(id);
}
