import { describe, expect, test } from "vitest";
import type { FieldValue } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import { delayOf, maxDelayMs, withDelayTaken } from "@/lib/broker/rules/delay";

describe("x-delay", () => {
  test.each([
    [{}, 0],
    [{ "x-delay": 0 }, 0],
    [{ "x-delay": 5000 }, 5000],
    [{ "x-delay": "5000" }, 5000],
    [{ "x-delay": -5000 }, 0],
    [{ "x-delay": maxDelayMs }, maxDelayMs],
  ])("%j is %d ms", (headers, ms) => {
    expect(delayOf(fromPlain(headers))).toBe(ms);
  });

  test.each([{ "x-delay": "soon" }, { "x-delay": 1.5 }, { "x-delay": true }, { "x-delay": maxDelayMs + 1 }])(
    "%j is refused",
    (headers) => {
      expect(() => delayOf(fromPlain(headers))).toThrow(expect.objectContaining({ code: "precondition-failed" }));
    },
  );

  test("is negated for consumers, and then delays nothing any more", () => {
    const taken = (value: FieldValue) =>
      withDelayTaken({ headers: new Map([["x-delay", value]]) }).headers?.get("x-delay");
    expect(taken({ t: "I", v: 5000 })).toEqual({ t: "I", v: -5000 });
    expect(taken({ t: "S", v: "5000" })).toEqual({ t: "I", v: -5000 });
    expect(taken({ t: "l", v: maxDelayMs })).toEqual({ t: "l", v: -maxDelayMs });
    expect(taken({ t: "I", v: -5000 })).toEqual({ t: "I", v: -5000 });
    expect(withDelayTaken({ type: "t" })).toEqual({ type: "t" });
  });
});
