import { describe, expect, test } from "vitest";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import { route, routingKeys, withoutBcc } from "@/lib/broker/rules/router";
import { routingTable } from "@/lib/broker/rules/routing-table.fixture";

const shop = routingTable({
  exchanges: { orders: "topic", audit: "fanout", vip: "headers", direct: "direct" },
  queues: ["payment", "score", "trail", "vips"],
  bindings: [
    ["orders", "order.placed.#", "payment"],
    ["orders", "order.placed.eu", "payment"],
    ["orders", "order.*.eu", "score"],
    ["orders", "#", "audit"],
    ["audit", "", "trail"],
    ["audit", "", "orders"],
    ["vip", "", "vips", { vip: true }],
    ["direct", "a", "payment"],
    ["direct", "b", "score"],
  ],
});

const names = (queues: readonly { name: string }[]) => queues.map(({ name }) => name).sort();
const queuesFor = (exchange: string, key: string, headers = {}) =>
  names(route(shop, exchange, [key], fromPlain(headers)).queues);

describe("route", () => {
  test("topic: each queue once, through other exchanges too, cycles end", () => {
    expect(queuesFor("orders", "order.placed.eu")).toEqual(["payment", "score", "trail"]);
    expect(route(shop, "orders", ["x"]).exchanges.map(({ name }) => name)).toEqual(["orders", "audit"]);
  });

  test("direct, headers, default exchange", () => {
    expect(queuesFor("direct", "a")).toEqual(["payment"]);
    expect(queuesFor("direct", "c")).toEqual([]);
    expect(queuesFor("vip", "", { vip: true })).toEqual(["vips"]);
    expect(queuesFor("vip", "", { vip: "true" })).toEqual([]);
    expect(queuesFor("", "trail")).toEqual(["trail"]);
    expect(queuesFor("", "nowhere")).toEqual([]);
  });

  test("CC and BCC route as well, and BCC is taken off", () => {
    const headers = fromPlain({ CC: ["b", 5], BCC: ["x"] });
    const keys = routingKeys("a", headers);
    expect(keys).toEqual(["a", "b", "x"]);
    expect(names(route(shop, "direct", keys, headers).queues)).toEqual(["payment", "score"]);
    expect([...(withoutBcc({ headers }).headers ?? emptyTable).keys()]).toEqual(["CC"]);
    expect(() => routingKeys("a", fromPlain({ CC: "b" }))).toThrow(/CC must be a list/);
  });

  test("unknown and internal exchanges", () => {
    const table = routingTable({ exchanges: { hidden: "internal" }, queues: [], bindings: [] });
    expect(() => route(table, "nowhere", ["a"])).toThrow(expect.objectContaining({ code: "not-found" }));
    expect(() => route(table, "hidden", ["a"])).toThrow(expect.objectContaining({ code: "access-refused" }));
    expect(table.follow("hidden", ["a"])?.queues).toEqual([]);
    expect(table.follow("nowhere", ["a"])).toBeNull();
  });

  test("alternate exchange: when an exchange's own bindings match nothing; chains and cycles of them", () => {
    const table = routingTable({
      exchanges: { first: "direct", second: "direct", last: "fanout" },
      alternates: { first: "second", second: "last", last: "first" },
      queues: ["matched", "rest"],
      bindings: [
        ["first", "a", "matched"],
        ["last", "", "rest"],
      ],
    });
    expect(names(route(table, "first", ["a"]).queues)).toEqual(["matched"]);
    expect(names(route(table, "first", ["b"]).queues)).toEqual(["rest"]);
  });

  test("a match that leads to an exchange that leads nowhere still counts as a match", () => {
    const table = routingTable({
      exchanges: { first: "fanout", empty: "direct", alternate: "fanout" },
      alternates: { first: "alternate" },
      queues: ["rest"],
      bindings: [
        ["first", "", "empty"],
        ["alternate", "", "rest"],
      ],
    });
    expect(route(table, "first", ["a"]).queues).toEqual([]);
  });

  test("a missing alternate exchange is as none", () => {
    const table = routingTable({ exchanges: { a: "direct" }, alternates: { a: "gone" }, queues: [], bindings: [] });
    expect(route(table, "a", ["x"]).queues).toEqual([]);
    const toDefault = routingTable({ exchanges: { a: "direct" }, alternates: { a: "" }, queues: ["x"], bindings: [] });
    expect(route(toDefault, "a", ["x"]).queues).toEqual([]);
  });

  test("two searches after each other don't know of one another", () => {
    expect(queuesFor("orders", "order.placed.eu")).toEqual(queuesFor("orders", "order.placed.eu"));
  });
});
