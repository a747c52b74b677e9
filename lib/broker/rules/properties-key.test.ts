import { expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";

test("without arguments it is the routing key, as RabbitMQ quotes it", () => {
  expect(propertiesKeyOf("order.placed.#", fromPlain({}))).toBe("order.placed.%23");
  expect(propertiesKeyOf("", fromPlain({}))).toBe("~");
  expect(propertiesKeyOf("a~b", fromPlain({}))).toBe("a%7Eb");
});

test("arguments make a difference, their order none", () => {
  const key = propertiesKeyOf("", fromPlain({ a: 1, b: "x" }));
  expect(key).toMatch(/^~[\w-]{11}$/);
  expect(propertiesKeyOf("", fromPlain({ b: "x", a: 1 }))).toBe(key);
  expect(propertiesKeyOf("", fromPlain({ a: 1, b: "y" }))).not.toBe(key);
  expect(propertiesKeyOf("k", fromPlain({ a: 1, b: "x" }))).toBe(`k${key}`);
});

test("bytes that are no UTF-8 are quoted as bytes, and half a character is refused", () => {
  expect(propertiesKeyOf("a\udce6.b", fromPlain({}))).toBe("a%E6.b");
  expect(() => propertiesKeyOf("\ud800", fromPlain({}))).toThrow("routing_key holds half of a character");
});
