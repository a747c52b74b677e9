import { BrokerError } from "@/lib/broker/errors";

/** Deeper nesting than this is refused before it is parsed. Headers may be nested 64 deep. */
const MOST_NESTING = 100;

/**
 * Parses the body of a request. Throws `bad-request` that says where the text stops being JSON, is nested too deeply,
 * or has an integer that JavaScript would round.
 */
export function parseJson(text: string): unknown {
  checkTokens(text);
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(text, new JsonScanner(text).firstError(), "is not JSON");
  }
}

/** Goes once over the text, skipping strings, to count brackets and look at long numbers. */
function checkTokens(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) at = endOfString(text, at);
    else if (character === 0x5b || character === 0x7b) depth++;
    else if (character === 0x5d || character === 0x7d) depth--;
    else if (isDigit(character)) at = checkNumber(text, at);
    if (depth > MOST_NESTING) throw refusal(text, at, `is nested deeper than ${MOST_NESTING}`);
  }
}

const quote = 0x22;
const backslash = 0x5c;

function isDigit(character: number): boolean {
  return character >= 0x30 && character <= 0x39;
}

/** Offset of the quote that ends the string that begins at `at`; the text's length if none does. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === backslash) i++;
    else if (character === quote) return i;
  }
  return text.length;
}

/** Offset of the last character of the number that begins at `at`. */
function checkNumber(text: string, at: number): number {
  let end = at;
  while (end < text.length && /[\d.eE+-]/.test(text[end] ?? "")) end++;
  const number = text.slice(at, end);
  if (/^\d+$/.test(number) && !Number.isSafeInteger(Number(number))) {
    const shown = number.slice(0, 40);
    throw refusal(
      text,
      at,
      `has the integer ${shown}, beyond 2^53; in headers and arguments write {"!int64": "${shown}"}`,
    );
  }
  return end - 1;
}

function refusal(text: string, at: number, problem: string): BrokerError {
  const before = text.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new BrokerError("bad-request", `The body ${problem} (line ${line}, column ${column}).`, { line, column });
}

/** Finds the first place where a text breaks the grammar of JSON (RFC 8259). Nesting was limited before. */
class JsonScanner {
  readonly #text: string;
  #at = 0;
  #failed = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the first character that can't stand where it stands; the text's length if it ends too early. */
  firstError(): number {
    this.#value();
    if (!this.#failed) this.#space();
    return this.#at;
  }

  #value(): void {
    this.#space();
    const first = this.#text[this.#at];
    if (first === "{") this.#members("}", () => this.#member());
    else if (first === "[") this.#members("]", () => this.#value());
    else if (first === '"') this.#string();
    else this.#token(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y);
  }

  #members(end: string, item: () => void): void {
    this.#at++;
    this.#space();
    if (this.#take(end)) return;
    while (!this.#failed) {
      item();
      if (this.#failed) return;
      this.#space();
      if (this.#take(end)) return;
      if (!this.#take(",")) this.#failed = true;
    }
  }

  #member(): void {
    this.#space();
    this.#string();
    if (this.#failed) return;
    this.#space();
    if (this.#take(":")) this.#value();
    else this.#failed = true;
  }

  #string(): void {
    if (!this.#take('"')) {
      this.#failed = true;
      return;
    }
    while (!this.#take('"')) {
      this.#token(/[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y);
      if (this.#failed) return;
    }
  }

  #token(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) this.#failed = true;
    else this.#at += match[0].length;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    this.#token(/[ \t\n\r]*/y);
  }
}
