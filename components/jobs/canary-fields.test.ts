import { describe, expect, it } from "vitest";
import { initialPace, paceProblem, paceRequest, readSizes } from "@/components/jobs/canary-fields";

describe("the pace of a job", () => {
  it("reads steps that are parted by commas or blanks, and refuses what are none", () => {
    expect(readSizes("1, 10 100")).toEqual([1, 10, 100]);
    for (const wrong of ["", "0", "1, -2", "1.5", "ten", "1 2 3 4 5 6 7 8 9 10 11"])
      expect(readSizes(wrong)).toBeNull();
    expect(paceProblem({ ...initialPace, sizes: "one" })).toMatch(/whole numbers/);
    expect(paceProblem({ ...initialPace, steps: false, sizes: "one" })).toBeUndefined();
  });

  it("is sent in milliseconds, or without steps", () => {
    expect(paceRequest({ ...initialPace, rate: null })).toEqual({
      rate: null,
      canary: { steps: [1, 10, 100], settle_ms: 30_000, stop_at_failed_percent: 10 },
    });
    expect(paceRequest({ ...initialPace, steps: false }).canary).toBe(false);
  });
});
