import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatNoun, formatRate, formatShare } from "@/lib/format/numbers";
import { formatAge, formatAgo, formatClock, formatDate, formatDuration, formatMoment } from "@/lib/format/times";

describe("numbers", () => {
  it("writes counts in full", () => {
    expect(formatCount(0)).toBe("0");
    expect(formatCount(4812)).toBe("4,812");
    expect(formatCount(10_000_000)).toBe("10,000,000");
    expect(formatNoun(1, "message")).toBe("1 message");
    expect(formatNoun(1284, "message")).toBe("1,284 messages");
    expect(formatNoun(2, "entry", "entries")).toBe("2 entries");
  });

  it("gives a rate the digits that matter at its size", () => {
    expect([0, 0.25, 0.999, 1, 5.34, 9.96, 96.4, 1200].map(formatRate)).toEqual([
      "0.00/s",
      "0.25/s",
      "1.0/s",
      "1.0/s",
      "5.3/s",
      "10/s",
      "96/s",
      "1,200/s",
    ]);
  });

  it("counts bytes in powers of 1024", () => {
    expect([0, 1, 143, 1024, 1434, 10_240, 1_048_575, 1_048_576, 1024 ** 4 * 3].map(formatBytes)).toEqual([
      "0 bytes",
      "1 byte",
      "143 bytes",
      "1.0 KiB",
      "1.4 KiB",
      "10 KiB",
      "1.0 MiB",
      "1.0 MiB",
      "3.0 TiB",
    ]);
  });

  it("never rounds a share to nothing", () => {
    expect([0, 0.0001, 0.004, 0.05, 0.98, 1].map(formatShare)).toEqual([
      "0 %",
      "< 0.1 %",
      "0.4 %",
      "5 %",
      "98 %",
      "100 %",
    ]);
  });
});

describe("times", () => {
  it("writes a length in at most two units", () => {
    const s = 1000;
    const cases: [number, string][] = [
      [-5, "0 ms"],
      [3, "3 ms"],
      [800, "0.8 s"],
      [2000, "2 s"],
      [2100, "2.1 s"],
      [31 * s, "31 s"],
      [59_600, "1 min"],
      [672 * s, "11 min 12 s"],
      [72 * 60 * s, "1 h 12 min"],
      [76 * 3600 * s, "3d 4h"],
      [61 * 86_400 * s, "61d"],
    ];
    for (const [length, text] of cases) expect(formatDuration(length)).toBe(text);
  });

  it("cuts an age to its largest unit", () => {
    expect([999, 59_999, 60_000, 3_599_000, 7_200_000, 172_800_000].map(formatAge)).toEqual([
      "0 s",
      "59 s",
      "1 min",
      "59 min",
      "2 h",
      "2 d",
    ]);
  });

  it("says how long ago, and the exact moment", () => {
    const at = new Date(2026, 3, 11, 12, 49, 58, 114);
    expect(formatAgo(at, new Date(at.getTime() + 400))).toBe("just now");
    expect(formatAgo(at, new Date(at.getTime() + 4000))).toBe("4 s ago");
    expect(formatAgo(at, new Date(at.getTime() - 90_000))).toBe("in 1 min");
    expect(formatClock(at)).toBe("12:49:58");
    expect(formatClock(at, true)).toBe("12:49:58.114");
    expect(formatDate(at)).toBe("11 April 2026");
    expect(formatMoment(at)).toBe("11 April 2026, 12:49:58.114");
  });
});
