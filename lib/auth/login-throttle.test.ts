import { expect, it } from "vitest";
import { LoginThrottle } from "@/lib/auth/login-throttle";

it("refuses an address after ten failures within a minute, and only that one", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 10; i++) {
    expect(throttle.secondsToWait("10.0.0.1", 1000 * i)).toBe(0);
    throttle.failed("10.0.0.1", 1000 * i);
  }
  expect(throttle.secondsToWait("10.0.0.1", 10_000)).toBe(50);
  expect(throttle.secondsToWait("10.0.0.2", 10_000)).toBe(0);
  expect(throttle.secondsToWait("10.0.0.1", 60_001)).toBe(0);
});

it("has the logins of one address wait for each other, and those of others not", async () => {
  const throttle = new LoginThrottle();
  const order: string[] = [];
  const attempt = (address: string, name: string, ms: number) =>
    throttle.inTurn(address, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(name);
      if (name === "second") throw new Error("wrong");
    });
  const results = await Promise.allSettled([
    attempt("10.0.0.1", "first", 40),
    attempt("10.0.0.1", "second", 1),
    attempt("10.0.0.1", "third", 1),
    attempt("10.0.0.2", "other", 1),
  ]);
  expect(order).toEqual(["other", "first", "second", "third"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
});
