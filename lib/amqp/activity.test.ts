import { expect, test } from "vitest";
import { Activity } from "@/lib/amqp/activity";

test("acknowledgements of the last minute are told by their middle and their slowest", () => {
  const activity = new Activity();
  expect(activity.latency).toBeNull();
  for (let i = 1; i <= 100; i++) activity.settle(1_000 * i - i, 1_000 * i, "acked");
  // The last one was at 100 s: those of the first 40 s are too long ago.
  expect(activity.latency).toEqual({ p50: 71, p99: 100 });
  activity.settle(0, 101_000, "rejected");
  expect(activity.latency?.p99).toBe(100);
});
