import { describe, expect, it } from "vitest";
import { exchangeId, graphOf, queueId } from "@/components/topology/graph";
import { type Looking, prefixOf, shownOf } from "@/components/topology/shown";
import type { Binding } from "@/lib/api-client/bindings";
import type { Exchange } from "@/lib/api-client/exchanges";
import type { Queue } from "@/lib/api-client/queues";

const everything: Looking = { find: "", near: null, within: null, deadLetters: true, idle: true };
const exchange = (name: string, more: object = {}) =>
  ({
    ...{ vhost: "/", name, type: "topic", arguments: {} },
    message_stats: { publish_in_details: { rate: 0 }, publish_out_details: { rate: 0 } },
    ...more,
  }) as unknown as Exchange;
const queue = (name: string, more: object = {}) =>
  ({
    ...{ vhost: "/", name, type: "classic", arguments: {}, effective_policy_definition: {} },
    ...{ messages_ready: 0, dead_letters: 0, consumers: 0, consumers_full: 0 },
    message_stats: { publish_details: { rate: 0 }, deliver_get_details: { rate: 0 } },
    ...more,
  }) as unknown as Queue;
const binding = (source: string, destination: string, key = "#", kind = "queue") =>
  ({ vhost: "/", source, destination, destination_type: kind, routing_key: key }) as unknown as Binding;
const names = ({ nodes }: { nodes: readonly { id: string }[] }) => nodes.map(({ id }) => id).sort();

describe("the graph", () => {
  it("has exchanges, queues, their consumers, bindings and where dead letters go", () => {
    const graph = graphOf(
      [exchange(""), exchange("orders"), exchange("dlx"), exchange("amq.topic"), exchange("spare")],
      [
        queue("new", { consumers: 2, arguments: { "x-dead-letter-exchange": "dlx" } }),
        queue("dead"),
        queue("direct", { arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" } }),
      ],
      [binding("orders", "new", "order.#"), binding("orders", "new", "rush"), binding("dlx", "dead")],
    );
    expect(graph.edges.map(({ way, from, to, keys }) => [way, from, to, keys])).toEqual([
      ["binding", "exchange / orders", "queue / new", ["order.#", "rush"]],
      ["binding", "exchange / dlx", "queue / dead", ["#"]],
      ["default", "exchange / ", "queue / direct", ["direct"]],
      ["consume", "queue / new", "consumers / new", []],
      ["dead", "queue / new", "exchange / dlx", []],
      ["dead", "queue / direct", "queue / dead", ["dead"]],
    ]);
    expect(graph.nodes.has(exchangeId("/", "amq.topic"))).toBe(false);
    expect(graph.nodes.has(exchangeId("/", "spare"))).toBe(true);
  });

  it("takes where dead letters go from a policy, too, and what no binding takes from the exchange", () => {
    const graph = graphOf(
      [exchange("a", { arguments: { "alternate-exchange": "b" } }), exchange("b")],
      [queue("q", { effective_policy_definition: { "dead-letter-exchange": "b" } })],
      [],
    );
    expect(graph.edges.map(({ way }) => way)).toEqual(["alternate", "dead"]);
  });
});

describe("what is drawn of it", () => {
  const teams = ["orders", "stock", "mail", "audit"];
  const many = graphOf(
    [exchange("events")],
    Array.from({ length: 1000 }, (_, index) => queue(`${teams[index % 4]}.part-${index}`, { messages_ready: 1 })),
    Array.from({ length: 1000 }, (_, index) => binding("events", `${teams[index % 4]}.part-${index}`)),
  );

  it("is by groups where it is too much, with their sums", () => {
    const shown = shownOf(many, everything);
    expect(shown.covered).toBe(1001);
    const groups = shown.nodes.filter(({ kind }) => kind === "group");
    expect(groups.map(({ name, members, ready }) => [name, members, ready])).toEqual([
      ["orders.", 250, 250],
      ["stock.", 250, 250],
      ["mail.", 250, 250],
      ["audit.", 250, 250],
    ]);
    expect(shown.edges.filter(({ way }) => way === "binding")).toHaveLength(4);
  });

  it("never is more than can be drawn, whatever the names", () => {
    const random = graphOf(
      [exchange("events")],
      Array.from({ length: 1000 }, (_, index) => queue(`${(index * 7919).toString(36)}`)),
      [],
    );
    const shown = shownOf(random, everything);
    expect(shown.nodes.length).toBeLessThanOrEqual(61);
    expect(shown.nodes.reduce((sum, { members }) => sum + members, 0)).toBe(1001);
  });

  it("is inside a group that was opened the next part of the names", () => {
    const shown = shownOf(many, { ...everything, within: "orders." });
    expect(shown.nodes.filter(({ kind }) => kind === "group").map(({ name }) => name)).toEqual(["orders.part-"]);
    expect(names(shown)).toContain("exchange / events");
  });

  it("is what was sought with what is next to it", () => {
    const shown = shownOf(many, { ...everything, find: "PART-17" });
    expect(names(shown)).toContain(queueId("/", "stock.part-17"));
    expect(names(shown)).toContain("exchange / events");
    expect(names(shown)).not.toContain(queueId("/", "stock.part-21"));
  });

  it("is near a queue not everything that the default exchange reaches", () => {
    const graph = graphOf([exchange("")], [queue("a"), queue("b")], []);
    expect(names(shownOf(graph, { ...everything, near: queueId("/", "a") }))).toEqual(["exchange / ", "queue / a"]);
  });

  it("leaves out dead-letter paths and what is idle, if it is told to", () => {
    const graph = graphOf(
      [exchange("x")],
      [queue("a", { arguments: { "x-dead-letter-exchange": "x" } }), queue("b", { messages_ready: 3 })],
      [],
    );
    expect(shownOf(graph, { ...everything, deadLetters: false }).edges.map(({ way }) => way)).toEqual(["consume"]);
    expect(names(shownOf(graph, { ...everything, idle: false }))).toEqual(["consumers / b", "queue / b"]);
  });

  it("cuts names at their separators", () => {
    expect(prefixOf("orders.new.fast", "")).toBe("orders.");
    expect(prefixOf("orders.new.fast", "orders.")).toBe("orders.new.");
    expect(prefixOf("plain", "")).toBe("plain");
  });
});
