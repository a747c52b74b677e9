import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { type Decimal, type FieldTable, type FieldValue, maxNesting } from "@/lib/broker/properties/field-value";
import { bytesFromText, isWellFormed } from "@/lib/broker/properties/text";

/**
 * JSON's view of field tables. Texts, numbers, booleans, null, lists and objects stand for themselves. What JSON has
 * no word for is an object with one member whose name begins with "!":
 *
 * - `{"!base64": "..."}` long string that isn't UTF-8; `{"!binary": "..."}` byte array, in base64 too
 * - `{"!timestamp": seconds}`, `{"!decimal": "12.34"}`
 * - `{"!int8": n}` `!uint8` `!int16` `!uint16` `!int32` `!uint32` `!int64`, `{"!float": n}` `!double`, for the exact type
 * - `{"!table": {...}}` a table that would itself look like one of these
 *
 * 64-bit integers beyond 2^53 - 1 are strings of digits, and so are NaN and the infinities.
 */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainTable;
export interface PlainTable {
  readonly [name: string]: PlainValue;
}

export interface PlainOptions {
  /** Write the exact type wherever `fromPlain` would choose another one, so that nothing is lost in a round trip. */
  readonly exact?: boolean;
}

const integerForms = { b: "!int8", B: "!uint8", s: "!int16", u: "!uint16", I: "!int32", i: "!uint32" } as const;

/** The JSON view of a table. Without `exact`, integers and floats of all widths are plain numbers. */
export function toPlain(table: FieldTable, options: PlainOptions = {}): PlainTable {
  return Object.fromEntries([...table].map(([name, value]) => [name, plainValue(value, options.exact ?? false)]));
}

/**
 * The field table that a JSON object describes, typed as RabbitMQ's management API does it: text becomes a long
 * string, an integer a 64-bit integer, another number a double. Unlike there, null becomes void.
 * Throws InvalidPropertyError; `field` is the name of the object in its message.
 */
export function fromPlain(plain: unknown, field = "headers"): FieldTable {
  if (!isObject(plain)) throw new InvalidPropertyError(field, "must be an object");
  return tableFromPlain(plain, field, 0);
}

function plainValue(value: FieldValue, exact: boolean): PlainValue {
  switch (value.t) {
    case "S":
      return typeof value.v === "string" ? value.v : { "!base64": base64(value.v) };
    case "x":
      return { "!binary": base64(value.v) };
    case "t":
      return value.v;
    case "l":
      if (typeof value.v === "number") return value.v;
      return exact ? { "!int64": value.v.toString() } : value.v.toString();
    case "T":
      return { "!timestamp": typeof value.v === "bigint" ? value.v.toString() : value.v };
    case "f":
      return exact || !Number.isFinite(value.v) ? { "!float": plainFloat(value.v) } : value.v;
    case "d":
      return isExactDouble(value.v) || !(exact || !Number.isFinite(value.v))
        ? value.v
        : { "!double": plainFloat(value.v) };
    case "D":
      return { "!decimal": decimalText(value.v) };
    case "F": {
      const plain = Object.fromEntries([...value.v].map(([name, inner]) => [name, plainValue(inner, exact)]));
      return formOf(plain) === undefined ? plain : { "!table": plain };
    }
    case "A":
      return value.v.map((item) => plainValue(item, exact));
    case "V":
      return null;
    default:
      return exact ? { [integerForms[value.t]]: value.v } : value.v;
  }
}

/** Whether `fromPlain` reads this number as a double again. */
function isExactDouble(value: number): boolean {
  return Number.isFinite(value) && !Number.isSafeInteger(value);
}

function plainFloat(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? "-0" : String(value);
}

function decimalText({ scale, unscaled }: Decimal): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled).padStart(scale + 1, "0");
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function tableFromPlain(plain: Record<string, unknown>, field: string, depth: number): FieldTable {
  mustBeShallow(depth, field);
  const table = new Map<string, FieldValue>();
  for (const [name, value] of Object.entries(plain)) {
    const path = `${field}.${name}`;
    const bytes = bytesFromText(name);
    if (bytes === undefined) throw new InvalidPropertyError(path, "has a name with half of a surrogate pair");
    if (bytes.length > 255) throw new InvalidPropertyError(path, "has a name longer than 255 bytes");
    table.set(name, valueFromPlain(value, path, depth + 1));
  }
  return table;
}

