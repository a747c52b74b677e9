import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "@/lib/api-client/live/throttle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is asked for often is done at once, then at most once in each interval, and never forgotten", () => {
  const throttle = new Throttle(1000);
  const work = vi.fn();
  for (let i = 0; i < 5; i++) throttle.run("work", work);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(work).toHaveBeenCalledTimes(2);
  throttle.run("work", work);
  throttle.run("other", work);
  expect(work).toHaveBeenCalledTimes(4);
});
