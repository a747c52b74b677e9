import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TopicIndex, topicMatches, topicWords } from "@/lib/broker/rules/topic";

/** The definition, word by word, without any cleverness. */
function naive(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === "#") return naive(rest, words) || (words.length > 0 && naive(pattern, words.slice(1)));
  return words.length > 0 && (first === "*" || first === words[0]) && naive(rest, words.slice(1));
}

const word = fc.constantFrom("a", "b", "", "order");
const key = fc.array(word, { maxLength: 6 }).map((words) => words.join("."));
const pattern = fc
  .array(fc.oneof(word, fc.constantFrom("#", "*", "#")), { maxLength: 6 })
  .map((words) => words.join("."));

describe("topic matching", () => {
  test.each([
    ["order.placed.#", "order.placed.eu.de", true],
    ["order.placed.#", "order.placed", true],
    ["order.placed.*", "order.placed", false],
    ["order.*.eu.#", "order.placed.eu.de", true],
    ["#", "", true],
    ["*", "", false],
    ["", "", true],
    ["", "a", false],
    ["*", "a.", false],
    ["a.*", "a.", true],
    ["#.a.#.b", "x.a.a.y.b", true],
    ["#.a.#.b", "x.b.a", false],
    ["a*", "ab", false],
  ])("%j and %j: %s", (wanted, given, matches) => {
    expect(topicMatches(wanted, given)).toBe(matches);
  });

  test("the trie agrees with the definition, value by value", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), key, (patterns, given) => {
        const index = new TopicIndex<number>();
        patterns.forEach((one, i) => {
          index.add(one, i);
        });
        const found: number[] = [];
        index.match(given, (value) => found.push(value));
        const expected = patterns.flatMap((one, i) => (naive(topicWords(one), topicWords(given)) ? [i] : []));
        expect(found.sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test("patterns full of # and a key of 127 words end", () => {
    const index = new TopicIndex<number>();
    for (let i = 1; i <= 40; i++) index.add(`${"#.*.".repeat(i)}z`, i);
    // One path at a time would take longer than the universe: that this returns at all is the test.
    index.match("a.".repeat(126), () => expect.unreachable());
  });

  test("10,000 bindings, each found where it belongs", () => {
    const index = new TopicIndex<number>();
    for (let i = 0; i < 10_000; i++) index.add(`shop.${i % 100}.${i}.${i % 3 ? "#" : "*"}`, i);
    index.add("shop.#", -1);
    for (let i = 0; i < 10_000; i++) {
      const found: number[] = [];
      index.match(`shop.${i % 100}.${i}.placed`, (value) => found.push(value));
      expect(found.sort((a, b) => a - b)).toEqual([-1, i]);
    }
  });
});