function valueFromPlain(plain: unknown, field: string, depth: number): FieldValue {
  if (typeof plain === "string") {
    if (!isWellFormed(plain)) throw new InvalidPropertyError(field, "holds half of a surrogate pair");
    return { t: "S", v: plain };
  }
  if (typeof plain === "boolean") return { t: "t", v: plain };
  if (plain === null) return { t: "V" };
  if (typeof plain === "number") {
    // JSON has no -0 of its own: it is an integer there.
    return Number.isSafeInteger(plain) ? { t: "l", v: plain + 0 } : { t: "d", v: plain };
  }
  if (Array.isArray(plain)) {
    mustBeShallow(depth, field);
    return { t: "A", v: plain.map((item, index) => valueFromPlain(item, `${field}[${index}]`, depth + 1)) };
  }
  if (!isObject(plain)) throw new InvalidPropertyError(field, "is of a type that JSON does not have");
  const form = formOf(plain);
  if (form === undefined) return { t: "F", v: tableFromPlain(plain, field, depth) };
  return valueFromForm(form, plain[form], field, depth);
}

function valueFromForm(form: string, plain: unknown, field: string, depth: number): FieldValue {
  switch (form) {
    case "!base64":
      return { t: "S", v: bytesFromBase64(plain, field) };
    case "!binary":
      return { t: "x", v: bytesFromBase64(plain, field) };
    case "!timestamp":
      return { t: "T", v: integerFromPlain(plain, 0n, 2n ** 64n - 1n, field) };
    case "!int64":
      return { t: "l", v: integerFromPlain(plain, -(2n ** 63n), 2n ** 63n - 1n, field) };
    case "!int8":
      return { t: "b", v: Number(integerFromPlain(plain, -0x80n, 0x7fn, field)) };
    case "!uint8":
      return { t: "B", v: Number(integerFromPlain(plain, 0n, 0xffn, field)) };
    case "!int16":
      return { t: "s", v: Number(integerFromPlain(plain, -0x8000n, 0x7fffn, field)) };
    case "!uint16":
      return { t: "u", v: Number(integerFromPlain(plain, 0n, 0xffffn, field)) };
    case "!int32":
      return { t: "I", v: Number(integerFromPlain(plain, -0x80000000n, 0x7fffffffn, field)) };
    case "!uint32":
      return { t: "i", v: Number(integerFromPlain(plain, 0n, 0xffffffffn, field)) };
    case "!float":
      return { t: "f", v: Math.fround(floatFromPlain(plain, field)) };
    case "!double":
      return { t: "d", v: floatFromPlain(plain, field) };
    case "!decimal":
      return { t: "D", v: decimalFromPlain(plain, field) };
    case "!table":
      if (!isObject(plain)) throw new InvalidPropertyError(field, "needs an object after !table");
      return { t: "F", v: tableFromPlain(plain, field, depth) };
    default:
      throw new InvalidPropertyError(field, `names an unknown type ${form}`);
  }
}

/** The name of the single member that makes an object one of the "!" forms. */
function formOf(plain: object): string | undefined {
  const names = Object.keys(plain);
  return names.length === 1 && names[0]?.startsWith("!") ? names[0] : undefined;
}

function bytesFromBase64(plain: unknown, field: string): Buffer {
  if (typeof plain === "string") {
    const bytes = Buffer.from(plain, "base64");
    // Node skips what isn't base64: the text must come out again, but for its padding.
    if (bytes.toString("base64").replace(/=+$/, "") === plain.replace(/=+$/, "")) return bytes;
  }
  throw new InvalidPropertyError(field, "must be base64");
}

function integerFromPlain(plain: unknown, least: bigint, most: bigint, field: string): number | bigint {
  const exact =
    typeof plain === "number" && Number.isSafeInteger(plain)
      ? BigInt(plain)
      : typeof plain === "string" && /^-?\d{1,20}$/.test(plain)
        ? BigInt(plain)
        : undefined;
  if (exact === undefined || exact < least || exact > most) {
    throw new InvalidPropertyError(field, `must be an integer from ${least} to ${most}`);
  }
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function floatFromPlain(plain: unknown, field: string): number {
  if (typeof plain === "number") return plain;
  if (plain === "NaN" || plain === "Infinity" || plain === "-Infinity" || plain === "-0") return Number(plain);
  throw new InvalidPropertyError(field, "must be a number");
}

function decimalFromPlain(plain: unknown, field: string): Decimal {
  const digits = typeof plain === "string" ? /^(\d+)(?:\.(\d{1,255}))?$/.exec(plain) : null;
  const fraction = digits?.[2] ?? "";
  const unscaled = digits ? Number((digits[1] ?? "") + fraction) : Number.NaN;
  if (!(unscaled <= 0xffffffff)) {
    throw new InvalidPropertyError(field, 'must be a decimal such as "12.34", of at most 4294967295 without its point');
  }
  return { scale: fraction.length, unscaled };
}

function mustBeShallow(depth: number, field: string): void {
  if (depth >= maxNesting) throw new InvalidPropertyError(field, `is nested deeper than ${maxNesting}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
