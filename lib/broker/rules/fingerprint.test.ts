import { describe, expect, test } from "vitest";
import { fingerprintOf } from "@/lib/broker/rules/fingerprint";

describe("the fingerprint of an error", () => {
  test.each([
    ["no stock for order 4711", "no stock for order 4812"],
    ["timeout after 30.5 s", "timeout after 1,200 s"],
    ["user 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone", "user 9b2c1d34-4f89-41d3-8a0c-0305e82c33ff is gone"],
    ["no row for key 'abc'", "no row for key 'it is another one'"],
    ['cannot parse "x": line 3', 'cannot parse "": line 12'],
    ["ENOENT: no such file, open '/tmp/a1/b.json'", "ENOENT: no such file, open '/var/lib/x/y/z'"],
    ["cannot open /srv/in/4711.csv", "cannot open /srv/out/a/b.csv"],
    ["cannot open C:\\temp\\a.txt", "cannot open D:\\in\\b.txt"],
    ["at 2026-11-21T08:00:00.123Z it failed", "at 2026-11-22 18:30:01+01:00 it failed"],
    ["segfault at 0x7ffeefbff5c8", "segfault at 0x1"],
    ["object deadbeef01 is locked", "object 0badcafe77 is locked"],
    ["charge ch1a2B3c4D5e6F failed", "charge zz9y8X7w6V5u4T failed"],
    ["connect ECONNREFUSED 10.0.0.1:5432", "connect ECONNREFUSED 192.168.1.20:5433"],
    ["mail to jo@example.com bounced", "mail to ann.b@mail.example.org bounced"],
    ["GET https://api.example.com/v1/a?id=3 was 500", "GET https://api.example.com/v1/b was 502"],
    ["failed\n  at line 3", "failed\n  at line 99 of something else"],
  ])("%s = %s", (one, other) => {
    expect(fingerprintOf(one)).toBe(fingerprintOf(other));
    expect(fingerprintOf(one)).not.toBe("");
  });

  test("keeps the words that tell causes apart", () => {
    const causes = [
      "no stock for order 1",
      "card of order 1 was declined",
      "can't reach the shop's till 1",
      "no address",
    ];
    expect(new Set(causes.map(fingerprintOf)).size).toBe(causes.length);
    expect(fingerprintOf("can't reach the shop's till 1")).toBe("can't reach the shop's till <n>");
  });

  test("keeps a quoted name that is the whole message", () => {
    expect(fingerprintOf("'vat_id'")).toBe("'vat_id'");
    expect(fingerprintOf("'4711'")).toBe("'<text>'");
  });

  test("of nothing is nothing, and of a hostile text is found quickly", () => {
    expect(fingerprintOf(null)).toBe("");
    expect(fingerprintOf("\n  \n")).toBe("");
    for (const evil of ["/a".repeat(1e5), "'".repeat(1e5), "1.".repeat(1e5), "a@".repeat(1e5), "f".repeat(1e6)]) {
      expect(fingerprintOf(evil).length).toBeLessThan(2_000);
    }
  });
});
