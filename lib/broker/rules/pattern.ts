import { BrokerError } from "@/lib/broker/errors";
import { type Node, parsePattern } from "@/lib/broker/rules/pattern-syntax";

/** One step of a compiled pattern; `next` and `other` are numbers of steps. */
type Step =
  | { readonly kind: "accept" }
  | { readonly kind: "one"; readonly matches: (character: number) => boolean; next: number }
  | { readonly kind: "fork"; next: number; other: number }
  | { readonly kind: "start" | "end" | "boundary" | "inside"; next: number }
  | { readonly kind: "ahead"; readonly negated: boolean; readonly within: number; next: number };

/** Counted repetitions are written out; more steps than this would be too many. */
const maxSteps = 1_000;

/** A regular expression as RabbitMQ's policies and permissions have them. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches somewhere in the text, unless it says where itself (`^`, `$`). */
  test(text: string): boolean;
}

/**
 * Compiles a regular expression (Perl's syntax, as RabbitMQ takes it, without back references and look-behind, which
 * are refused). Whatever it says, a test takes time in proportion to the lengths of pattern and text: each step is
 * tried once at each place, so nobody can bring a broker to a halt with a pattern. Throws `bad-request`.
 */
export function compilePattern(source: string): Pattern {
  // What most permissions are; no name holds a line break.
  if (/^\^?\.\*\$?$/.test(source)) return { source, test: () => true };
  const { node, ignoreCase } = parsePattern(source);
  const steps = new Steps();
  const accept = steps.add({ kind: "accept" });
  const begin = steps.compile(node, accept);
  const program = steps.all;
  return { source, test: (text) => matches(program, begin, characters(ignoreCase ? text.toLowerCase() : text)) };
}

class Steps {
  readonly #all: Step[] = [];

  get all(): readonly Step[] {
    return this.#all;
  }

  add(step: Step): number {
    if (this.#all.length >= maxSteps) {
      throw new BrokerError("bad-request", "The pattern is too large: its counted repetitions come to too much.");
    }
    return this.#all.push(step) - 1;
  }

  /** Returns the step with which the node begins; after the node comes `next`. */
  compile(node: Node, next: number): number {
    switch (node.kind) {
      case "one":
        return this.add({ kind: "one", matches: node.matches, next });
      case "at":
        return this.add({ kind: node.place, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.compile(item, after), next);
      case "choice":
        return node.options
          .map((option) => this.compile(option, next))
          .reduceRight((other, option) => this.add({ kind: "fork", next: option, other }));
      case "ahead": {
        const within = this.compile(node.item, this.add({ kind: "accept" }));
        return this.add({ kind: "ahead", negated: node.negated, within, next });
      }
      case "repeat":
        return this.#repeat(node.item, node.least, node.most, next);
    }
  }

  #repeat(item: Node, least: number, most: number | null, next: number): number {
    let after = next;
    if (most === null) {
      const fork: Extract<Step, { kind: "fork" }> = { kind: "fork", next: 0, other: next };
      after = this.add(fork);
      fork.next = this.compile(item, after);
    } else {
      for (let i = least; i < most; i++) {
        after = this.add({ kind: "fork", next: this.compile(item, after), other: next });
      }
    }
    for (let i = 0; i < least; i++) after = this.compile(item, after);
    return after;
  }
}

function matches(program: readonly Step[], begin: number, text: readonly number[]): boolean {
  // Which step has been tried at which place; what came of a look-ahead is remembered besides.
  const tried = new Uint8Array(program.length * (text.length + 1));
  const ahead = new Map<number, boolean>();
  for (let from = 0; from <= text.length; from++) {
    if (reaches(program, begin, text, from, tried, ahead)) return true;
  }
  return false;
}

/** Whether some way leads from this step and place to acceptance. Ways that were tried before led nowhere. */
function reaches(
  program: readonly Step[],
  begin: number,
  text: readonly number[],
  from: number,
  tried: Uint8Array,
  ahead: Map<number, boolean>,
): boolean {
  const width = text.length + 1;
  const open: number[] = [begin * width + from];
  for (let point = open.pop(); point !== undefined; point = open.pop()) {
    if (tried[point] === 1) continue;
    tried[point] = 1;
    const at = point % width;
    const step = program[(point - at) / width] as Step;
    switch (step.kind) {
      case "accept":
        return true;
      case "one":
        if (at < text.length && step.matches(text[at] as number)) open.push(step.next * width + at + 1);
        break;
      case "fork":
        open.push(step.other * width + at, step.next * width + at);
        break;
      case "start":
        if (at === 0) open.push(step.next * width + at);
        break;
      case "end":
        if (at === text.length) open.push(step.next * width + at);
        break;
      case "boundary":
      case "inside":
        if (isBoundary(text, at) === (step.kind === "boundary")) open.push(step.next * width + at);
        break;
      case "ahead": {
        let found = ahead.get(point);
        if (found === undefined) {
          // A search of its own: what leads nowhere within may lead somewhere without.
          found = reaches(program, step.within, text, at, new Uint8Array(tried.length), ahead);
          ahead.set(point, found);
        }
        if (found !== step.negated) open.push(step.next * width + at);
      }
    }
  }
  return false;
}

function isBoundary(text: readonly number[], at: number): boolean {
  const isWord = (character: number | undefined) =>
    character !== undefined && /\w/.test(String.fromCodePoint(character));
  return isWord(text[at - 1]) !== isWord(text[at]);
}

function characters(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number);
}
