import { expect, test } from "vitest";
import { TakerPace } from "@/lib/engine/lease/taker-pace";

function taken(bytes: number) {
  return { exchange: "", routingKey: "", properties: {}, body: new Uint8Array(bytes), redelivered: false };
}

test("who takes thousands in a tenth of a second is fast, until a tenth in which he doesn't", () => {
  const pace = new TakerPace();
  for (let i = 0; i < 1999; i++) pace.took(taken(10), 1000);
  expect(pace.isFast(1000)).toBe(false);
  pace.took(taken(10), 1050);
  expect(pace.isFast(1050)).toBe(true);
  expect(pace.isFast(1150)).toBe(true);
  expect(pace.isFast(1250)).toBe(false);
});

test("a few large ones are as much", () => {
  const pace = new TakerPace();
  for (let i = 0; i < 4; i++) pace.took(taken(1024 * 1024), 1000);
  expect(pace.isFast(1000)).toBe(true);
});

test("what was stored is waited for only for a moment after somebody fast was given something", () => {
  const pace = new TakerPace();
  pace.took(taken(10), 1000);
  expect(pace.wasOpenLately(1000)).toBe(false);
  for (let i = 0; i < 2000; i++) pace.took(taken(10), 1010);
  expect(pace.wasOpenLately(1309)).toBe(true);
  expect(pace.wasOpenLately(1310)).toBe(false);
});
