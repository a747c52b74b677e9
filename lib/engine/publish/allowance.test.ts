import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Allowance } from "@/lib/engine/publish/allowance";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("allows so many messages at once, and as many again in a second", () => {
  const allowance = new Allowance({ messages: 3, bytes: 1_000 });
  expect([1, 1, 1, 1].map((bytes) => allowance.take(bytes))).toEqual([true, true, true, false]);
  vi.advanceTimersByTime(334);
  allowance.refill();
  expect([1, 1].map((bytes) => allowance.take(bytes))).toEqual([true, false]);
  vi.advanceTimersByTime(60_000);
  allowance.refill();
  expect([1, 1, 1, 1].map((bytes) => allowance.take(bytes))).toEqual([true, true, true, false]);
});

test("allows more at once where it is told to, after a pause that is long enough", () => {
  const allowance = new Allowance({ messages: 1, bytes: 1_000 }, { messages: 3, bytes: 3_000 });
  expect([1, 1, 1, 1].map((bytes) => allowance.take(bytes))).toEqual([true, true, true, false]);
  vi.advanceTimersByTime(1_500);
  allowance.refill();
  expect([1, 1].map((bytes) => allowance.take(bytes))).toEqual([true, false]);
});

test("allows so many bytes, whatever has come before", () => {
  const allowance = new Allowance({ messages: 100, bytes: 1_000 });
  expect([600, 600, 400, 1].map((bytes) => allowance.take(bytes))).toEqual([true, false, true, false]);
});
