import { expect, test } from "vitest";
import { Ahead } from "@/lib/amqp/ahead";
import type { Leased } from "@/lib/broker/broker";

const message = (id: number) => ({ id }) as Leased;
const most = 500;

/** A consumer that took so many messages in each of ten times 25 ms, the last at 1250. */
function after(each: number): Ahead {
  const ahead = new Ahead();
  for (let n = 0; n <= 10; n++) ahead.delivered(each, 1000 + n * 25);
  return ahead;
}

test("as much is wanted as a fast consumer takes in a moment, and nothing for a slow one", () => {
  expect(new Ahead().wanted(1250, most)).toBe(0);
  expect(after(200).wanted(1250, most)).toBeGreaterThanOrEqual(200);
  expect(after(10_000).wanted(1250, most)).toBe(most);
  expect(after(2).wanted(1250, most)).toBe(0);
});

test("a consumer that stopped wants nothing, and what is there is too much", () => {
  const ahead = after(200);
  ahead.add([1, 2, 3].map(message));
  expect(ahead.isTooMuch(1300, most)).toBe(false);
  expect(ahead.wanted(1600, most)).toBe(0);
  expect(ahead.isTooMuch(1600, most)).toBe(true);
  expect(ahead.takeAll().map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(ahead.size).toBe(0);
});

test("after a message came back nothing is wanted for a second", () => {
  const ahead = after(200);
  ahead.pause(1250);
  for (let now = 1275; now <= 2225; now += 25) ahead.delivered(200, now);
  expect(ahead.wanted(2225, most)).toBe(0);
  ahead.delivered(200, 2251);
  expect(ahead.wanted(2251, most)).toBeGreaterThan(0);
});

test("messages go in the order in which they came", () => {
  const ahead = new Ahead();
  ahead.add([1, 2].map(message));
  expect(ahead.first()?.id).toBe(1);
  ahead.drop();
  ahead.add([message(3)]);
  expect(ahead.size).toBe(2);
  expect(ahead.takeAll().map(({ id }) => id)).toEqual([2, 3]);
  expect(ahead.first()).toBeUndefined();
});
