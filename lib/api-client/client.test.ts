import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { every } from "@/lib/api-client/client";

const interval = every(2_000);

/** A question that was asked once for each answer. */
async function asked(...answers: (() => Promise<unknown>)[]) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  for (const queryFn of answers) await client.fetchQuery({ queryKey: ["asked"], queryFn }).catch(() => {});
  const query = client.getQueryCache().find({ queryKey: ["asked"] });
  if (query === undefined) throw new Error("it was not asked");
  return query;
}

const well = () => Promise.resolve("all well");
const broken = () => Promise.reject(new Error("broken"));

test("a failure that left nothing to show stays long enough to be read", async () => {
  expect(interval(await asked(broken))).toBe(10_000);
  expect(every(30_000)(await asked(broken))).toBe(30_000);
});

test("what has an answer is asked as often as before, also after a failure", async () => {
  expect(interval(await asked(well))).toBe(2_000);
  expect(interval(await asked(well, broken))).toBe(2_000);
  expect(interval(await asked(broken, well))).toBe(2_000);
});
