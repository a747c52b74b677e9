import { describe, expect, it } from "vitest";
import { parseJson } from "@/lib/http/json-text";

describe("parseJson", () => {
  it.each([
    ["nojson", 1, 1],
    ["", 1, 1],
    ['{"a": 1,}', 1, 9],
    ['{\n  "a": tru\n}', 2, 8],
    ['{"a" 1}', 1, 6],
    ["[1, 2", 1, 6],
    ['"no end', 1, 8],
    ['{"a": 1} x', 1, 10],
    ['"a\tb"', 1, 3],
    ["[01]", 1, 3],
  ])("says where %j stops being JSON", (text, line, column) => {
    expect(() => parseJson(text)).toThrow(new RegExp(`is not JSON \\(line ${line}, column ${column}\\)`));
  });

  it("refuses deep nesting before it parses", () => {
    expect(() => parseJson("[".repeat(100_000))).toThrow(/nested deeper than 100 \(line 1, column 101\)/);
    expect(parseJson(`${"[".repeat(100)}${"]".repeat(100)}`)).toBeInstanceOf(Array);
  });

  it("doesn't count brackets within strings", () => {
    const text = `${"[[[".repeat(200)}\\"`;
    expect(parseJson(`"${text}"`)).toBe(`${"[[[".repeat(200)}"`);
  });

  it("refuses integers that JavaScript would round", () => {
    expect(() => parseJson('{"a": 9007199254740993}')).toThrow(/9007199254740993, beyond 2\^53.*column 7/);
    expect(parseJson("[9007199254740991, 1.5e300]")).toEqual([9007199254740991, 1.5e300]);
  });

  it("takes a string of 16 MiB", () => {
    const text = "a\\n".repeat(5_000_000);
    expect((parseJson(`"${text}"`) as string).length).toBe(10_000_000);
    expect(() => parseJson(`"${text}`)).toThrow(/is not JSON/);
  });
});
