import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessageCache } from "@/lib/engine/message-cache";

const mebibyte = 1024 * 1024;
const message = (bytes: number) => ({
  exchange: "",
  routingKey: "q",
  properties: new Uint8Array(),
  body: new Uint8Array(bytes),
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a message is there until it was taken by each of its readers", () => {
  const cache = new MessageCache();
  const stored = message(10);
  cache.add(1, stored, 2);
  expect(cache.take(1)).toBe(stored);
  expect(cache.take(1)).toBe(stored);
  expect(cache.take(1)).toBeUndefined();
});

test("when it is full, those that come first stay, until they are old", () => {
  const cache = new MessageCache();
  for (let id = 1; id <= 40; id++) cache.add(id, message(mebibyte), 1);
  expect(cache.has(1)).toBe(true);
  expect(cache.has(40)).toBe(false);
  vi.advanceTimersByTime(11_000);
  cache.add(41, message(mebibyte), 1);
  expect(cache.has(41)).toBe(true);
  expect(cache.has(1)).toBe(false);
});

test("nothing is left after it was cleared, and there is room again", () => {
  const cache = new MessageCache();
  for (let id = 1; id <= 40; id++) cache.add(id, message(mebibyte), 1);
  cache.clear();
  expect(cache.has(1)).toBe(false);
  cache.add(50, message(20 * mebibyte), 1);
  expect(cache.has(50)).toBe(true);
});
