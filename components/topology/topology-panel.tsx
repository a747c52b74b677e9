"use client";

import { exchangeHref, queueHref } from "@/components/queues/links";
import type { Edge, Node } from "@/components/topology/graph";
import type { Shown } from "@/components/topology/shown";
import { nameOf, sentenceOf, wayWords } from "@/components/topology/words";
import { Button, ButtonLink } from "@/components/ui/button";
import { KeyValues } from "@/components/ui/key-values";
import { PanelHead } from "@/components/ui/split-view";
import { formatCount, formatRate } from "@/lib/format/numbers";

/** Where an open node has its own page. */
export function pageOfNode(node: Node): string | null {
  if (node.kind === "exchange") return exchangeHref(node.vhost, node.name);
  if (node.kind === "group") return null;
  return queueHref(node.vhost, node.name);
}

/** What is selected: its figures, what leads to it, where it leads. */
export function TopologyPanel({
  node,
  shown,
  onOpen,
  onNear,
  onWithin,
  onClose,
}: {
  node: Node;
  shown: Shown;
  onOpen: (id: string) => void;
  onNear: (node: Node) => void;
  onWithin: (node: Node) => void;
  onClose: () => void;
}) {
  const page = pageOfNode(node);
  const list = (edges: readonly Edge[], end: "from" | "to") => <Ways {...{ edges, end, shown, onOpen }} />;
  const out = shown.edges.filter(({ from }) => from === node.id);
  return (
    <>
      <PanelHead onClose={onClose}>
        <span className="text-12 text-ink-3">{node.kind === "group" ? `${node.type}s` : node.kind}</span>
        <h2 className="clip-text mono" title={sentenceOf(node)}>
          {node.kind === "consumers" ? `of ${node.name}` : nameOf(node)}
        </h2>
      </PanelHead>
      <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-4 py-3">
        <KeyValues plain rows={figures(node)} />
        <Section title="In">
          {list(
            shown.edges.filter(({ to }) => to === node.id),
            "from",
          )}
        </Section>
        <Section title="Out">
          {list(
            out.filter(({ way }) => way !== "dead"),
            "to",
          )}
        </Section>
        <Section title="Fails to">
          {list(
            out.filter(({ way }) => way === "dead"),
            "to",
          )}
        </Section>
        <div className="flex flex-wrap gap-2">
          {page !== null && (
            <ButtonLink href={page}>{node.kind === "exchange" ? "Open exchange" : "Open queue"}</ButtonLink>
          )}
          {node.kind === "group" && node.name !== "" && (
            <Button onClick={() => onWithin(node)}>{`Open ${formatCount(node.members)} ${node.type}s`}</Button>
          )}
          {node.kind !== "group" && node.kind !== "consumers" && (
            <Button variant="ghost" onClick={() => onNear(node)}>
              Show what is near it
            </Button>
          )}
        </div>
      </div>
    </>
  );
}

function figures(node: Node) {
  const holds = node.kind === "queue" || (node.kind === "group" && node.type === "queue");
  return [
    ...(node.kind === "group" ? [{ name: "Members", value: formatCount(node.members) }] : []),
    ...(node.kind === "exchange" ? [{ name: "Type", value: node.type }] : []),
    { name: node.kind === "consumers" ? "Taken" : "In", value: formatRate(node.rate) },
    ...(holds ? [{ name: "Ready", value: formatCount(node.ready) }] : []),
    ...(node.dead > 0 ? [{ name: "Dead letters", value: formatCount(node.dead) }] : []),
    ...(holds || node.kind === "consumers"
      ? [{ name: "Consumers", value: `${formatCount(node.consumers)}, ${formatCount(node.full)} without room` }]
      : []),
  ];
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="has-[ul:empty]:hidden">
      <h3 className="mb-1 text-12 text-ink-3">{title}</h3>
      {children}
    </section>
  );
}

function Ways({
  edges,
  end,
  shown,
  onOpen,
}: {
  edges: readonly Edge[];
  end: "from" | "to";
  shown: Shown;
  onOpen: (id: string) => void;
}) {
  return (
    <ul className="flex flex-col">
      {edges.map((edge) => {
        const node = shown.nodes.find(({ id }) => id === edge[end]);
        if (node === undefined) return null;
        return (
          <li key={edge.id}>
            <button
              type="button"
              onClick={() => onOpen(node.id)}
              className="grid w-full grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-2 rounded-5 px-1.5 py-1 text-left hover:bg-hover"
            >
              <span className={node.kind === "consumers" ? "text-12" : "clip-text mono"}>{nameOf(node)}</span>
              <span className="text-12 text-ink-2">{edge.rate > 0 ? formatRate(edge.rate) : ""}</span>
              <code className="clip-text col-span-2 text-12 text-ink-3">{wayWords(edge)}</code>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
