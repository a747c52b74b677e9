import { describe, expect, it } from "vitest";
import { compareSpecificity, decodeSegment, matchPath, parsePattern, parseQuery, segments } from "@/lib/http/path";

const match = (pattern: string, path: string) => matchPath(parsePattern(pattern), segments(path));

describe("paths", () => {
  it("are split before they are decoded", () => {
    expect(match("/api/queues/{vhost}/{queue}", "/api/queues/%2F/a%2Fb")).toEqual({ vhost: "%2F", queue: "a%2Fb" });
    expect(match("/api/queues/{vhost}", "/api/queues/%2F/a")).toBeNull();
    expect(match("/api/queues", "/api/queues/")).toEqual({});
  });

  it("have no empty parameters", () => {
    expect(match("/api/exchanges/{vhost}/{exchange}/publish", "/api/exchanges/%2F//publish")).toBeNull();
  });

  it("prefer words to parameters", () => {
    const patterns = ["/api/x/{id}/{b}", "/api/x/{id}/word", "/api/x/word/{b}"].map(parsePattern);
    expect([...patterns].sort(compareSpecificity)).toEqual([patterns[2], patterns[1], patterns[0]]);
  });

  it("decode any UTF-8 and nothing else", () => {
    expect(decodeSegment("%E2%82%AC%25%3Cscript%3E")).toBe("€%<script>");
    expect(() => decodeSegment("%FF")).toThrow(/not percent-encoded UTF-8/);
    expect(() => decodeSegment("%zz")).toThrow(/not percent-encoded UTF-8/);
    expect(() => decodeSegment("a%00b")).toThrow(/NUL/);
  });

  it("query: plus is a space, the last of a name counts, no name is special", () => {
    const query = parseQuery("?a=1&a=2&q=x+y%2Bz&flag&__proto__=p");
    expect(Object.entries(query)).toEqual([
      ["a", "2"],
      ["q", "x y+z"],
      ["flag", ""],
      ["__proto__", "p"],
    ]);
  });
});
