import { type Delivery, deliverNow, parseDelivery } from "@/components/publish/delivery";
import { type HeaderRow, type HeaderType, headerRow, headerTypes } from "@/components/publish/header-rows";

const formats = ["json", "text", "base64"] as const;
export type Format = (typeof formats)[number];

/** The publish form but for its destination, which is in the URL. */
export interface FormState {
  readonly deliveryMode: "1" | "2";
  readonly delivery: Delivery;
  /** By their AMQP names, as typed. */
  readonly properties: Readonly<Record<string, string>>;
  readonly headers: readonly HeaderRow[];
  readonly format: Format;
  readonly body: string;
  /** How many to send, 1 to 100,000, and how many a second at most, up to 1,000. */
  readonly count: number;
  readonly rate: number;
}

/** What the content type is unless someone says otherwise. */
const usualContentType: Readonly<Record<Format, string>> = {
  json: "application/json",
  text: "text/plain",
  base64: "application/octet-stream",
};

export const initialForm: FormState = {
  deliveryMode: "2",
  delivery: deliverNow,
  properties: { content_type: "application/json" },
  headers: [],
  format: "json",
  body: '{\n  "event": "order.placed",\n  "placed_at": "{{now}}"\n}',
  count: 1,
  rate: 10,
};

/**
 * Reads a form that was kept: in this tab, or as a template. Whatever of it isn't as it should be is as in a new form;
 * null for what is no form at all.
 */
export function parseForm(kept: unknown): FormState | null {
  if (!isObject(kept) || typeof kept.body !== "string") return null;
  return {
    deliveryMode: kept.deliveryMode === "1" ? "1" : "2",
    delivery: parseDelivery(kept.delivery),
    properties: isObject(kept.properties) ? onlyTexts(kept.properties) : {},
    headers: Array.isArray(kept.headers) ? kept.headers.flatMap(parseRow) : [],
    format: formats.find((format) => format === kept.format) ?? "text",
    body: kept.body,
    count: within(kept.count, 1, 100_000, initialForm.count),
    rate: within(kept.rate, 0.1, 1000, initialForm.rate),
  };
}

function parseRow(row: unknown): HeaderRow[] {
  if (!isObject(row) || typeof row.name !== "string" || typeof row.text !== "string") return [];
  const type: HeaderType = headerTypes.find((each) => each === row.type) ?? "string";
  const items = Array.isArray(row.items) ? row.items.filter((item) => typeof item === "string") : [];
  return [headerRow(row.name, type, row.text, items)];
}

function onlyTexts(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === "number" && value >= least && value <= most ? value : otherwise;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The form in another format; the content type follows where it was the usual one. */
export function withFormat(form: FormState, format: Format): FormState {
  const usual = form.properties.content_type === usualContentType[form.format] || !form.properties.content_type;
  return {
    ...form,
    format,
    properties: usual ? { ...form.properties, content_type: usualContentType[format] } : form.properties,
  };
}

/** Where the form is kept in this tab's session storage. */
export const formKey = "warren.publish";

/** Keeps the form over a reload, or fills it in before the page is opened. */
export function keepForm(form: FormState): void {
  try {
    sessionStorage.setItem(formKey, JSON.stringify(form));
  } catch {
    // A body beyond the browser's quota is not kept over a reload.
  }
}
