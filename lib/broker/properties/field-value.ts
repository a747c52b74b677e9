/**
 * One value of an AMQP 0-9-1 field table, tagged with the type letter it has on the wire. The letters are RabbitMQ's,
 * which differ from the specification's in places (https://www.rabbitmq.com/amqp-0-9-1-errata, section 3).
 *
 * - `S` long string: a JS string when the bytes are valid UTF-8, otherwise the bytes
 * - `x` byte array
 * - `t` boolean
 * - `b` `B` 8-bit, `s` `u` 16-bit, `I` `i` 32-bit integers, each signed and unsigned
 * - `l` 64-bit signed integer: a number up to 2^53 - 1, a bigint beyond
 * - `f` `d` single and double floating point
 * - `D` decimal: `unscaled` / 10^`scale`
 * - `T` timestamp in seconds since 1970, 64-bit unsigned: a number up to 2^53 - 1, a bigint beyond
 * - `F` table, `A` list, `V` void
 */
export type FieldValue =
  | { readonly t: "S"; readonly v: string | Uint8Array }
  | { readonly t: "x"; readonly v: Uint8Array }
  | { readonly t: "t"; readonly v: boolean }
  | { readonly t: "b" | "B" | "s" | "u" | "I" | "i" | "f" | "d"; readonly v: number }
  | { readonly t: "l" | "T"; readonly v: number | bigint }
  | { readonly t: "D"; readonly v: Decimal }
  | { readonly t: "F"; readonly v: FieldTable }
  | { readonly t: "A"; readonly v: readonly FieldValue[] }
  | { readonly t: "V" };

/** `unscaled` / 10^`scale`; scale is 8-bit and unscaled 32-bit, both unsigned. */
export interface Decimal {
  readonly scale: number;
  readonly unscaled: number;
}

/**
 * Names to values, in the order of the wire. A name that a hostile peer repeats keeps its first value, which is the
 * one that RabbitMQ's lookups find. Names that aren't UTF-8 are written as `textFromBytes` describes.
 */
export type FieldTable = ReadonlyMap<string, FieldValue>;

export const emptyTable: FieldTable = new Map();

/** Tables and lists may be nested so deep; deeper ones are refused rather than followed. */
export const maxNesting = 64;

/** Ranges of the integer types, both ends included. */
export const integerRanges = {
  b: [-0x80, 0x7f],
  B: [0, 0xff],
  s: [-0x8000, 0x7fff],
  u: [0, 0xffff],
  I: [-0x80000000, 0x7fffffff],
  i: [0, 0xffffffff],
} as const;

/** A long string value. */
export function longString(text: string): FieldValue {
  return { t: "S", v: text };
}

/** The text of a long string value; undefined for any other type and for bytes that aren't UTF-8. */
export function textOf(value: FieldValue | undefined): string | undefined {
  return value?.t === "S" && typeof value.v === "string" ? value.v : undefined;
}

/** The value of any of the integer types (not timestamps); undefined for any other type. */
export function integerOf(value: FieldValue | undefined): number | bigint | undefined {
  switch (value?.t) {
    case "b":
    case "B":
    case "s":
    case "u":
    case "I":
    case "i":
    case "l":
      return value.v;
    default:
      return undefined;
  }
}
