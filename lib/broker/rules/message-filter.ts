import type { PeekedMessage } from "@/lib/broker/message";
import { type FieldTable, type FieldValue, textOf } from "@/lib/broker/properties/field-value";
import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import type { MessageFilter } from "@/lib/broker/requests";

/** Of a body, so many bytes are searched; a JSON body larger than this is not looked into. */
export const maxSearchedBytes = 1_048_576;
/** Lists in lists of a JSON body are followed so deep; a hostile body has half a million of them. */
const maxListDepth = 64;

/** The part of a message that a filter looks at. */
export type Searchable = Pick<
  PeekedMessage,
  "exchange" | "routingKey" | "properties" | "body" | "bodyTruncated" | "death"
>;

type Test = (message: Lazily) => boolean;

/**
 * Compiles a filter to a test, which never throws, whatever the message holds. Text is compared without regard to case.
 * `originQueue`, `group` and `reason` mean exactly that, since whole groups are retried by them; `fields` are equal; the rest contains. A list matches when one of its members does.
 */
export function messageTest(filter: MessageFilter): (message: Searchable) => boolean {
  const tests = testsOf(filter);
  return (message) => {
    const lazily = new Lazily(message);
    return tests.every((test) => test(lazily));
  };
}

/** Whether one message passes a filter; for many messages, compile it once with `messageTest`. */
export function matchesFilter(filter: MessageFilter, message: Searchable): boolean {
  return messageTest(filter)(message);
}

/** Cheap tests first; the body comes last. */
function testsOf(filter: MessageFilter): Test[] {
  const tests: Test[] = [];
  const { reason, originQueue, group, errorType, routingKey, exchange, fields, text } = filter;
  if (reason !== undefined) tests.push(({ message }) => message.death?.reason === reason);
  if (originQueue !== undefined) tests.push(({ message }) => message.death?.originQueue === originQueue);
  if (group !== undefined) tests.push(({ message }) => message.death?.group === group);
  if (errorType !== undefined) tests.push(contains(({ message }) => message.death?.errorType ?? "", errorType));
  if (routingKey !== undefined) tests.push(contains(({ message }) => message.routingKey, routingKey));
  if (exchange !== undefined) tests.push(contains(({ message }) => message.exchange, exchange));
  for (const { path, value } of fields ?? []) tests.push(fieldTest(path, value));
  if (text !== undefined && text !== "") tests.push(textTest(text));
  return tests;
}

function contains(read: (message: Lazily) => string, wanted: string): Test {
  const lower = wanted.toLowerCase();
  return (message) => read(message).toLowerCase().includes(lower);
}

function textTest(text: string): Test {
  const lower = text.toLowerCase();
  return (lazily) => {
    const { routingKey, exchange, properties } = lazily.message;
    const short = [routingKey, exchange, properties.messageId, properties.correlationId];
    if (short.some((part) => part?.toLowerCase().includes(lower))) return true;
    return tableContains(properties.headers, lower) || lazily.bodyText.includes(lower);
  };
}

function fieldTest(path: string, value: string): Test {
  const wanted = value.toLowerCase();
  const [root, ...rest] = path.split(".");
  if (root === "body" && rest.length > 0) return (lazily) => jsonAt(lazily.json, rest, wanted);
  if (root === "headers" && rest.length > 0) {
    return ({ message }) => headerAt(message.properties.headers, rest, wanted);
  }
  const name = root === "properties" ? rest.join(".") : path;
  return ({ message }) => jsonEquals(propertiesToJson(message.properties)[name], wanted);
}

/** What is derived from a message at most once, and only if a test asks for it. */
class Lazily {
  readonly message: Searchable;
  #text: string | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(message: Searchable) {
    this.message = message;
  }

  /** The beginning of the body, in lower case; what isn't UTF-8 becomes U+FFFD. */
  get bodyText(): string {
    this.#text ??= textFrom(this.message.body, maxSearchedBytes).toLowerCase();
    return this.#text;
  }

  /** The body as JSON; undefined when it is none, is cut, or is too large. */
  get json(): unknown {
    this.#json ??= { value: parsed(this.message) };
    return this.#json.value;
  }
}

function parsed({ body, bodyTruncated }: Searchable): unknown {
  if (bodyTruncated || body.length === 0 || body.length > maxSearchedBytes) return undefined;
  try {
    return JSON.parse(textFrom(body, maxSearchedBytes));
  } catch {
    // Not JSON: it has no fields, so none of them is equal to anything.
    return undefined;
  }
}

function textFrom(body: Uint8Array, most: number): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, most)).toString("utf8");
}

/** Names may hold dots themselves, so every way of joining the steps is tried, the shortest name first. */
function jsonAt(value: unknown, path: readonly string[], wanted: string, depth = 0): boolean {
  if (path.length === 0) return jsonEquals(value, wanted, depth);
  if (Array.isArray(value) && !/^\d+$/.test(path[0] ?? "")) {
    return depth < maxListDepth && value.some((item) => jsonAt(item, path, wanted, depth + 1));
  }
  if (typeof value !== "object" || value === null) return false;
  for (let length = 1; length <= path.length; length++) {
    const name = path.slice(0, length).join(".");
    if (!Object.hasOwn(value, name)) continue;
    if (jsonAt((value as Record<string, unknown>)[name], path.slice(length), wanted, depth)) return true;
  }
  return false;
}

function headerAt(table: FieldTable | undefined, path: readonly string[], wanted: string): boolean {
  for (let length = 1; length <= path.length; length++) {
    const value = table?.get(path.slice(0, length).join("."));
    if (value && fieldAt(value, path.slice(length), wanted)) return true;
  }
  return false;
}

function fieldAt(value: FieldValue, path: readonly string[], wanted: string): boolean {
  if (value.t === "A") return value.v.some((item) => fieldAt(item, path, wanted));
  if (path.length > 0) return value.t === "F" && headerAt(value.v, path, wanted);
  return plainText(value)?.toLowerCase() === wanted;
}

function jsonEquals(value: unknown, wanted: string, depth = 0): boolean {
  if (Array.isArray(value)) {
    return depth < maxListDepth && value.some((item) => jsonEquals(item, wanted, depth + 1));
  }
  if (value === undefined || (typeof value === "object" && value !== null)) return false;
  return String(value).toLowerCase() === wanted;
}

function tableContains(table: FieldTable | undefined, lower: string): boolean {
  if (!table) return false;
  for (const [name, value] of table) {
    if (name.toLowerCase().includes(lower) || valueContains(value, lower)) return true;
  }
  return false;
}

function valueContains(value: FieldValue, lower: string): boolean {
  if (value.t === "F") return tableContains(value.v, lower);
  if (value.t === "A") return value.v.some((item) => valueContains(item, lower));
  return plainText(value)?.toLowerCase().includes(lower) ?? false;
}

/** What a person would type for a value; undefined for bytes, tables and lists. */
export function plainText(value: FieldValue): string | undefined {
  switch (value.t) {
    case "S":
      return textOf(value);
    case "V":
      return "null";
    case "D":
      return String(value.v.unscaled / 10 ** value.v.scale);
    case "x":
    case "F":
    case "A":
      return undefined;
    default:
      return String(value.v);
  }
}
