import { expect, it } from "vitest";
import { consumerRate, TokenBucket } from "@/lib/amqp/token-bucket";
import { fromPlain } from "@/lib/broker/properties/plain";

it("gives a burst at once, and then as many as the rate says", () => {
  let now = 0;
  const bucket = new TokenBucket(10, 3, () => now);
  expect(bucket.available).toBe(3);
  for (let i = 0; i < 3; i++) bucket.take();
  expect([bucket.available, bucket.refillMs]).toEqual([0, 100]);
  now = 99;
  expect(bucket.available).toBe(0);
  now = 100;
  expect([bucket.available, bucket.refillMs]).toEqual([1, 0]);
  now = 60_000;
  expect(bucket.available).toBe(3);
});

it("is looked at in steps where the rate is high", () => {
  const bucket = new TokenBucket(10_000, 1, () => 0);
  bucket.take();
  expect(bucket.refillMs).toBe(1);
  const large = new TokenBucket(10_000, 10_000, () => 0);
  for (let i = 0; i < 10_000; i++) large.take();
  expect(large.refillMs).toBe(20);
});

it("is asked for by a consumer's arguments, which may be wrong", () => {
  const asked = (plain: object) => consumerRate(fromPlain(plain), "q", "/");
  expect(asked({})).toBeNull();
  expect(asked({ "x-rate-limit": 5 })?.available).toBe(5);
  expect(asked({ "x-rate-limit": 5, "x-rate-burst": 2 })?.available).toBe(2);
  for (const wrong of [{ "x-rate-limit": 0 }, { "x-rate-limit": "5" }, { "x-rate-burst": 5 }]) {
    expect(() => asked(wrong)).toThrow("invalid arg 'x-rate-");
  }
});
