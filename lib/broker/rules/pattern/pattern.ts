import { type CharacterSet, type Node, PatternError, parsePattern } from "@/lib/broker/rules/pattern/syntax";

/** Longest pattern, in UTF-16 units. */
export const maxPatternLength = 500;
/** A pattern may come to so many steps per character. */
const maxSteps = 1_000;
/** Of a longer text only the beginning is looked at, in code points. */
const maxText = 4_096;

type Step =
  | { readonly op: "set"; readonly set: CharacterSet }
  | { readonly op: "assert"; readonly at: "start" | "end" | "boundary" | "inside" }
  | { readonly op: "fork"; readonly to: readonly number[] }
  | { readonly op: "match" };

/**
 * A regular expression whose test takes at most (steps of the pattern) x (characters of the text): patterns come from
 * people, texts from whatever failed, and a settling must not wait for minutes on `(a+)+$`. It knows literals, `.`,
 * classes, groups, alternation, the quantifiers, `^`, `$`, `\b`, and `(?i)` at the beginning; neither look-around nor
 * back-references, which can't be had in linear time. All states that the text may have led to are followed together,
 * character by character (Thompson, "Regular Expression Search Algorithm", 1968).
 */
export class Pattern {
  readonly source: string;
  readonly #steps: readonly Step[];
  readonly #ignoreCase: boolean;

  private constructor(source: string, steps: readonly Step[], ignoreCase: boolean) {
    this.source = source;
    this.#steps = steps;
    this.#ignoreCase = ignoreCase;
  }

  /** Throws `PatternError` that says what is wrong with it. */
  static compile(source: string): Pattern {
    if (source.length > maxPatternLength) throw new PatternError(`it has more than ${maxPatternLength} characters`);
    const { root, ignoreCase } = parsePattern(source);
    const steps: Step[] = [];
    append(steps, root);
    steps.push({ op: "match" });
    return new Pattern(source, steps, ignoreCase);
  }

  /** Whether it matches somewhere in the text. */
  test(text: string): boolean {
    const codes = codePoints(text);
    let current = new Threads(this.#steps.length);
    let next = new Threads(this.#steps.length);
    for (let at = 0; at <= codes.length; at++) {
      // A match may begin at any place.
      if (this.#follow(current, 0, codes, at)) return true;
      const code = codes[at];
      if (code === undefined) return false;
      for (let i = 0; i < current.size; i++) {
        const index = current.list[i] ?? 0;
        const step = this.#steps[index];
        if (step?.op === "set" && this.#has(step.set, code) && this.#follow(next, index + 1, codes, at + 1))
          return true;
      }
      [current, next] = [next, current];
      next.clear();
    }
    return false;
  }

  /** Adds what can be reached from a step without reading a character. True when that is a match. */
  #follow(threads: Threads, from: number, codes: readonly number[], at: number): boolean {
    const todo = [from];
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      if (!threads.add(index)) continue;
      const step = this.#steps[index];
      if (step?.op === "match") return true;
      if (step?.op === "fork") todo.push(...step.to);
      if (step?.op === "assert" && holds(step.at, codes, at)) todo.push(index + 1);
    }
    return false;
  }

  #has(set: CharacterSet, code: number): boolean {
    if (!this.#ignoreCase) return contains(set, code) !== set.negated;
    const text = String.fromCodePoint(code);
    const cases = [code, text.toLowerCase().codePointAt(0) ?? code, text.toUpperCase().codePointAt(0) ?? code];
    return cases.some((one) => contains(set, one)) !== set.negated;
  }
}

/** Appends what a part comes to. `fork` goes on at several places at once. */
function append(steps: Step[], node: Node): void {
  if (steps.length > maxSteps) throw new PatternError(`it comes to more than ${maxSteps} steps: repeat less`);
  switch (node.kind) {
    case "set":
      steps.push({ op: "set", set: node.set });
      return;
    case "assert":
      steps.push({ op: "assert", at: node.at });
      return;
    case "sequence":
      for (const part of node.parts) append(steps, part);
      return;
    case "either":
      appendEither(steps, node.branches);
      return;
    case "repeat":
      for (let i = 0; i < node.min; i++) append(steps, node.part);
      if (node.max === null) appendLoop(steps, node.part);
      else for (let i = node.min; i < node.max; i++) appendOptional(steps, node.part);
  }
}

function appendEither(steps: Step[], branches: readonly Node[]): void {
  const fork: { op: "fork"; to: number[] } = { op: "fork", to: [] };
  steps.push(fork);
  const ends: { op: "fork"; to: number[] }[] = [];
  for (const branch of branches) {
    fork.to.push(steps.length);
    append(steps, branch);
    const end: { op: "fork"; to: number[] } = { op: "fork", to: [] };
    ends.push(end);
    steps.push(end);
  }
  for (const end of ends) end.to.push(steps.length);
}

function appendLoop(steps: Step[], part: Node): void {
  const fork: { op: "fork"; to: number[] } = { op: "fork", to: [steps.length + 1] };
  const begin = steps.length;
  steps.push(fork);
  append(steps, part);
  steps.push({ op: "fork", to: [begin] });
  fork.to.push(steps.length);
}

function appendOptional(steps: Step[], part: Node): void {
  const fork: { op: "fork"; to: number[] } = { op: "fork", to: [steps.length + 1] };
  steps.push(fork);
  append(steps, part);
  fork.to.push(steps.length);
}

/** A set of steps that is emptied in no time. */
class Threads {
  readonly list: Uint16Array;
  readonly #since: Uint32Array;
  #round = 1;
  size = 0;

  constructor(steps: number) {
    this.list = new Uint16Array(steps);
    this.#since = new Uint32Array(steps);
  }

  add(step: number): boolean {
    if (this.#since[step] === this.#round) return false;
    this.#since[step] = this.#round;
    this.list[this.size++] = step;
    return true;
  }

  clear(): void {
    this.#round++;
    this.size = 0;
  }
}

function holds(place: "start" | "end" | "boundary" | "inside", codes: readonly number[], at: number): boolean {
  if (place === "start") return at === 0;
  if (place === "end") return at === codes.length;
  return (isWord(codes[at - 1]) !== isWord(codes[at])) === (place === "boundary");
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && /\w/.test(String.fromCodePoint(code));
}

function contains({ ranges }: CharacterSet, code: number): boolean {
  return ranges.some(([low, high]) => code >= low && code <= high);
}

function codePoints(text: string): number[] {
  const codes: number[] = [];
  for (const character of text.slice(0, 2 * maxText)) {
    if (codes.length === maxText) break;
    codes.push(character.codePointAt(0) ?? 0);
  }
  return codes;
}
