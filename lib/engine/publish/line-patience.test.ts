import { expect, test } from "vitest";
import { StandingTaker, StandingTakers } from "@/lib/engine/lease/standing-takers";
import { LinePatience } from "@/lib/engine/publish/line-patience";
import { QueueSignals } from "@/lib/engine/signals";

function taker(perMs: number): StandingTaker {
  const signals = new QueueSignals();
  signals.noteEmpty(1, 0);
  const holding = { node: () => null, visibilityTimeoutMs: 1000 };
  const straight = { room: () => 0, pace: () => ({ perMs, before: 0 }), take: () => {} };
  const one = new StandingTaker(signals, { queueId: 1, holder: "", holding }, straight, () => {});
  one.waits();
  return one;
}

test("nobody waits for the room of a worker of whom nothing is known but that he is slow", () => {
  const patience = new LinePatience(new StandingTakers());
  const one = taker(Number.POSITIVE_INFINITY);
  expect(patience.isWorthLine(one, 1, 100, 0)).toBe(true);
  one.acknowledgements.took(400);
  expect(patience.isWorthLine(one, 1, 100, 0)).toBe(false);
});

test("how fast somebody takes decides", () => {
  const patience = new LinePatience(new StandingTakers());
  const [quick, slow] = [taker(1), taker(0.01)];
  for (const one of [quick, slow]) one.acknowledgements.took(400);
  expect(patience.isWorthLine(quick, 30, 100, 0)).toBe(true);
  expect(patience.isWorthLine(quick, 300, 100, 0)).toBe(false);
  expect(patience.isWorthLine(slow, 1, 100, 0)).toBe(false);
});
