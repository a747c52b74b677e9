import { expect, test } from "vitest";
import { attack } from "@/test/amqp/hostile";

test("hostile connections end in an orderly way, and disturb no other one", { timeout: 600_000 }, async () => {
  const report = await attack(150_000, 20_090_901);
  expect(report.connections).toBeGreaterThan(500);
  expect(Object.keys(report.closed)).toEqual(expect.arrayContaining(["501", "503", "504", "505", "540"]));
});
