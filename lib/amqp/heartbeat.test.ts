import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Heartbeat } from "@/lib/amqp/heartbeat";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Sends as a connection does: what is sent goes out with the next turn. */
function started(seconds: number) {
  const beats: number[] = [];
  const dead = vi.fn();
  const began = Date.now();
  const heartbeat: Heartbeat = new Heartbeat(
    seconds,
    () => {
      beats.push(Date.now() - began);
      setTimeout(() => heartbeat.sent(), 0);
    },
    dead,
  );
  return { heartbeat, beats, dead };
}

test("an idle connection is sent a heartbeat every half interval, as by RabbitMQ", () => {
  const { heartbeat, beats } = started(2);
  vi.advanceTimersByTime(5_500);
  expect(beats).toEqual([1000, 2000, 3000, 4000, 5000]);
  heartbeat.stop();
});

test("whatever else was sent since counts as one", () => {
  const { heartbeat, beats } = started(2);
  vi.advanceTimersByTime(2_500);
  heartbeat.sent();
  vi.advanceTimersByTime(2_000);
  expect(beats).toEqual([1000, 2000, 4000]);
  heartbeat.stop();
});

test("a peer that is silent for two intervals is dead, and not before", () => {
  const { heartbeat, dead } = started(2);
  vi.advanceTimersByTime(500);
  heartbeat.received();
  vi.advanceTimersByTime(4_000);
  expect(dead).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(dead).toHaveBeenCalledTimes(1);
  heartbeat.stop();
});

test("without an interval there are none", () => {
  const { beats, dead } = started(0);
  vi.advanceTimersByTime(100_000);
  expect(beats).toEqual([]);
  expect(dead).not.toHaveBeenCalled();
});
