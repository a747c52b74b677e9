import { describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { headersPattern } from "@/lib/broker/rules/headers-match";
import { previewRoute } from "@/lib/broker/rules/route-preview";
import { routingTable } from "@/lib/broker/rules/routing-table.fixture";
import { whyHeadersDiffer, whyTopicDiffers } from "@/lib/broker/rules/why-not";

describe("why a topic binding doesn't match order.placed.eu.de", () => {
  test.each([
    ["order.cancelled.#", "word 2 is “placed”, this wants “cancelled”", { word: 1 }],
    ["order.placed.us.#", "word 3 is “eu”, this wants “us”", { word: 2 }],
    ["order.placed.*", "the key has 4 words, this takes exactly 3", null],
    ["invoice.#", "word 1 is “order”, this wants “invoice”", { word: 0 }],
    ["*.*.*.*.#.x", "the key has 4 words, this takes at least 5", null],
    ["#.fr", "word 4 is “de”, this wants “fr”", { word: 1 }],
    ["#.us.#", "there is no “us” where this wants one", { word: 1 }],
    ["order.#.eu.#.placed.#", "there is no “placed” where this wants one", { word: 4 }],
    ["", "the key has 4 words, this takes exactly 0", null],
  ])("%j", (pattern, why, decidedBy) => {
    expect(whyTopicDiffers(pattern, "order.placed.eu.de")).toEqual({ why, decidedBy });
  });

  test("an empty key has no words", () => {
    expect(whyTopicDiffers("*", "").why).toBe("the key has no words, this takes exactly 1");
  });
});

describe("why a headers binding doesn't match", () => {
  const given = fromPlain({ vip: false, n: 5, scopes: ["eu", "b2c"], city: "Köln" });
  test.each<[Record<string, unknown>, string]>([
    [{ vip: true }, "header “vip” is false (boolean), this wants true"],
    [{ n: "5" }, "header “n” is 5 (integer), this wants “5” (string)"],
    [{ n: { "!double": 5 } }, "header “n” is 5 (integer), this wants 5 (float)"],
    [{ city: "Bonn" }, "header “city” is “Köln” (string), this wants “Bonn”"],
    [{ gone: 1 }, "header “gone” is missing, this wants 1"],
    [{ gone: null }, "header “gone” is missing, this wants it to be there"],
    [{ scopes: "eu" }, "header “scopes” is a list of 2 (list), this wants “eu” (string)"],
    [{ "x-match": "any" }, "it names no headers, and with x-match any that takes nothing"],
    [{ "x-match": "any", a: 1, vip: true }, "none of the headers “a”, “vip” is as this wants"],
    [{ "x-match": "any", vip: true }, "header “vip” is false (boolean), this wants true"],
  ])("%j", (wanted, why) => {
    expect(whyHeadersDiffer(headersPattern(fromPlain(wanted)), given).why).toBe(why);
  });
});

describe("previewRoute", () => {
  const table = routingTable({
    exchanges: { orders: "topic", audit: "fanout", unrouted: "fanout", direct: "direct" },
    alternates: { orders: "unrouted" },
    queues: ["payment", "trail", "rest"],
    bindings: [
      ["orders", "order.placed.#", "payment"],
      ["orders", "order.placed", "payment"],
      ["orders", "order.*", "audit"],
      ["orders", "invoice.#", "rest"],
      ["audit", "", "trail"],
      ["audit", "", "orders"],
      ["unrouted", "", "rest"],
      ["direct", "a", "rest"],
    ],
  });

  test("shows each exchange on the way with all its bindings, each queue once", () => {
    const preview = previewRoute(table, "orders", ["order.placed"]);
    expect(preview.queues).toEqual(["payment", "trail"]);
    expect(preview.alternateExchange).toBe("unrouted");
    expect(preview.steps.map(({ exchange, via }) => [exchange, via])).toEqual([
      ["orders", "publish"],
      ["audit", "binding"],
    ]);
    expect(preview.steps[0]?.verdicts.map(({ matches }) => matches)).toEqual([true, true, true, false]);
    expect(preview.steps[0]?.verdicts[3]?.why).toBe("word 1 is “order”, this wants “invoice”");
  });

  test("goes to the alternate exchange when nothing matches", () => {
    const preview = previewRoute(table, "orders", ["nothing"]);
    expect(preview.queues).toEqual(["rest"]);
    expect(preview.steps.map(({ via }) => via)).toEqual(["publish", "alternate"]);
  });

  test("default and direct exchange; several keys", () => {
    expect(previewRoute(table, "", ["trail"]).queues).toEqual(["trail"]);
    expect(previewRoute(table, "", ["nowhere"])).toMatchObject({ queues: [], alternateExchange: null });
    expect(previewRoute(table, "direct", ["b"]).steps[0]?.verdicts[0]?.why).toBe("the key is “b”, this wants “a”");
    expect(previewRoute(table, "direct", ["b", "a"]).queues).toEqual(["rest"]);
    expect(() => previewRoute(table, "gone", ["a"])).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  test("agrees with the router", () => {
    for (const key of ["order.placed", "order.x", "invoice.1", "", "order.placed.eu"]) {
      const followed = table.follow("orders", [key])?.queues.map(({ name }) => name);
      expect([...previewRoute(table, "orders", [key]).queues].sort()).toEqual(followed?.sort());
    }
  });
});
