import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";

/** Kinds of values that can equal each other: what RabbitMQ holds in the same Erlang type. */
export type ValueClass = "integer" | "float" | "bytes" | "boolean" | "decimal" | "table" | "list" | "void";

export function classOf(value: FieldValue): ValueClass {
  switch (value.t) {
    case "S":
    case "x":
      return "bytes";
    case "t":
      return "boolean";
    case "f":
    case "d":
      return "float";
    case "D":
      return "decimal";
    case "F":
      return "table";
    case "A":
      return "list";
    case "V":
      return "void";
    default:
      return "integer";
  }
}

/**
 * Equality as a headers exchange has it: integers of any width, signed or not, and timestamps are equal by value; long
 * strings and byte arrays by their bytes; an integer never equals a float (RabbitMQ 4, `=:=`), a string never a number.
 * Inside lists and tables the types must be the same too, and tables have an order, as in RabbitMQ.
 */
export function sameValue(a: FieldValue, b: FieldValue): boolean {
  switch (a.t) {
    case "S":
    case "x":
      return (b.t === "S" || b.t === "x") && sameBytes(a.v, b.v);
    case "t":
      return b.t === "t" && a.v === b.v;
    case "f":
    case "d":
      return (b.t === "f" || b.t === "d") && a.v === b.v;
    case "D":
      return b.t === "D" && a.v.scale === b.v.scale && a.v.unscaled === b.v.unscaled;
    case "F":
      return b.t === "F" && sameTable(a.v, b.v);
    case "A":
      return b.t === "A" && sameList(a.v, b.v);
    case "V":
      return b.t === "V";
    default:
      return classOf(b) === "integer" && "v" in b && a.v === b.v;
  }
}

function sameList(a: readonly FieldValue[], b: readonly FieldValue[]): boolean {
  return a.length === b.length && a.every((item, i) => sameTyped(item, b[i]));
}

function sameTable(a: FieldTable, b: FieldTable): boolean {
  if (a.size !== b.size) return false;
  const other = b[Symbol.iterator]();
  for (const [name, value] of a) {
    const [otherName, otherValue] = other.next().value ?? [];
    if (name !== otherName || !sameTyped(value, otherValue)) return false;
  }
  return true;
}

function sameTyped(a: FieldValue, b: FieldValue | undefined): boolean {
  return b !== undefined && a.t === b.t && sameValue(a, b);
}

function sameBytes(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b;
  return Buffer.from(a as Uint8Array).equals(Buffer.from(b as Uint8Array));
}
