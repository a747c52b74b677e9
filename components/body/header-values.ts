/** JSON's view of a header as the API writes it: see `PlainValue` in lib/broker/properties. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** A header's type in a word, and its value as text; `nested` where it is a list or table. */
export interface HeaderView {
  readonly type: string;
  readonly text: string;
  readonly nested: boolean;
}

const forms: Readonly<Record<string, string>> = {
  "!base64": "string, not UTF-8",
  "!binary": "bytes",
  "!timestamp": "timestamp",
  "!decimal": "decimal",
  "!int8": "int8",
  "!uint8": "uint8",
  "!int16": "int16",
  "!uint16": "uint16",
  "!int32": "int32",
  "!uint32": "uint32",
  "!int64": "number",
  "!float": "float",
  "!double": "double",
  "!table": "table",
};

/** What a header is and says. Timestamps are written as ISO times. */
export function viewHeader(value: Plain): HeaderView {
  if (value === null) return { type: "void", text: "no value", nested: false };
  if (typeof value === "string") return { type: "string", text: value, nested: false };
  if (typeof value === "number" || typeof value === "boolean") {
    return { type: typeof value, text: String(value), nested: false };
  }
  if (Array.isArray(value))
    return { type: "list", text: counted(value.length, "[", "entry", "entries", "]"), nested: true };
  const entries = Object.entries(value as { readonly [name: string]: Plain });
  const [name, inner] = entries[0] ?? [];
  const form = entries.length === 1 && name !== undefined ? forms[name] : undefined;
  if (form === undefined || inner === undefined || form === "table") {
    return { type: "table", text: counted(entries.length, "{", "field", "fields", "}"), nested: true };
  }
  const text = String(inner);
  return { type: form, text: form === "timestamp" ? (isoTime(text) ?? text) : text, nested: false };
}

/** Seconds since 1970 as an ISO time; null for what no calendar holds. */
export function isoTime(seconds: number | string): string | null {
  const time = new Date(Number(seconds) * 1000);
  return Number.isNaN(time.getTime()) ? null : time.toISOString().replace(".000Z", "Z");
}

function counted(count: number, open: string, one: string, many: string, close: string): string {
  return count === 0 ? open + close : `${open} ${count.toLocaleString("en")} ${count === 1 ? one : many} ${close}`;
}
