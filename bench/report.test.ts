import { expect, test } from "vitest";
import { type Measurement, median, percentile } from "@/bench/meter";
import { caseResult, caseTable } from "@/bench/report";

function measurement(perSecond: number, postgresUs: number): Measurement {
  return { count: 1, seconds: 1, perSecond, nodeUs: 10, postgresUs, walBytes: 1, p50Ms: null, p99Ms: null, more: {} };
}

test("ratios are medians of the ratios within each round, not ratios of medians", () => {
  const rounds = [
    [100, 50],
    [10, 1],
    [300, 150],
  ].map(
    ([ours = 0, theirs = 0]) =>
      new Map([
        ["limit", measurement(theirs, 30)],
        ["warren", measurement(ours, 10)],
      ]),
  );
  const { participants } = caseResult("drain", "some", "warren", rounds);
  expect(participants.map(({ participant }) => participant)).toEqual(["warren", "limit"]);
  expect(participants[1]?.ratio).toBe(2);
  expect(participants[1]?.cpuRatio).toBe(2);
  expect(participants[1]?.median.perSecond).toBe(50);
});

test("a table has a line for each participant, and no ratio of the reference to itself", () => {
  const rounds = [new Map([["warren", measurement(1234.4, 5)]])];
  const lines = caseTable(caseResult("drain", "a case", "warren", rounds)).split("\n");
  expect(lines[0]).toContain("a case");
  expect(lines[1]?.trim().split(/ {2,}/)).toEqual(["warren", "1,234", "10.0", "5.0", "1"]);
});

test("medians and percentiles", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5);
  expect(percentile([], 0.5)).toBe(0);
});
