import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery, writeQuery } from "@/components/ui/filter/query";

const names = ["state", "policy", "headers."];

describe("a filter field", () => {
  it("reads qualifiers that the list knows, and leaves the rest as text", () => {
    expect(parseQuery("state:flow orders", names)).toEqual({
      terms: [{ name: "state", value: "flow" }],
      text: "orders",
    });
    expect(parseQuery("headers.tenant:acme", names).terms).toEqual([{ name: "headers.tenant", value: "acme" }]);
    expect(parseQuery("http://a amqp:b state:", names)).toEqual({ terms: [], text: "http://a amqp:b state:" });
    expect(parseQuery('policy:"two words" x', names)).toEqual({
      terms: [{ name: "policy", value: "two words" }],
      text: "x",
    });
    expect(parseQuery("  ", names)).toEqual({ terms: [], text: "" });
  });

  it("writes what it reads", () => {
    const value = fc.stringMatching(/^[a-z0-9.:#*-]{1,8}( [a-z]{1,4})?$/);
    const term = fc.record({ name: fc.constantFrom("state", "policy", "headers.a"), value });
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), fc.stringMatching(/^([a-z.]{1,8})?$/), (terms, text) => {
        expect(parseQuery(writeQuery({ terms, text }), names)).toEqual({ terms, text });
      }),
    );
  });
});
