import { expect, test } from "vitest";
import type { MessageEvent } from "@/lib/broker/timeline";
import { deliveredBefore } from "@/lib/engine/history/events";

const at = (ms: number) => new Date(Date.UTC(2026, 10, 21) + ms);

function delivery(ms: number, queue = "a", id = 7): MessageEvent {
  return { at: at(ms), kind: "delivered", queue, id, by: "worker", detail: {} };
}

function failure(ms: number, heldSince: number | null, queue = "a", id = 7): MessageEvent {
  const held = heldSince === null ? null : at(heldSince).toISOString();
  return { at: at(ms), kind: "failed", queue, id, by: "worker", detail: { held_since: held } };
}

const times = (events: readonly MessageEvent[]) => events.map((event) => event.at.getTime() - at(0).getTime());

test("a delivery that was written down after its failure stands where the message was held", () => {
  expect(times(deliveredBefore([failure(10, 4)], [delivery(12)]))).toEqual([4]);
  expect(times(deliveredBefore([failure(10, 4)], [delivery(10)]))).toEqual([4]);
});

test("a delivery that comes before its failure keeps its time, and so does a later one", () => {
  expect(times(deliveredBefore([failure(10, 4)], [delivery(5), delivery(12)]))).toEqual([5, 12]);
  const second = [failure(10, 4), failure(30, 20)];
  expect(times(deliveredBefore(second, [delivery(11), delivery(31)]))).toEqual([4, 20]);
});

test("deliveries of other copies, long after, or of what nobody held, keep their time", () => {
  expect(times(deliveredBefore([failure(10, 4)], [delivery(12, "b"), delivery(12, "a", 8)]))).toEqual([12, 12]);
  expect(times(deliveredBefore([failure(10, 4)], [delivery(5000)]))).toEqual([5000]);
  expect(times(deliveredBefore([failure(10, null)], [delivery(12)]))).toEqual([12]);
});
