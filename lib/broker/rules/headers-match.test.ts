import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import { sameValue } from "@/lib/broker/rules/field-equality";
import {
  checkHeadersArguments,
  headersMatch,
  headersMatchModes,
  headersPattern,
} from "@/lib/broker/rules/headers-match";

const matches = (wanted: Record<string, unknown>, given: Record<string, unknown>) =>
  headersMatch(headersPattern(fromPlain(wanted)), fromPlain(given));

describe("headers matching", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, boolean]>([
    ["all is the default", { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, true],
    ["all wants each", { a: 1, b: 2 }, { a: 1 }, false],
    ["any is content with one", { "x-match": "any", a: 1, b: 2 }, { b: 2 }, true],
    ["any of none", { "x-match": "any" }, { a: 1 }, false],
    ["all of none", { "x-match": "all" }, {}, true],
    ["no arguments at all", {}, {}, true],
    ["all passes over x- headers", { "x-a": 1 }, {}, true],
    ["any passes over x- headers", { "x-match": "any", "x-a": 1 }, { "x-a": 1 }, false],
    ["all-with-x compares them", { "x-match": "all-with-x", "x-a": 1 }, {}, false],
    ["any-with-x compares them", { "x-match": "any-with-x", "x-a": 1 }, { "x-a": 1 }, true],
    ["x-match itself is never compared", { "x-match": "all-with-x" }, {}, true],
    ["void tests presence", { a: null }, { a: "whatever" }, true],
    ["void and absent", { a: null }, {}, false],
    ["a string never equals a number", { a: 1 }, { a: "1" }, false],
    ["nor a boolean", { a: true }, { a: "true" }, false],
    ["integers of all widths are equal", { a: { "!int8": 5 } }, { a: { "!uint32": 5 } }, true],
    ["a timestamp is an integer", { a: { "!timestamp": 5 } }, { a: 5 }, true],
    ["an integer never equals a float", { a: 1 }, { a: { "!double": 1 } }, false],
    ["floats of both widths are equal", { a: { "!float": 0.5 } }, { a: 0.5 }, true],
    ["bytes equal the text they spell", { a: { "!binary": "aGk=" } }, { a: "hi" }, true],
    ["names differ by case", { A: 1 }, { a: 1 }, false],
    ["lists compare their members with types", { a: [1, "b"] }, { a: [1, "b"] }, true],
    ["lists have an order", { a: [1, 2] }, { a: [2, 1] }, false],
    ["inner types must be the same", { a: [{ "!int8": 1 }] }, { a: [1] }, false],
    ["tables compare in depth", { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }, true],
    [
      "64-bit integers are exact",
      { a: { "!int64": "9007199254740993" } },
      { a: { "!int64": "9007199254740992" } },
      false,
    ],
  ])("%s", (_what, wanted, given, expected) => {
    expect(matches(wanted, given)).toBe(expected);
  });

  test("messages without headers", () => {
    expect(headersMatch(headersPattern(fromPlain({ a: 1 })), undefined)).toBe(false);
  });

  test.each([["none"], [5], [null]])("x-match %j is refused", (mode) => {
    expect(() => checkHeadersArguments(fromPlain({ "x-match": mode }))).toThrow(/Invalid x-match/);
  });

  const value: fc.Arbitrary<FieldValue> = fc.oneof(
    fc.record({ t: fc.constantFrom("b" as const, "I" as const), v: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ t: fc.constant("S" as const), v: fc.constantFrom("0", "1") }),
    fc.record({ t: fc.constant("t" as const), v: fc.boolean() }),
    fc.constant({ t: "V" as const }),
  );
  const table: fc.Arbitrary<FieldTable> = fc
    .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "x-c", "x-d"), value), { selector: ([name]) => name })
    .map((entries) => new Map(entries));

  test("agrees with the definition for all modes", () => {
    fc.assert(
      fc.property(table, table, fc.constantFrom(...headersMatchModes, undefined), (wanted, given, mode) => {
        const binding = new Map(wanted);
        if (mode) binding.set("x-match", { t: "S", v: mode });
        const compared = [...wanted].filter(([name]) => mode?.endsWith("x") || !name.startsWith("x-"));
        const fits = ([name, want]: [string, FieldValue]) => {
          const have = given.get(name);
          return have !== undefined && (want.t === "V" || sameValue(want, have));
        };
        const expected = mode?.startsWith("any") ? compared.some(fits) : compared.every(fits);
        expect(headersMatch(headersPattern(binding), given)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
