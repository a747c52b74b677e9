"use client";

import { BaseEdge, type EdgeProps, getBezierPath, Handle, type NodeProps, Position } from "@xyflow/react";
import clsx from "clsx";
import type { Edge, Node } from "@/components/topology/graph";
import { isMissing, nameOf, sentenceOf, wayWords } from "@/components/topology/words";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** What React Flow hands to the drawing of a node. */
export type NodeData = { readonly node: Node; readonly tone: Tone };
export type EdgeData = { readonly edge: Edge; readonly tone: Tone };
/** How a thing stands to what is selected: it, next to it, or neither. */
export type Tone = "selected" | "near" | "plain";

/** One node: exchanges are round, queues have corners, groups stand like a pile. */
export function TopologyNode({ data }: NodeProps & { data: NodeData }) {
  const { node, tone } = data;
  const nobody = isMissing(node);
  return (
    <div
      title={sentenceOf(node)}
      className={clsx(
        "flex h-[30px] w-full items-center gap-2 border px-3 text-12",
        node.kind === "exchange" ? "rounded-full bg-sunken" : "rounded-5 bg-raised",
        node.kind === "group" && "shadow-[3px_3px_0_-1px_var(--color-surface),3px_3px_0_0_var(--color-line-2)]",
        nobody && "border-dashed",
        tone === "selected"
          ? "border-accent bg-accent-tint shadow-[0_0_0_1px_var(--color-accent)]"
          : tone === "near"
            ? "border-accent"
            : nobody
              ? "border-warn-line"
              : node.dead > 0
                ? "border-danger-line"
                : "border-line-2",
      )}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className="opacity-0" />
      <span
        className={clsx(
          "clip-text min-w-0 flex-1 text-left",
          node.kind === "consumers" ? (nobody ? "text-warn" : "text-ink-2") : "mono text-ink",
        )}
      >
        {nameOf(node)}
      </span>
      {/* The name of the node for screen readers holds these words in this order, with spaces between them. */}{" "}
      <Figure node={node} />
      <Handle type="source" position={Position.Right} isConnectable={false} className="opacity-0" />
    </div>
  );
}

function Figure({ node }: { node: Node }) {
  if (node.kind === "exchange") return <span className="text-11 text-ink-3">{node.type}</span>;
  if (node.kind === "consumers") return node.consumers > 0 ? <Pips of={node.consumers} full={node.full} /> : null;
  return (
    <>
      {node.kind === "group" && <span className="text-11 text-ink-3">{formatNoun(node.members, node.type)}</span>}{" "}
      {(node.kind === "queue" || node.type === "queue") && (
        <span className={node.dead > 0 ? "text-danger" : node.ready === 0 ? "text-ink-3" : "font-semibold"}>
          {formatCount(node.ready)}
        </span>
      )}
    </>
  );
}

/** So many consumers are drawn one by one. */
const mostPips = 8;

function Pips({ of, full }: { of: number; full: number }) {
  if (of > mostPips) return <span className="text-11 text-ink-3">{`${formatCount(full)} busy`}</span>;
  return (
    <span aria-hidden="true" className="flex gap-0.5">
      {Array.from({ length: of }, (_, place) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a pip is its place.
          key={place}
          className={clsx("h-2.5 w-1.5 rounded-[2px] border border-control", place < full && "bg-ink-2")}
        />
      ))}
    </span>
  );
}

/** One edge: its width says how many messages a second. Dead letters and alternates are dashed. */
export function TopologyEdge(props: EdgeProps & { data: EdgeData }) {
  const { edge, tone } = props.data;
  const [path, labelX, labelY] = getBezierPath(props);
  const near = tone !== "plain";
  const words = near ? wayWords(edge) : "";
  const dead = edge.way === "dead";
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        interactionWidth={0}
        style={{
          stroke: `var(--color-${dead ? "danger" : near ? "accent" : "line-2"})`,
          strokeWidth: Math.min(11, 1.25 + 1.25 * Math.sqrt(edge.rate)),
          strokeDasharray: dead ? "4 4" : edge.way === "alternate" ? "1 4" : undefined,
          opacity: dead && !near ? 0.6 : 1,
        }}
      />
      {words !== "" && (
        <text
          x={labelX}
          y={labelY - 4}
          textAnchor="middle"
          className="mono fill-ink text-11"
          style={{ paintOrder: "stroke", stroke: "var(--color-surface)", strokeWidth: 4 }}
        >
          {words.length > 40 ? `${words.slice(0, 39)}…` : words}
        </text>
      )}
    </>
  );
}
