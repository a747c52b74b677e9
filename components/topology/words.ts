import type { Edge, Node } from "@/components/topology/graph";
import { defaultExchangeLabel } from "@/lib/api-client/exchanges";
import { formatCount, formatNoun, formatRate } from "@/lib/format/numbers";

/** What a node is called. */
export function nameOf(node: Node): string {
  if (node.kind === "consumers") {
    if (node.consumers > 0) return formatNoun(node.consumers, "consumer");
    return isMissing(node) ? "no consumer" : "taken by calls";
  }
  if (node.kind === "group") return node.name === "" ? `other ${node.type}s` : `${node.name}*`;
  return node.name === "" ? defaultExchangeLabel : node.name;
}

/** Whether messages wait here and nobody takes any, not by single calls (get, leases over HTTP) either. */
export function isMissing(node: Node): boolean {
  return node.kind === "consumers" && node.consumers === 0 && node.rate === 0;
}

/** A node in one sentence, for screen readers and tooltips. */
export function sentenceOf(node: Node): string {
  const rate = formatRate(node.rate);
  switch (node.kind) {
    case "exchange":
      return `Exchange ${nameOf(node)}, ${node.type}, ${rate}`;
    case "queue":
      return `Queue ${node.name}, ${formatCount(node.ready)} ready, ${rate} in, ${formatNoun(node.consumers, "consumer")}${
        node.dead > 0 ? `, ${formatNoun(node.dead, "dead letter")}` : ""
      }`;
    case "consumers":
      return node.consumers === 0
        ? `${isMissing(node) ? "No consumer" : "Taken by calls"}, ${formatCount(node.ready)} wait`
        : `${nameOf(node)}, ${formatCount(node.full)} without room, ${rate} taken`;
    case "group":
      return `${nameOf(node)} ${formatNoun(node.members, node.type)}, ${formatCount(node.ready)} ready, ${rate}`;
  }
}

/** How messages go along an edge, in words. */
export function wayWords({ way, keys }: Edge): string {
  const list = keys.map((key) => key || "(empty key)").join(", ");
  switch (way) {
    case "binding":
      return list;
    case "default":
      return "by its name";
    case "consume":
      return "";
    case "dead":
      return list === "" ? "dead letters" : `dead letters, as ${list}`;
    case "alternate":
      return "what no binding takes";
  }
}
