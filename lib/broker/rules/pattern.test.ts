import { expect, it } from "vitest";
import { compilePattern } from "@/lib/broker/rules/pattern";

const patterns = [
  ...[
    "",
    "a",
    "^a$",
    "^amq\\.",
    "^(?!amq\\.).*",
    "a|b",
    "^(a|bc)+$",
    "^a{2,3}$",
    "^a{2}$",
    "^a{2,}$",
    "(ab)?c",
    "^[a-c]+$",
  ],
  ...[
    "^[^a-c]+$",
    "\\d+",
    "^\\w+\\.\\w*$",
    "\\bcat\\b",
    "^orders-[0-9]{4}$",
    "x(?=y)",
    "x(?!y)",
    "^(?:a*)*$",
    "^[a\\-z]$",
  ],
  ...["é", "^.$", "a\\x62c", "^(?<name>q)", "^(a?){20}a{20}$"],
];
const texts = [
  "",
  "a",
  "b",
  "aa",
  "aaa",
  "aaaa",
  "ab",
  "abc",
  "c",
  "bcbc",
  "amq.gen-1",
  "orders-2024",
  "my cat sat",
  "concat",
];
const more = ["x", "xy", "xz", "d", "-", "z", "]", "]a]", "q", "é", "🐇", "logs.error", "a".repeat(20), "a".repeat(40)];

it("agrees with JavaScript's expressions where they mean the same", () => {
  for (const pattern of patterns) {
    const compiled = compilePattern(pattern);
    const expected = new RegExp(pattern, "u");
    for (const text of [...texts, ...more]) {
      expect(`${pattern} on ${text}: ${compiled.test(text)}`).toBe(`${pattern} on ${text}: ${expected.test(text)}`);
    }
  }
});

it("knows Perl's ways that JavaScript has not", () => {
  expect(compilePattern("(?i)^ORDERS[A-C]$").test("ordersB")).toBe(true);
  expect(compilePattern("(?i)^orders[a-c]$").test("ORDERSb")).toBe(true);
  expect(compilePattern("\\Aa\\z").test("a")).toBe(true);
  expect(compilePattern("^[[:alpha:]_]+$").test("ab_c")).toBe(true);
  expect(compilePattern("^amq\\-gen\\_\\:$").test("amq-gen_:")).toBe(true);
  expect(compilePattern("^[]a]+$").test("]a]")).toBe(true);
  expect(compilePattern("^a{,2}$").test("a{,2}")).toBe(true);
});

it("takes no longer for patterns that others never come to an end with", () => {
  const text = `${"a".repeat(254)}b`;
  for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*)*c$", "(x+x+)+y", "^((a+)+)+$", "(?=(a+)+c)"]) {
    const started = process.cpuUsage();
    expect(compilePattern(pattern).test(text)).toBe(false);
    const { user } = process.cpuUsage(started);
    expect(user).toBeLessThan(5_000_000);
  }
});

it("refuses what it does not understand, and says where", () => {
  for (const pattern of [
    "(",
    ")",
    "[a",
    "*a",
    "a{3,2}",
    "\\1",
    "(?<=a)b",
    "a++",
    "\\p{L}",
    "\\",
    "[z-a]",
    "a{999}",
    "(a{200}){200}",
  ]) {
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: "bad-request" }));
  }
  expect(() => compilePattern("ab(c")).toThrow("'ab(c' is no pattern: it has a ( that is not closed at character 5.");
});
