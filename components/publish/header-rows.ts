import type { Plain } from "@/components/body/header-values";
import { secondsOf } from "@/components/publish/properties";
import { bytesFromBase64 } from "@/lib/format/base64";

export const headerTypes = ["string", "number", "boolean", "list", "timestamp", "bytes", "JSON", "void"] as const;
export type HeaderType = (typeof headerTypes)[number];

/** One header as it stands in the form. `text` is its value as typed; lists keep theirs in `items`. */
export interface HeaderRow {
  readonly key: string;
  readonly name: string;
  readonly type: HeaderType;
  readonly text: string;
  readonly items: readonly string[];
}

let made = 0;

/** A row of the form. */
export function headerRow(name = "", type: HeaderType = "string", text = "", items: readonly string[] = []): HeaderRow {
  made++;
  return { key: `${Date.now().toString(36)}.${made}`, name, type, text, items };
}

/** What is wrong with a row's value, as a sentence; null when nothing is. `fill` replaces placeholders. */
export function checkHeader(row: HeaderRow, fill: (text: string) => string): string | null {
  const text = fill(row.text).trim();
  switch (row.type) {
    case "number":
      return /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? null : "Not a number";
    case "timestamp":
      return secondsOf(text) === null ? "Seconds since 1970, or a time such as 2026-04-11T12:00:00Z" : null;
    case "bytes":
      return bytesFromBase64(text) === null ? "Not base64" : null;
    case "JSON":
      try {
        JSON.parse(text);
        return null;
      } catch {
        return "Not JSON";
      }
    default:
      return null;
  }
}

/** A row's value as the API takes it. Rows that `checkHeader` finds wrong give null. */
export function headerValue(row: HeaderRow, fill: (text: string) => string): Plain {
  const text = fill(row.text);
  switch (row.type) {
    case "string":
      return text;
    case "number":
      return numberValue(text.trim());
    case "boolean":
      return text === "true";
    case "list":
      return row.items.map(fill);
    case "timestamp":
      return { "!timestamp": secondsOf(text.trim()) ?? 0 };
    case "bytes":
      return { "!binary": text.replace(/\s+/g, "") };
    case "JSON":
      return checkHeader(row, fill) === null ? (JSON.parse(text) as Plain) : null;
    case "void":
      return null;
  }
}

/** Integers beyond 2^53 - 1 travel as digits, since JSON's numbers would round them. */
function numberValue(text: string): Plain {
  const number = Number(text);
  if (Number.isNaN(number)) return null;
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? { "!int64": text } : number;
}

/** The row that shows a header of a message that exists. */
export function rowOf(name: string, value: Plain): HeaderRow {
  if (value === null) return headerRow(name, "void");
  if (typeof value === "string") return headerRow(name, "string", value);
  if (typeof value === "number") return headerRow(name, "number", String(value));
  if (typeof value === "boolean") return headerRow(name, "boolean", String(value));
  if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    return headerRow(name, "list", "", value);
  const entries = Object.entries(value as Record<string, Plain>);
  const [form, inner] = entries[0] ?? [];
  if (entries.length === 1 && (typeof inner === "string" || typeof inner === "number")) {
    if (form === "!timestamp") return headerRow(name, "timestamp", String(inner));
    if (form === "!binary") return headerRow(name, "bytes", String(inner));
    if (form === "!int64") return headerRow(name, "number", String(inner));
  }
  return headerRow(name, "JSON", JSON.stringify(value));
}
