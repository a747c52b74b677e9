"use client";

import type { Edge, Node } from "@/components/topology/graph";
import type { Shown } from "@/components/topology/shown";
import { nameOf, sentenceOf, wayWords } from "@/components/topology/words";

/** The same as the drawing, as nested lists: where each exchange leads, who takes it there, where failures go. */
export function TopologyOutline({
  shown,
  open,
  onOpen,
}: {
  shown: Shown;
  open: string | null;
  onOpen: (node: Node) => void;
}) {
  const byId = new Map(shown.nodes.map((node) => [node.id, node]));
  const from = (id: string) => shown.edges.filter((edge) => edge.from === id);
  const entered = new Set(shown.edges.filter(({ way }) => way !== "dead").map(({ to }) => to));
  const isExchange = ({ kind, type }: Node) => kind === "exchange" || (kind === "group" && type === "exchange");
  const sources = shown.nodes.filter(isExchange);
  const alone = shown.nodes.filter((node) => !isExchange(node) && node.kind !== "consumers" && !entered.has(node.id));
  const props = { byId, from, open, onOpen };
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
      <ul aria-label="Exchanges, and where they lead" className="flex flex-col gap-3">
        {[...sources, ...alone].map((node) => (
          <li key={node.id}>
            <Line node={node} {...props} />
            <Ways edges={from(node.id)} {...props} deep />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Props {
  readonly byId: ReadonlyMap<string, Node>;
  readonly from: (id: string) => readonly Edge[];
  readonly open: string | null;
  readonly onOpen: (node: Node) => void;
}

function Ways({ edges, deep, ...props }: Props & { edges: readonly Edge[]; deep: boolean }) {
  if (edges.length === 0) return null;
  return (
    <ul className="ml-3 flex flex-col border-l border-line pl-3">
      {edges.map((edge) => {
        const node = props.byId.get(edge.to);
        if (node === undefined) return null;
        const words = wayWords(edge);
        return (
          <li key={edge.id}>
            <div className="flex min-w-0 flex-wrap items-center gap-x-2">
              {words !== "" && (
                <code
                  className={`text-12 [overflow-wrap:anywhere] ${edge.way === "dead" ? "text-danger" : "text-ink-3"}`}
                >
                  {words} →
                </code>
              )}
              <Line node={node} {...props} />
            </div>
            {/* An exchange has an entry of its own; what it leads to is told there. */}
            {deep && node.kind !== "exchange" && (
              <Ways edges={props.from(node.id).filter(({ to }) => to !== edge.from)} deep={false} {...props} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Line({ node, open, onOpen }: Props & { node: Node }) {
  return (
    <button
      type="button"
      aria-pressed={node.id === open}
      onClick={() => onOpen(node)}
      className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-2 rounded-5 px-1.5 text-left hover:bg-hover aria-pressed:bg-accent-tint phone:min-h-10"
    >
      <b
        className={`[overflow-wrap:anywhere] ${node.kind === "consumers" ? "text-12 font-normal" : "mono font-semibold"}`}
      >
        {nameOf(node)}
      </b>
      <span className="text-12 text-ink-3">{afterName(node)}</span>
    </button>
  );
}

/** What stands behind the name: the sentence about it, without the name itself. */
function afterName(node: Node): string {
  const words = sentenceOf(node);
  const after = words.indexOf(", ");
  return after === -1 ? "" : words.slice(after + 2);
}
