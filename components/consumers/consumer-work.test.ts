import { expect, test } from "vitest";
import { summaryOf, workOf } from "@/components/consumers/consumer-work";
import type { Consumer } from "@/lib/api-client/connections";

const now = 1_000_000;

/** A consumer that finished messages which took so long, in ms, and has held one for so long, if any. */
function consumer(took: readonly number[], heldFor: number | null, more: Partial<Consumer> = {}): Consumer {
  return {
    queue: { name: "orders", vhost: "/" },
    active: true,
    full: heldFor !== null,
    held: heldFor === null ? 0 : 1,
    holds: heldFor === null ? [] : [{ id: 1, since: now - heldFor }],
    recent: took.map((ms) => ({ from: now - ms, to: now, outcome: "acked", count: 1 })),
    ...more,
  } as Consumer;
}

test("one that holds a message far longer than its peers take is asked about", () => {
  const all = workOf([consumer([2_000, 3_000], 1_000), consumer([2_500], 45_000), consumer([], null)], now);
  expect(all.map(({ work }) => work)).toEqual(["busy", "stuck", "free"]);
  expect(summaryOf(all)).toEqual({ words: "1 busy, 1 probably stuck, 1 free", noRoom: false });
});

test("long work among long work is no question", () => {
  const all = workOf([consumer([40_000], 60_000), consumer([50_000], 90_000)], now);
  expect(all.map(({ work }) => work)).toEqual(["busy", "busy"]);
  expect(summaryOf(all).noRoom).toBe(true);
});

test("what is usual in one queue says nothing about another", () => {
  const other = consumer([10], 1_000, { queue: { name: "slow", vhost: "/" } });
  const all = workOf([consumer([], 45_000), other], now);
  expect(all.map(({ work, usualMs }) => [work, usualMs])).toEqual([
    ["busy", null],
    ["busy", 10],
  ]);
  expect(workOf([consumer([], 121_000)], now)[0]?.work).toBe("stuck");
});

test("one that waits for its turn takes no part in the room there is", () => {
  const all = workOf([consumer([], 10), consumer([], null, { active: false })], now);
  expect(summaryOf(all)).toEqual({ words: "1 busy, 1 waiting for a turn", noRoom: true });
});
