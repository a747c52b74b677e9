/**
 * A JSON text as a flat list of its values in the order in which they stand. Unlike `JSON.parse` it keeps numbers as
 * they are written (an id beyond 2^53 stays exact), repeated names, and whatever could be read before a mistake or
 * the end of a text that was cut. It doesn't recurse, so that no depth of nesting can break it.
 */
export interface JsonNode {
  readonly kind: "object" | "array" | "string" | "number" | "literal";
  /** Name in an object, index in an array, null at the root. */
  readonly key: string | number | null;
  /** A string's text, or a number or literal as written; empty for objects and arrays. */
  readonly text: string;
  readonly depth: number;
  /** Index of the object or array that holds it; -1 at the root. */
  readonly parent: number;
  /** Index of the first node behind everything inside it. */
  end: number;
  /** How many values stand directly inside. */
  size: number;
  /** False when the text ended inside it; of a string, `text` is then the beginning. */
  closed: boolean;
}

export interface JsonReading {
  readonly nodes: readonly JsonNode[];
  /** Null when the whole text is valid JSON. `offset` in UTF-16 units, line and column from 1. */
  readonly error: JsonError | null;
}

export interface JsonError {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

type Expect = "value" | "first" | "name" | "first-name" | "next";

class Mistake extends Error {
  readonly offset: number;
  /** The beginning of a string that has no end. */
  readonly begun: string | undefined;
  constructor(offset: number, message: string, begun?: string) {
    super(message);
    this.offset = offset;
    this.begun = begun;
  }
}

/** Reads a JSON text. Never throws. */
export function readJson(text: string): JsonReading {
  const nodes: JsonNode[] = [];
  try {
    readInto(nodes, text);
    return { nodes, error: null };
  } catch (error) {
    for (const node of nodes) if (!node.closed) node.end = nodes.length;
    if (!(error instanceof Mistake)) throw error;
    return { nodes, error: { message: error.message, offset: error.offset, ...placeOf(text, error.offset) } };
  }
}

function readInto(nodes: JsonNode[], text: string): void {
  let at = 0;
  let inside = -1;
  let expect = "value" as Expect;
  let key: string | number | null = null;

  const add = (kind: JsonNode["kind"], value: string, closed: boolean) => {
    const parent = nodes[inside];
    if (parent) parent.size++;
    const depth = parent ? parent.depth + 1 : 0;
    nodes.push({ kind, key, text: value, depth, parent: inside, end: nodes.length + 1, size: 0, closed });
    if (closed) expect = "next";
  };
  const close = () => {
    const node = nodes[inside];
    if (!node) return;
    node.end = nodes.length;
    node.closed = true;
    inside = node.parent;
    expect = "next";
    at++;
  };

  for (;;) {
    at = skipBlanks(text, at);
    const here = text[at];
    const holder = nodes[inside];
    if (here === undefined) {
      if (expect === "next" && !holder) return;
      throw new Mistake(at, nodes.length === 0 ? "there is nothing" : "it ends too early");
    }
    if (expect === "next") {
      if (!holder) throw new Mistake(at, `${quoted(text, at)} follows after the end`);
      if (here === ",") {
        at++;
        expect = holder.kind === "object" ? "name" : "value";
        key = holder.kind === "object" ? null : holder.size;
      } else if (here === (holder.kind === "object" ? "}" : "]")) close();
      else throw new Mistake(at, `${quoted(text, at)} where a comma or the end should be`);
    } else if (expect === "name" || expect === "first-name") {
      if (here === "}" && expect === "first-name") {
        close();
        continue;
      }
      if (here !== '"') throw new Mistake(at, `${quoted(text, at)} where a name in quotes should be`);
      const name: Lexeme = stringAt(text, at);
      key = name.value;
      at = skipBlanks(text, name.end);
      if (text[at] !== ":") {
        throw new Mistake(at, at >= text.length ? "it ends too early" : `${quoted(text, at)} where a colon should be`);
      }
      at++;
      expect = "value";
    } else if (here === "]" && expect === "first") {
      close();
    } else if (here === "{" || here === "[") {
      add(here === "{" ? "object" : "array", "", false);
      inside = nodes.length - 1;
      expect = here === "{" ? "first-name" : "first";
      key = here === "{" ? null : 0;
      at++;
    } else if (here === '"') {
      const string: Lexeme = valueString(text, at, (begun) => add("string", begun, false));
      add("string", string.value, true);
      at = string.end;
    } else {
      const word: Lexeme & { kind: "number" | "literal" } = wordAt(text, at);
      add(word.kind, word.value, true);
      at = word.end;
    }
  }
}

interface Lexeme {
  readonly value: string;
  readonly end: number;
}

/** As `stringAt`, but gives the beginning of a string that the end of the text cut off before it throws. */
function valueString(text: string, start: number, keep: (begun: string) => void): Lexeme {
  try {
    return stringAt(text, start);
  } catch (error) {
    if (error instanceof Mistake && error.begun !== undefined) keep(error.begun);
    throw error;
  }
}

function stringAt(text: string, start: number): Lexeme {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) throw new Mistake(text.length, "a string has no end", begunString(text.slice(start + 1)));
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    end++;
    if (slashes % 2 === 0) break;
  }
  const inner = text.slice(start + 1, end - 1);
  const control = /[\u0000-\u001f]/.exec(inner);
  if (control) {
    throw new Mistake(
      start + 1 + control.index,
      "a control character stands in a string, which JSON writes as an escape",
    );
  }
  if (!inner.includes("\\")) return { value: inner, end };
  const wrong = /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(inner.replaceAll("\\\\", "\\/"));
  if (wrong)
    throw new Mistake(start + 1 + wrong.index, `${inner.slice(wrong.index, wrong.index + 2)} is no escape of JSON`);
  return { value: JSON.parse(text.slice(start, end)) as string, end };
}

