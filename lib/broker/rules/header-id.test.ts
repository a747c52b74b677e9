import { expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { headerId } from "@/lib/broker/rules/header-id";

const idOf = (value?: unknown) => headerId(value === undefined ? undefined : fromPlain({ id: value }), "id");

test("an id is text or an integer", () => {
  expect(idOf()).toBeNull();
  expect(headerId(fromPlain({ other: 1 }), "id")).toBeNull();
  expect(idOf("order 7")).toBe("order 7");
  expect(idOf(7)).toBe("7");
  expect(idOf("é".repeat(127))).toHaveLength(127);
});

test.each(["", "é".repeat(128), "a\0b", true, 1.5, null, { a: 1 }])("%j is none", (value) => {
  expect(() => idOf(value)).toThrow(expect.objectContaining({ code: "precondition-failed" }));
});
