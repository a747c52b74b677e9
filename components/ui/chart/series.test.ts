import { describe, expect, it } from "vitest";
import { axisLines, axisTop } from "@/components/ui/chart/series";

describe("the axis of a chart", () => {
  it("ends just above the largest value, on a round number", () => {
    expect([0, 0.3, 4.1, 45, 1284, 19_793, 1000].map(axisTop)).toEqual([1, 0.3, 4.5, 45, 1500, 20_000, 1000]);
  });

  it("has three to five lines, from zero to its end", () => {
    for (const top of [1, 1.5, 2, 3, 4, 4.5, 6, 8, 10, 1500, 24_000, 0.3]) {
      const lines = axisLines(axisTop(top));
      expect(lines[0]).toBe(0);
      expect(lines.at(-1)).toBeCloseTo(axisTop(top), 6);
      expect(lines.length).toBeGreaterThanOrEqual(3);
      expect(lines.length).toBeLessThanOrEqual(5);
    }
  });
});
