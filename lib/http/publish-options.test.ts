import { describe, expect, test } from "vitest";
import { withOptions } from "@/lib/http/publish-options";

const now = Date.parse("2026-01-01T00:00:00Z");
const delayOf = (options: Parameters<typeof withOptions>[1]) => withOptions({}, options, now).headers?.get("x-delay");

describe("deliver_after and deliver_at", () => {
  test("become the header x-delay", () => {
    expect(delayOf({ deliver_after: 1500 })).toEqual({ t: "l", v: 1500 });
    expect(delayOf({ deliver_at: "2026-01-01T01:00:00+00:30" })).toEqual({ t: "l", v: 30 * 60_000 });
    expect(delayOf({ deliver_at: "2020-01-01T00:00:00Z" })).toEqual({ t: "l", v: 0 });
    expect(withOptions({ type: "t" }, {})).toEqual({ type: "t" });
  });

  test("exclude each other, and the header", () => {
    const both = { deliver_after: 1, deliver_at: "2026-01-01T00:00:00Z" };
    expect(() => withOptions({}, both)).toThrow(expect.objectContaining({ code: "bad-request" }));
    const headers = new Map([["x-delay", { t: "I", v: 1 } as const]]);
    expect(() => withOptions({ headers }, { deliver_after: 1 })).toThrow(
      expect.objectContaining({ code: "bad-request" }),
    );
  });
});
