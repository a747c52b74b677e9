import { expect, test } from "vitest";
import { feedMutations } from "@/test/amqp/mutations";

test("100,000 mutated frames are each read or refused with a reply code", { timeout: 60_000 }, () => {
  const report = feedMutations(100_000, 20_090_901);
  expect(report.accepted).toBeGreaterThan(1000);
  expect(Object.keys(report.errors)).toEqual(expect.arrayContaining(["501", "502", "505", "540"]));
});
