import { describe, expect, test } from "vitest";
import { Pattern } from "@/lib/broker/rules/pattern/pattern";

/** Where JavaScript's own expressions mean the same, they are the judge. */
const patterns = [
  "",
  "abc",
  "^abc$",
  "a|b|cd",
  "^(a|bc)*d$",
  "a.c",
  "[a-c]+\\d{2,3}",
  "[^a-c]",
  "^\\w+Error$",
  "\\btimeout\\b",
  "\\Bout",
  "(?:ab){2}",
  "^a{0,2}$",
  "x*?y",
  "\\.\\*\\\\",
  "[\\w.-]+@[\\w-]+\\.com",
  "[\\s\\S]$",
  "^$",
  "a{,3}",
  "é+",
];
const texts = [
  "",
  "abc",
  "xabcx",
  "aab12",
  "abcabcd",
  "bcbcad",
  "a\nc",
  "TimeoutError",
  "a timeout happened",
  "timeouts",
  "abab",
  "aaa",
  "y",
  ".*\\",
  "me.too@some-where.com",
  "caféé",
  "a{,3}",
  "😀",
];

describe("a pattern", () => {
  test.each(patterns)("%s matches what JavaScript's does", (source) => {
    const ours = Pattern.compile(source);
    const theirs = new RegExp(source);
    for (const text of texts) expect([text, ours.test(text)]).toEqual([text, theirs.test(text)]);
  });

  test("ignores case when it says so", () => {
    expect(Pattern.compile("(?i)timeout[a-c]").test("TIMEOUTB")).toBe(true);
    expect(Pattern.compile("timeout").test("TIMEOUT")).toBe(false);
  });

  test.each(["(a+)+$", "(a|a)*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*(a*)*(a*)*!"])(
    "%s takes no time that grows with the powers of the text",
    (source) => {
      // A backtracking matcher would need longer than the universe is old.
      expect(Pattern.compile(source).test("a".repeat(4_000))).toBe(source === "(a+)+$");
    },
  );

  test.each([
    ["(a", "not closed (character 2)"],
    ["a)", "closes nothing"],
    ["*a", "nothing to repeat"],
    ["a**", "two quantifiers"],
    ["[a", "not closed"],
    ["[z-a]", "no range"],
    ["(?=a)", "look-around"],
    ["(?<n>a)", "names"],
    ["(a)\\1", "back-references"],
    ["\\q", "means nothing"],
    ["a{300}", "more than 200"],
    ["a{3,2}", "wrong way round"],
    ["((((a{100}){100}){100}){100})", "steps"],
    ["a\\", "middle"],
    ["x".repeat(501), "500 characters"],
    ["(".repeat(60), "within each other"],
  ])("%s is refused, with the reason", (source, why) => {
    expect(() => Pattern.compile(source)).toThrow(why);
  });
});
