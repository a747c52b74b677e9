import { expect, test } from "vitest";
import { orderOf } from "@/components/ui/data-table/order";

test("numbers by size, names as people count, missing ones last either way", () => {
  expect(orderOf([3, null, 1, undefined, 2], false)).toEqual([2, 4, 0, 1, 3]);
  expect(orderOf([3, null, 1, undefined, 2], true)).toEqual([0, 4, 2, 1, 3]);
  expect(orderOf(["queue-10", "queue-9", "Queue-1"], false)).toEqual([2, 1, 0]);
});

test("equal values stay as they came, whichever way it goes and wherever sorting began", () => {
  expect(orderOf([1, 1, 0, 1], true)).toEqual([0, 1, 3, 2]);
  expect(orderOf([1, 1, 0, 1], true, [3, 2, 1, 0])).toEqual([0, 1, 3, 2]);
});

test("an order of another number of rows is not begun with", () => {
  expect(orderOf([2, 1], false, [0, 1, 2])).toEqual([1, 0]);
});