/** The text of a string without its end, as far as its escapes are whole. */
function begunString(inner: string): string {
  const whole = inner.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, "");
  try {
    return JSON.parse(`"${whole}"`) as string;
  } catch {
    return whole;
  }
}

const word = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

function wordAt(text: string, start: number): Lexeme & { kind: "number" | "literal" } {
  word.lastIndex = start;
  const found = word.exec(text)?.[0];
  const end = start + (found?.length ?? 0);
  if (found === undefined || /[\w.+-]/.test(text[end] ?? "")) {
    throw new Mistake(start, `${quoted(text, start)} is no value of JSON`);
  }
  return { value: found, end, kind: /[-0-9]/.test(found[0] ?? "") ? "number" : "literal" };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at++;
  }
}

/** The word at a place, for a sentence about a mistake there. */
function quoted(text: string, at: number): string {
  const found = /^[\w.+-]{1,20}/.exec(text.slice(at, at + 20))?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 32);
  return `“${found}”`;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
  return { line, column: offset - lineStart + 1 };
}

/** The way to a node from the root: `["order", "lines", 0, "sku"]`. */
export function pathOf(nodes: readonly JsonNode[], index: number): (string | number)[] {
  const path: (string | number)[] = [];
  for (let node = nodes[index]; node && node.key !== null; node = nodes[node.parent]) path.unshift(node.key);
  return path;
}

/**
 * A path as it is written in a search and in a pin: `order.lines.0.sku`. Null for one that can't be written so,
 * because a name in it is empty or holds a dot, a blank or a colon.
 */
export function pathText(path: readonly (string | number)[]): string | null {
  if (path.length === 0 || path.some((part) => !/^[^\s.:"]+$/.test(String(part)))) return null;
  return path.join(".");
}

/** The first node at a path such as `order.lines.0.sku`; undefined where there is none. */
export function nodeAt(nodes: readonly JsonNode[], path: string): JsonNode | undefined {
  let holder = 0;
  for (const part of path.split(".")) {
    const parent = nodes[holder];
    if (!parent || (parent.kind !== "object" && parent.kind !== "array")) return undefined;
    let child = holder + 1;
    while (child < parent.end && String(nodes[child]?.key) !== part) child = nodes[child]?.end ?? parent.end;
    if (child >= parent.end) return undefined;
    holder = child;
  }
  return nodes[holder];
}

/** A node in a few words, for a table's cell: a scalar as it is, `{ 3 fields }`, `[ 2 items ]`. */
export function summaryOf(node: JsonNode): string {
  if (node.kind === "object")
    return node.size === 0 ? "{}" : `{ ${node.size} ${node.size === 1 ? "field" : "fields"} }`;
  if (node.kind === "array") return node.size === 0 ? "[]" : `[ ${node.size} ${node.size === 1 ? "item" : "items"} ]`;
  return node.text;
}
