import { expect, test } from "vitest";
import { AcknowledgementPace } from "@/lib/engine/lease/acknowledgement-pace";

test("who is quick is waited for, longer where many or large messages wait", () => {
  const pace = new AcknowledgementPace();
  for (let i = 0; i < 100; i++) pace.took(1);
  expect(pace.patienceMs(1, 0)).toBeCloseTo(10, 0);
  expect(pace.patienceMs(100, 0)).toBe(35);
  expect(pace.patienceMs(1, 1024 * 1024)).toBeGreaterThan(25);
  expect(pace.patienceMs(100_000, 0)).toBe(250);
});

test("who is slow is not waited for, until he is quick again", () => {
  const pace = new AcknowledgementPace();
  for (let i = 0; i < 5; i++) pace.took(60_000);
  expect(pace.patienceMs(1, 0)).toBe(0);
  expect(pace.patienceMs(100, 0)).toBe(0);
  for (let i = 0; i < 50; i++) pace.took(1);
  expect(pace.patienceMs(1, 0)).toBeGreaterThan(0);
});
