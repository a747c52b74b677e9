import { describe, expect, test } from "vitest";
import type { SampleRow } from "@/lib/engine/sql/overview";
import { seriesOf, sinceMade } from "@/lib/engine/views/series";

const now = 1_000_000_000_000;

function sample(secondsAgo: number, publish: number, ready = 0): SampleRow {
  return {
    at: now - secondsAgo * 1000,
    ready,
    unacked: 0,
    publish,
    deliver: 0,
    deliver_no_ack: 0,
    get: 0,
    get_no_ack: 0,
    ack: 0,
    redeliver: 0,
    return_unroutable: 0,
    drop_unroutable: 0,
  };
}

const minute = { ageMs: 60_000, incrementMs: 5_000 };
const rates = (points: ReturnType<typeof seriesOf>) =>
  points.map((point) => Math.round(point.rates.publish * 100) / 100);

describe("seriesOf", () => {
  test("has a point for each increment, the last one now", () => {
    const points = seriesOf([], sample(0, 0), minute, now);
    expect(points).toHaveLength(12);
    expect(points.at(-1)?.at).toBe(now);
    expect(points[0]?.at).toBe(now - 55_000);
    expect(rates(points)).toEqual(Array(12).fill(0));
  });

  test("reads steady publishing as a steady rate", () => {
    const rows = Array.from({ length: 14 }, (_, index) => sample(66 - index * 5, index * 50));
    const points = seriesOf(rows, sample(0, 13 * 50 + 10), minute, now);
    expect(rates(points).slice(0, -1)).toEqual(Array(11).fill(10));
  });

  test("holds the counters over a gap, so that a burst stays a burst", () => {
    const points = seriesOf([sample(3600, 1000, 7), sample(20, 1100, 107)], sample(0, 1100, 107), minute, now);
    const total = points.reduce((sum, point) => sum + point.rates.publish * 5, 0);
    expect(total).toBeCloseTo(100);
    expect(rates(points).slice(0, 6)).toEqual(Array(6).fill(0));
    expect(rates(points).slice(8)).toEqual(Array(4).fill(0));
    expect(points[0]?.ready).toBe(7);
    expect(points.at(-1)?.ready).toBe(107);
  });

  test("makes up no rate for what happened before the first sample", () => {
    const points = seriesOf([sample(30, 1_000_000)], sample(0, 1_000_000), minute, now);
    expect(rates(points)).toEqual(Array(12).fill(0));
  });

  test("begins with nothing where the queue was made within the range", () => {
    const rows = sinceMade([sample(20, 20, 20)], now - 23_000);
    const points = seriesOf(rows, sample(0, 20, 20), minute, now);
    expect(points.map((point) => point.ready).slice(0, 7)).toEqual(Array(7).fill(0));
    expect(points.at(-1)?.ready).toBe(20);
    expect(points.reduce((sum, point) => sum + point.rates.publish * 5, 0)).toBeCloseTo(20);
    const older = [sample(3600, 7)];
    expect(sinceMade(older, now - 3_600_000)).toBe(older);
  });

  test("shows no negative rate when a sum over queues shrinks", () => {
    const points = seriesOf([sample(40, 500), sample(35, 100)], sample(0, 100), minute, now);
    expect(rates(points).every((rate) => rate >= 0)).toBe(true);
  });

  test("reads a day from thinned samples", () => {
    const rows = Array.from({ length: 150 }, (_, index) => sample(90_000 - index * 600, index * 600));
    const points = seriesOf(rows, sample(0, 90_000), { ageMs: 86_400_000, incrementMs: 1_800_000 }, now);
    expect(points).toHaveLength(48);
    expect(rates(points)).toEqual(Array(48).fill(1));
  });
});
