"use client";

import "@xyflow/react/dist/base.css";
import {
  type Edge as FlowEdge,
  type Node as FlowNode,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import type { Edge, Node } from "@/components/topology/graph";
import { nodeHeight, nodeWidth, type Places, placesOf } from "@/components/topology/layout";
import type { Shown } from "@/components/topology/shown";
import {
  type EdgeData,
  type NodeData,
  type Tone,
  TopologyEdge,
  TopologyNode,
} from "@/components/topology/topology-parts";
import { sentenceOf } from "@/components/topology/words";
import { IconButton } from "@/components/ui/button";

const nodeTypes = { node: TopologyNode };
const edgeTypes = { edge: TopologyEdge };

export interface TopologyGraphProps {
  readonly shown: Shown;
  /** The node that the panel shows. */
  readonly open: string | null;
  readonly onOpen: (node: Node | null) => void;
  /** Enter on a node, or a double click. */
  readonly onEnter: (node: Node) => void;
}

/** The drawing. Arrow keys walk: left and right along a path, up and down to what stands there. */
export default function TopologyGraph(props: TopologyGraphProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ shown, open, onOpen, onEnter }: TopologyGraphProps) {
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  // Numbers change all the time; places only when something comes or goes.
  const shape = `${shown.nodes.map(({ id }) => id).join("\n")}\n\n${shown.edges.map(({ id }) => id).join("\n")}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for nodes and edges without their numbers.
  const places = useMemo(() => placesOf(shown.nodes, shown.edges), [shape]);
  const tones = useMemo(() => tonesOf(shown.edges, open), [shown.edges, open]);
  const nodes = useMemo(() => flowNodes(shown.nodes, places, tones, open), [shown.nodes, places, tones, open]);
  const edges = useMemo(() => flowEdges(shown.edges, open), [shown.edges, open]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture begins as a whole.
  useEffect(() => {
    const frame = requestAnimationFrame(() => void flow.fitView({ padding: 0.06, maxZoom: 1 }));
    return () => cancelAnimationFrame(frame);
  }, [shape, flow]);

  const nodeOf = (id: string) => shown.nodes.find((node) => node.id === id);
  const goTo = (id: string) => {
    const place = places.get(id);
    const node = nodeOf(id);
    if (!place || !node) return;
    onOpen(node);
    void flow.setCenter(place.x + nodeWidth[node.kind] / 2, place.y, {
      zoom: Math.max(flow.getZoom(), 0.6),
      duration: 0,
    });
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const node = at === undefined ? undefined : nodeOf(at);
    if (node === undefined) return;
    if (event.key === "Enter") onEnter(node);
    else if (event.key === "Escape") onOpen(null);
    else {
      const next = step(event.key, node.id, shown.edges, places);
      if (next === null) return;
      if (next !== undefined) goTo(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={box} className="min-h-0 min-w-0 flex-1" onKeyDownCapture={onKeyDown}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={1.5}
        onNodeClick={(_event, { id }) => onOpen(nodeOf(id) ?? null)}
        onNodeDoubleClick={(_event, { id }) => {
          const node = nodeOf(id);
          if (node) onEnter(node);
        }}
        onPaneClick={() => onOpen(null)}
        proOptions={{ hideAttribution: true }}
        aria-label="Drawing of the topology; the list shows the same"
      >
        <Panel position="top-right" className="m-3! flex rounded-5 border border-line-2 bg-raised">
          <IconButton label="Smaller" onClick={() => void flow.zoomOut()}>
            <Minus className="icon-14" aria-hidden="true" />
          </IconButton>
          <IconButton label="Show all of it" onClick={() => void flow.fitView({ padding: 0.06, maxZoom: 1 })}>
            <Maximize className="icon-14" aria-hidden="true" />
          </IconButton>
          <IconButton label="Larger" onClick={() => void flow.zoomIn()}>
            <Plus className="icon-14" aria-hidden="true" />
          </IconButton>
        </Panel>
      </ReactFlow>
    </div>
  );
}

function tonesOf(edges: readonly Edge[], open: string | null): ReadonlyMap<string, Tone> {
  const tones = new Map<string, Tone>();
  if (open === null) return tones;
  for (const { from, to } of edges) {
    if (from === open) tones.set(to, "near");
    if (to === open) tones.set(from, "near");
  }
  tones.set(open, "selected");
  return tones;
}

function flowNodes(
  nodes: readonly Node[],
  places: Places,
  tones: ReadonlyMap<string, Tone>,
  open: string | null,
): FlowNode<NodeData>[] {
  // One stop for the tab key; the arrows go on from there.
  const stop = nodes.some(({ id }) => id === open) ? open : nodes[0]?.id;
  return nodes.map((node) => ({
    id: node.id,
    type: "node",
    position: places.get(node.id) ?? { x: 0, y: 0 },
    width: nodeWidth[node.kind],
    height: nodeHeight,
    data: { node, tone: tones.get(node.id) ?? "plain" },
    focusable: true,
    ariaLabel: sentenceOf(node),
    ariaRole: "button",
    domAttributes: { tabIndex: node.id === stop ? 0 : -1, "aria-pressed": node.id === open },
  }));
}

function flowEdges(edges: readonly Edge[], open: string | null): FlowEdge<EdgeData>[] {
  return edges.map((edge) => {
    const tone: Tone = open !== null && (edge.from === open || edge.to === open) ? "near" : "plain";
    return { id: edge.id, source: edge.from, target: edge.to, type: "edge", data: { edge, tone }, focusable: false };
  });
}

/** Where an arrow key leads from a node: undefined if nowhere, null if the key is none of these. */
function step(key: string, from: string, edges: readonly Edge[], places: Places): string | null | undefined {
  const here = places.get(from);
  if (here === undefined) return undefined;
  const nearest = (ids: readonly string[]) =>
    ids
      .map((id) => ({ id, place: places.get(id) ?? here }))
      .sort((a, b) => distance(a.place, here) - distance(b.place, here))[0]?.id;
  if (key === "ArrowRight") return nearest(edges.filter((edge) => edge.from === from).map(({ to }) => to));
  if (key === "ArrowLeft") return nearest(edges.filter((edge) => edge.to === from).map((edge) => edge.from));
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const sign = key === "ArrowDown" ? 1 : -1;
  return nearest([...places].filter(([, { y }]) => (y - here.y) * sign > 1).map(([id]) => id));
}

/** To the side counts more than up and down, so that the arrows stay in their column. */
function distance(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): number {
  return Math.abs(a.y - b.y) + 4 * Math.abs(a.x - b.x);
}
