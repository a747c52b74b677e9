import { BrokerError } from "@/lib/broker/errors";

/** What a regular expression is made of. Characters are code points. */
export type Node =
  | { readonly kind: "one"; readonly matches: (character: number) => boolean }
  | { readonly kind: "at"; readonly place: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly least: number; readonly most: number | null }
  | { readonly kind: "ahead"; readonly item: Node; readonly negated: boolean };

type Matches = (character: number) => boolean;

const maxLength = 1_000;
const maxRepeat = 255;
const maxDepth = 50;

/** Reads a regular expression. Throws `bad-request` that says what can't be read, and where. */
export function parsePattern(source: string): { readonly node: Node; readonly ignoreCase: boolean } {
  if (source.length > maxLength) {
    throw new BrokerError("bad-request", `The pattern is longer than ${maxLength} characters.`);
  }
  const ignoreCase = source.startsWith("(?i)");
  const parser = new Parser(source, ignoreCase ? 4 : 0, ignoreCase);
  return { node: parser.whole(), ignoreCase };
}

class Parser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at: number;
  #depth = 0;

  constructor(source: string, at: number, ignoreCase: boolean) {
    this.#source = source;
    this.#at = at;
    this.#ignoreCase = ignoreCase;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#wrong("a ) that closes nothing");
    return node;
  }

  #choice(): Node {
    if (++this.#depth > maxDepth) throw this.#wrong(`groups more than ${maxDepth} deep`);
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? (options[0] as Node) : { kind: "choice", options };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#at < this.#source.length && !this.#sees("|") && !this.#sees(")")) items.push(this.#repeated());
    return { kind: "sequence", items };
  }

  #repeated(): Node {
    let node = this.#atom();
    for (let bounds = this.#quantifier(); bounds !== null; bounds = this.#quantifier()) {
      // Whether it takes many or few first makes no difference to whether it matches at all.
      this.#takes("?");
      if (this.#sees("+")) throw this.#wrong("a possessive quantifier");
      node = { kind: "repeat", item: node, ...bounds };
    }
    return node;
  }

  #quantifier(): { least: number; most: number | null } | null {
    if (this.#takes("*")) return { least: 0, most: null };
    if (this.#takes("+")) return { least: 1, most: null };
    if (this.#takes("?")) return { least: 0, most: 1 };
    // A brace that begins no quantifier stands for itself.
    const braces = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#source.slice(this.#at, this.#at + 14));
    if (braces === null) return null;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === "" ? null : Number(braces[3]);
    if (Math.max(least, most ?? 0) > maxRepeat) throw this.#wrong(`a repetition of more than ${maxRepeat}`);
    if (most !== null && most < least) throw this.#wrong("a repetition whose bounds are the wrong way round");
    this.#at += braces[0].length;
    return { least, most };
  }

  #atom(): Node {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return one(this.#set());
      case ".":
        return one((code) => code !== 10);
      case "^":
        return { kind: "at", place: "start" };
      case "$":
        return { kind: "at", place: "end" };
      case "\\":
        return this.#escaped();
      case "*":
      case "+":
      case "?":
        this.#at--;
        throw this.#wrong("nothing to repeat");
      default:
        return one(this.#literal(character));
    }
  }

  #group(): Node {
    const opener = /^\?(:|=|!|P?<[A-Za-z_]\w*>)/.exec(this.#source.slice(this.#at, this.#at + 40));
    if (opener === null && this.#sees("?")) throw this.#wrong("a kind of group that is not supported");
    this.#at += opener?.[0].length ?? 0;
    const item = this.#choice();
    if (!this.#takes(")")) throw this.#wrong("a ( that is not closed");
    if (opener?.[1] === "=" || opener?.[1] === "!") return { kind: "ahead", item, negated: opener[1] === "!" };
    return item;
  }

  #escaped(): Node {
    const letter = this.#peek();
    const place = ({ b: "boundary", B: "inside", A: "start", z: "end", Z: "end" } as const)[letter];
    if (place !== undefined) {
      this.#at++;
      return { kind: "at", place };
    }
    return one(this.#escape());
  }

  /** What follows a backslash, inside of a set or outside. */
  #escape(): Matches {
    const known = classes[this.#peek()];
    if (known !== undefined) {
      this.#at++;
      return known;
    }
    return this.#literal(String.fromCodePoint(this.#escapedCode()));
  }

  #escapedCode(): number {
    const hex = /^x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(this.#source.slice(this.#at, this.#at + 10));
    if (hex !== null) {
      const code = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
      if (code > 0x10ffff) throw this.#wrong("a character that does not exist");
      this.#at += hex[0].length;
      return code;
    }
    const character = this.#next();
    const control = controls[character];
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(character)) {
      this.#at--;
      throw this.#wrong(`\\${character}, which is not supported`);
    }
    return character.codePointAt(0) as number;
  }

  #set(): Matches {
    const negated = this.#takes("^");
    const members: Matches[] = [];
    // A bracket that comes first stands for itself.
    for (let first = true; first || !this.#sees("]"); first = false) members.push(this.#member());
    this.#at++;
    return negated
      ? (code) => !members.some((matches) => matches(code))
      : (code) => members.some((matches) => matches(code));
  }

  #member(): Matches {
    const named = /^\[:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.#at, this.#at + 14));
    if (named !== null) {
      const known = posixClasses[named[2] ?? ""];
      if (known === undefined) throw this.#wrong(`a class [:${named[2]}:], which is not supported`);
      this.#at += named[0].length;
      return named[1] === "^" ? (code) => !known(code) : known;
    }
    if (this.#sees("\\") && classes[this.#source[this.#at + 1] ?? ""] !== undefined) {
      this.#at++;
      return this.#escape();
    }
    const from = this.#memberCode();
    const isRange = this.#sees("-") && this.#at + 1 < this.#source.length && this.#source[this.#at + 1] !== "]";
    if (!isRange) return this.#literal(String.fromCodePoint(from));
    this.#at++;
    const to = this.#memberCode();
    if (to < from) throw this.#wrong("a range that ends before it begins");
    if (!this.#ignoreCase) return (code) => code >= from && code <= to;
    const upper = (code: number) => String.fromCodePoint(code).toUpperCase().codePointAt(0) as number;
    return (code) => (code >= from && code <= to) || (upper(code) >= from && upper(code) <= to);
  }

  #memberCode(): number {
    const character = this.#next("a [ that is not closed");
    return character === "\\" ? this.#escapedCode() : (character.codePointAt(0) as number);
  }

  /** Text is made small before it is compared without regard to case. */
  #literal(character: string): Matches {
    const wanted = (this.#ignoreCase ? character.toLowerCase() : character).codePointAt(0);
    return (code) => code === wanted;
  }

  #peek(): string {
    if (this.#at >= this.#source.length) throw this.#wrong("a \\ with nothing behind it");
    return String.fromCodePoint(this.#source.codePointAt(this.#at) as number);
  }

  #next(missing = "an end too soon"): string {
    if (this.#at >= this.#source.length) throw this.#wrong(missing);
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) as number);
    this.#at += character.length;
    return character;
  }

  #sees(character: string): boolean {
    return this.#source[this.#at] === character;
  }

  #takes(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at++;
    return true;
  }

  #wrong(what: string): BrokerError {
    const pattern = this.#source.length > 100 ? `${this.#source.slice(0, 100)}…` : this.#source;
    return new BrokerError("bad-request", `'${pattern}' is no pattern: it has ${what} at character ${this.#at + 1}.`);
  }
}

function one(matches: Matches): Node {
  return { kind: "one", matches };
}

/** A class by a JavaScript expression for one character. */
function classOf(expression: RegExp): Matches {
  return (code) => expression.test(String.fromCodePoint(code));
}

const classes: Readonly<Record<string, Matches>> = {
  d: classOf(/\d/),
  D: classOf(/\D/),
  w: classOf(/\w/),
  W: classOf(/\W/),
  s: classOf(/[ \t\n\v\f\r]/),
  S: classOf(/[^ \t\n\v\f\r]/),
  h: classOf(/[ \t]/),
};

const posixClasses: Readonly<Record<string, Matches>> = {
  alpha: classOf(/[A-Za-z]/),
  digit: classOf(/\d/),
  alnum: classOf(/[A-Za-z0-9]/),
  upper: classOf(/[A-Z]/),
  lower: classOf(/[a-z]/),
  space: classOf(/[ \t\n\v\f\r]/),
  punct: classOf(/[!-/:-@[-`{-~]/),
  xdigit: classOf(/[A-Fa-f0-9]/),
  word: classOf(/\w/),
};

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, e: 27, a: 7, "0": 0 };
