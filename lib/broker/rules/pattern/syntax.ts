/** A pattern that can't be read, or that asks for what can't be answered in linear time. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** Code points, both ends included. */
export type Range = readonly [number, number];

export interface CharacterSet {
  readonly ranges: readonly Range[];
  readonly negated: boolean;
}

export type Node =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "assert"; readonly at: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "either"; readonly branches: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly min: number; readonly max: number | null };

export interface ParsedPattern {
  readonly root: Node;
  readonly ignoreCase: boolean;
}

const maxRepeat = 200;
const maxDepth = 40;
const anything: CharacterSet = { ranges: [[0x0a, 0x0a]], negated: true };
const classes: { readonly [name: string]: readonly Range[] } = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x2028, 0x2029],
  ],
};
const escapes: { readonly [name: string]: number } = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b };

/** Reads a pattern. Throws `PatternError` that says what is wrong, and where (from 1). */
export function parsePattern(source: string): ParsedPattern {
  const ignoreCase = source.startsWith("(?i)");
  const parser = new Parser(ignoreCase ? source.slice(4) : source, ignoreCase ? 4 : 0);
  return { root: parser.whole(), ignoreCase };
}

class Parser {
  readonly #text: readonly string[];
  readonly #offset: number;
  #at = 0;
  #depth = 0;

  constructor(source: string, offset: number) {
    this.#text = [...source];
    this.#offset = offset;
  }

  whole(): Node {
    const node = this.#either();
    if (this.#at < this.#text.length) this.#fail("this ) closes nothing");
    return node;
  }

  #either(): Node {
    const branches = [this.#sequence()];
    while (this.#take("|")) branches.push(this.#sequence());
    const [only] = branches;
    return branches.length === 1 && only ? only : { kind: "either", branches };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      const next = this.#peek();
      if (next === undefined || next === "|" || next === ")") return { kind: "sequence", parts };
      parts.push(this.#repeated(this.#atom()));
    }
  }

  #repeated(part: Node): Node {
    const times = this.#times();
    if (times === null) return part;
    // What a lazy quantifier matches is the same; only how much of it, which nobody asks.
    this.#take("?");
    if (part.kind === "assert") this.#fail("a place can't be repeated");
    if (this.#times() !== null) this.#fail("two quantifiers follow each other");
    return { kind: "repeat", part, ...times };
  }

  #times(): { min: number; max: number | null } | null {
    if (this.#take("*")) return { min: 0, max: null };
    if (this.#take("+")) return { min: 1, max: null };
    if (this.#take("?")) return { min: 0, max: 1 };
    const rest = this.#text.slice(this.#at, this.#at + 12).join("");
    const braces = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(rest);
    if (!braces) return null;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === undefined ? null : Number(braces[3]);
    if (min > maxRepeat || (max ?? 0) > maxRepeat) this.#fail(`more than ${maxRepeat} repetitions`);
    if (max !== null && max < min) this.#fail("the bounds are the wrong way round");
    this.#at += braces[0].length;
    return { min, max };
  }

  #atom(): Node {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", set: this.#bracket() };
      case ".":
        return { kind: "set", set: anything };
      case "^":
        return { kind: "assert", at: "start" };
      case "$":
        return { kind: "assert", at: "end" };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        this.#at--;
        return this.#fail("there is nothing to repeat");
      default:
        return literal(character);
    }
  }

  #group(): Node {
    if (this.#take("?") && !this.#take(":")) {
      this.#fail("only (?: may follow here: no look-around, no names, and (?i) only at the beginning");
    }
    if (++this.#depth > maxDepth) this.#fail(`more than ${maxDepth} brackets within each other`);
    const node = this.#either();
    if (!this.#take(")")) this.#fail("a ( is not closed");
    this.#depth--;
    return node;
  }

  #escape(): Node {
    const name = this.#next();
    if (name === "b") return { kind: "assert", at: "boundary" };
    if (name === "B") return { kind: "assert", at: "inside" };
    if (/[1-9k]/.test(name)) this.#fail("no back-references");
    return { kind: "set", set: this.#escaped(name) };
  }

  /** A class or one character. */
  #escaped(name: string): CharacterSet {
    const ranges = classes[name.toLowerCase()];
    if (ranges && /[a-z]/i.test(name)) return { ranges, negated: name !== name.toLowerCase() };
    const code = escapes[name];
    if (code !== undefined) return one(code);
    if (name === "x") return one(this.#hexadecimal(2));
    if (name === "u") return one(this.#hexadecimal(4));
    if (/[a-z0-9]/i.test(name)) this.#fail(`\\${name} means nothing`);
    return one(name.codePointAt(0) ?? 0);
  }

  #hexadecimal(digits: number): number {
    const text = this.#text.slice(this.#at, this.#at + digits).join("");
    if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(text)) this.#fail(`${digits} hexadecimal digits are wanted`);
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  #bracket(): CharacterSet {
    const negated = this.#take("^");
    const ranges: Range[] = [];
    while (!this.#take("]")) {
      const first = this.#member();
      if (this.#peek() === "-" && this.#text[this.#at + 1] !== "]" && this.#text[this.#at + 1] !== undefined) {
        this.#at++;
        const [[low, alsoLow] = [0, 1]] = first.ranges;
        const [[high, alsoHigh] = [0, 1]] = this.#member().ranges;
        if (low !== alsoLow || high !== alsoHigh || high < low) this.#fail("this is no range of characters");
        ranges.push([low, high]);
      } else ranges.push(...(first.negated ? outside(first.ranges) : first.ranges));
    }
    return { ranges, negated };
  }

  #member(): CharacterSet {
    const character = this.#next("a [ is not closed");
    return character === "\\" ? this.#escaped(this.#next()) : one(character.codePointAt(0) ?? 0);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #next(otherwise = "it ends in the middle"): string {
    const character = this.#text[this.#at];
    if (character === undefined) return this.#fail(otherwise);
    this.#at++;
    return character;
  }

  #fail(why: string): never {
    throw new PatternError(`${why} (character ${this.#offset + Math.min(this.#at + 1, this.#text.length)})`);
  }
}

function literal(character: string): Node {
  return { kind: "set", set: one(character.codePointAt(0) ?? 0) };
}

function one(code: number): CharacterSet {
  return { ranges: [[code, code]], negated: false };
}

/** All code points that are in none of the ranges, which are in ascending order. */
function outside(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  return [...gaps, [from, 0x10ffff]];
}
