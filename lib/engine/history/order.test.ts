import { expect, test } from "vitest";
import type { MessageEvent } from "@/lib/broker/timeline";
import { deliveredBefore, inTurn, withoutUnseen } from "@/lib/engine/history/order";

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

/** Steps of one message in one queue, as kinds and times. */
function walk(...steps: readonly (readonly [MessageEvent["kind"], number])[]) {
  const events = steps.map(([kind, ms]) => ({ ...delivery(ms), kind }));
  return inTurn(events).map((event) => [event.kind, event.at.getTime() - at(0).getTime()]);
}

test("a message goes back before it is delivered anew, whatever the clocks of those who wrote it down say", () => {
  const right = [
    ["delivered", 1],
    ["returned", 5],
    ["delivered", 5],
    ["acknowledged", 9],
  ] as const;
  expect(walk(...right)).toEqual(right);
  expect(walk(["delivered", 1], ["delivered", 3], ["returned", 5], ["acknowledged", 9])).toEqual(right);
  expect(walk(["returned", 1], ["delivered", 3], ["delivered", 5], ["requeued", 9])).toEqual([
    ["delivered", 1],
    ["returned", 1],
    ["delivered", 5],
    ["requeued", 9],
  ]);
});

test("steps that may have been lost are not made up by others", () => {
  const lost = [
    ["delivered", 1],
    ["delivered", 3],
    ["acknowledged", 5],
  ] as const;
  expect(walk(...lost)).toEqual(lost);
  const died = [
    ["returned", 1],
    ["delivered", 3],
    ["acknowledged", 5],
  ] as const;
  expect(walk(...died)).toEqual(died);
  const later = [
    ["delivered", 1],
    ["delivered", 3],
    ["returned", 5000],
  ] as const;
  expect(walk(...later)).toEqual(later);
  const other = [delivery(1), delivery(3, "b"), { ...delivery(4, "b"), kind: "returned" as const }];
  expect(inTurn(other)).toEqual(other);
});

test("what went back unseen is left out with its delivery, also one that was written down after it", () => {
  const left = (...steps: readonly (readonly [MessageEvent["kind"] | "unseen", number])[]) => {
    const unseen = new Set<MessageEvent>();
    const events = steps.map(([kind, ms]) => {
      const event: MessageEvent = { ...delivery(ms), kind: kind === "unseen" ? "requeued" : kind };
      if (kind === "unseen") unseen.add(event);
      return event;
    });
    return withoutUnseen(inTurn(events), unseen).map((event) => [event.kind, event.at.getTime() - at(0).getTime()]);
  };
  const seen = [
    ["delivered", 5],
    ["requeued", 7],
  ];
  expect(left(["delivered", 1], ["unseen", 3], ["delivered", 5], ["requeued", 7])).toEqual(seen);
  expect(left(["unseen", 1], ["delivered", 3], ["delivered", 5], ["requeued", 7])).toEqual(seen);
  expect(left(["delivered", 5], ["requeued", 7], ["delivered", 9], ["unseen", 9])).toEqual(seen);
  expect(left(["delivered", 5], ["requeued", 7], ["unseen", 9], ["delivered", 10])).toEqual(seen);
  expect(left(["delivered", 5], ["requeued", 7], ["unseen", 9])).toEqual(seen);
  expect(left(["unseen", 1], ["delivered", 5000], ["acknowledged", 5001])).toEqual([
    ["delivered", 5000],
    ["acknowledged", 5001],
  ]);
});

test("what went back unseen in one queue leaves deliveries of another", () => {
  const unseen: MessageEvent = { ...delivery(3, "b"), kind: "requeued" };
  const events = [delivery(1, "a"), delivery(2, "b"), unseen];
  expect(withoutUnseen(inTurn(events), new Set([unseen]))).toEqual([delivery(1, "a")]);
});
