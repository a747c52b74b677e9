import { expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { exchangeTypeOf } from "@/lib/broker/rules/exchange-type";

test.each([
  ["topic", {}, "topic"],
  ["x-delayed-message", { "x-delayed-type": "fanout" }, "fanout"],
  ["fanout", { "x-delayed-type": "topic" }, "fanout"],
  ["x-delayed-message", {}, undefined],
  ["x-delayed-message", { "x-delayed-type": "x-delayed-message" }, undefined],
  ["x-odd", {}, undefined],
] as const)("%s with %j is %s", (asked, args, type) => {
  expect(exchangeTypeOf(asked, fromPlain(args))).toBe(type);
});
