import { expect, test } from "vitest";
import { feedMutations } from "@/test/amqp/mutations";

test("a million mutated frames are each read or refused with a reply code", { timeout: 600_000 }, () => {
  const report = feedMutations(1_000_000, 20_090_901);
  expect(report.accepted).toBeGreaterThan(1000);
  expect(Object.keys(report.errors)).toEqual(expect.arrayContaining(["501", "502", "505", "540"]));
});
