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
