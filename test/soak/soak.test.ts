import { expect, test } from "vitest";
import { faultNames } from "@/test/soak/faults";
import { soak } from "@/test/soak/soak";

const seed = Date.now() % 2 ** 31;

/** `npm run soak` does the same for as long as one likes. */
test(`every promise holds while everything is killed (seed ${seed})`, { timeout: 600_000 }, async () => {
  const shuffled = [...faultNames].sort(() => Math.random() - 0.5);
  const report = await soak({
    ...{ brokers: 2, webs: 1, clients: 1, faults: shuffled, pauseMs: 1_000, seed },
    say: () => {},
  });
  const { violations, counts } = report;
  expect(violations.slice(0, 20), report.printed.slice(-40).join("\n")).toEqual([]);
  expect(counts.confirmed).toBeGreaterThan(100);
  expect(counts.redelivered).toBeGreaterThan(0);
  expect(Object.keys(report.faults).sort()).toEqual([...faultNames].sort());
});
