import { expect, test } from "vitest";
import { bucketOf, Packer, pack, unpacked } from "@/lib/engine/history/packed";

const base = 4_294_967_296 + 5;

test("what is packed comes out again, in its order and with its times", () => {
  const packer = new Packer(bucketOf(base));
  packer.group(0, 3);
  for (const number of [base, base + 1, base + 9]) packer.number(number);
  packer.group(812.4, 2);
  for (const number of [base + 4, base + 16_000]) packer.number(number);
  expect([...unpacked(bucketOf(base), packer.bytes())]).toEqual([
    { ms: 0, number: base },
    { ms: 0, number: base + 1 },
    { ms: 0, number: base + 9 },
    { ms: 812, number: base + 4 },
    { ms: 812, number: base + 16_000 },
  ]);
});

test("numbers from anywhere keep their values, up to the greatest that are exact", () => {
  const numbers = [Number.MAX_SAFE_INTEGER / 2 - 0.5, 1, 2 ** 40, 0];
  expect([...unpacked(0, pack(0, numbers))].map(({ number }) => number)).toEqual(numbers);
});

test("a message costs a byte where numbers follow each other", () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => base + i);
  expect(pack(bucketOf(base), numbers).length).toBeLessThan(1010);
});
