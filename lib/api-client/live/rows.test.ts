import { expect, test } from "vitest";
import { mergeQueues, type QueueRow, rowKey, shiftTrends } from "@/lib/api-client/live/rows";
import type { Queue } from "@/lib/api-client/queues";

const queue = (name: string, ready: number, trend = [0, 0, ready]) =>
  ({ vhost: "/", name, messages_ready: ready, trend }) as unknown as Queue;
const row = (name: string, ready: number, vhost = "/") =>
  ({ vhost, name, messages_ready: ready }) as unknown as QueueRow;
const changed = (...rows: QueueRow[]) => new Map(rows.map((each) => [rowKey(each.vhost, each.name), each]));

test("rows that did not change stay the same objects; new ones are added, and gone ones leave", () => {
  const [a, b, c] = [queue("a", 1), queue("b", 2), queue("c", 3)];
  const gone = new Map<string, QueueRow | null>([[rowKey("/", "c"), null]]);
  const merged = mergeQueues([a, b, c], new Map([...changed(row("b", 5), row("d", 7)), ...gone]), null);
  expect(merged.map(({ name, messages_ready }) => [name, messages_ready])).toEqual([
    ["a", 1],
    ["b", 5],
    ["d", 7],
  ]);
  expect(merged[0]).toBe(a);
});

test("the last point of the trend is what is ready now", () => {
  expect(mergeQueues([queue("a", 1, [4, 3, 1])], changed(row("a", 9)), null)[0]?.trend).toEqual([4, 3, 9]);
});

test("a list of one virtual host takes in no queue of another", () => {
  expect(mergeQueues([], changed(row("a", 1, "other")), "/")).toEqual([]);
  expect(mergeQueues([], changed(row("a", 1, "other")), null)).toHaveLength(1);
});

test("a new bucket moves the trend on; one that is flat stays as it is", () => {
  const flat = queue("flat", 2, [2, 2, 2]);
  const [moved, same] = shiftTrends([queue("a", 3, [1, 2, 3]), flat]);
  expect(moved?.trend).toEqual([2, 3, 3]);
  expect(same).toBe(flat);
});
