import { expect, it } from "vitest";
import { orderedBindings } from "@/components/bindings/bindings-order";
import type { Binding } from "@/lib/api-client/bindings";

const binding = (destination: string, key: string, given: object = {}) =>
  ({ source: "x", destination, routing_key: key, arguments: given }) as Binding;
const all = [binding("b", "order.#"), binding("a", "z"), binding("c", "", { tenant: "ACME" })];
const names = (found: readonly Binding[]) => found.map(({ destination }) => destination).join("");

it("finds bindings by name, key and arguments, and orders them by either column", () => {
  expect(names(orderedBindings(all, "destination", "", { column: "name", descending: false }))).toBe("abc");
  expect(names(orderedBindings(all, "destination", "", { column: "name", descending: true }))).toBe("cba");
  expect(names(orderedBindings(all, "destination", "", { column: "key", descending: false }))).toBe("cba");
  expect(names(orderedBindings(all, "destination", "acme", { column: "name", descending: false }))).toBe("c");
  expect(names(orderedBindings(all, "destination", "ORDER", { column: "name", descending: false }))).toBe("b");
});
