import { expect, test } from "vitest";
import { PackingSpace } from "@/lib/engine/sql/packing-space";

test("A part is nobody else's until it is given back", () => {
  const space = new PackingSpace();
  const first = space.take(100);
  const second = space.take(100);
  expect(second.buffer).not.toBe(first.buffer);
  space.giveBack(first);
  expect(space.take(200).buffer).toBe(first.buffer);
  expect(space.take(100).buffer).not.toBe(second.buffer);
});

test("What is too small isn't used, and what is very large isn't kept", () => {
  const space = new PackingSpace();
  const small = space.take(10);
  space.giveBack(small);
  const large = space.take(5_000_000);
  expect(large.length).toBe(5_000_000);
  space.giveBack(large);
  expect(space.take(4_000_000).buffer).not.toBe(large.buffer);
  expect(space.take(10).buffer).toBe(small.buffer);
});
