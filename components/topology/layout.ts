import { Graph as Dagre, layout } from "@dagrejs/dagre";
import type { Edge, Node } from "@/components/topology/graph";

/** Sizes in px. */
export const nodeHeight = 30;
export const nodeWidth: Readonly<Record<Node["kind"], number>> = {
  exchange: 168,
  queue: 208,
  consumers: 148,
  group: 208,
};

export type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

/** Where each node stands, its upper left corner: messages go from left to right. */
export function placesOf(nodes: readonly Node[], edges: readonly Edge[]): Places {
  const graph = new Dagre();
  graph.setGraph({ rankdir: "LR", nodesep: 13, ranksep: 110, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, kind } of nodes) graph.setNode(id, { width: nodeWidth[kind], height: nodeHeight });
  // Dead letters and alternates follow the messages, and pull less at the picture.
  for (const { from, to, way } of edges) {
    graph.setEdge(from, to, { weight: way === "consume" ? 4 : way === "dead" || way === "alternate" ? 1 : 2 });
  }
  layout(graph);
  return new Map(
    nodes.map(({ id, kind }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - nodeWidth[kind] / 2, y: y - nodeHeight / 2 }];
    }),
  );
}
