import { describe, expect, it } from "vitest";
import { mustBeSameOrigin } from "@/lib/auth/same-origin";

const check = (headers: Record<string, string>, byCookie: boolean) => () =>
  mustBeSameOrigin(new Request("http://warren.test/api/x", { method: "POST", headers }), byCookie);

describe("mustBeSameOrigin", () => {
  it("takes the console's own requests", () => {
    expect(check({ "sec-fetch-site": "same-origin" }, true)).not.toThrow();
    expect(check({ origin: "http://warren.test:3000", host: "warren.test:3000" }, true)).not.toThrow();
    expect(
      check({ origin: "https://w.example", host: "10.0.0.1", "x-forwarded-host": "w.example" }, true),
    ).not.toThrow();
  });

  it("refuses other sites, whatever the credentials", () => {
    for (const byCookie of [true, false]) {
      expect(check({ "sec-fetch-site": "cross-site" }, byCookie)).toThrow(/another site/);
      expect(check({ "sec-fetch-site": "same-site" }, byCookie)).toThrow(/another site/);
      expect(check({ origin: "http://evil.test", host: "warren.test" }, byCookie)).toThrow(/another site/);
      expect(check({ origin: "null", host: "warren.test" }, byCookie)).toThrow(/another site/);
    }
  });

  it("takes a program's silence with a password, not with a cookie", () => {
    expect(check({}, false)).not.toThrow();
    expect(check({}, true)).toThrow(/unknown site/);
  });
});
