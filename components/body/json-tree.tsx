"use client";

import clsx from "clsx";
import { ChevronDown, ChevronRight, Pin, PinOff } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { type TreeRow, treeRows } from "@/components/body/json-fold";
import { type JsonNode, type JsonReading, pathOf, pathText, summaryOf } from "@/components/body/json-nodes";
import { Rows } from "@/components/body/rows";
import { VisibleText } from "@/components/ui/visible-text";

/** A string longer than this is shown in part, until one asks for it. */
const shortString = 400;

export interface TreeHits {
  /** Words to mark anywhere. */
  readonly words: readonly string[];
  /** Values to mark at a path: `order.id` to `42`. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Which fields are columns of the list, and how one becomes so. */
export interface Pins {
  readonly pinned: readonly string[];
  readonly toggle: (path: string) => void;
}

/**
 * A JSON body as a tree that folds. One tab stop: arrows move, left and right fold and unfold, `p` pins the field as
 * a column of the list.
 */
export function JsonTree({
  reading,
  folds,
  onFolds,
  hits,
  pins,
}: {
  reading: JsonReading;
  folds: ReadonlySet<number>;
  onFolds: (folds: ReadonlySet<number>) => void;
  hits: TreeHits;
  pins?: Pins | undefined;
}) {
  const { nodes } = reading;
  const rows = useMemo(() => treeRows(nodes, folds), [nodes, folds]);
  const [active, setActive] = useState(-1);
  const id = useId();

  const fold = (node: number, folded: boolean) => {
    const next = new Set(folds);
    if (folded) next.add(node);
    else next.delete(node);
    onFolds(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[active];
    const node = row && nodes[row.node];
    const go = (index: number) => setActive(Math.min(Math.max(index, 0), rows.length - 1));
    if (event.key === "ArrowDown") go(active + 1);
    else if (event.key === "ArrowUp") go(active - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (!row || !node) return;
    else if (event.key === "ArrowRight" && node.size > 0 && folds.has(row.node)) fold(row.node, false);
    else if (event.key === "ArrowRight") go(active + 1);
    else if (event.key === "ArrowLeft" && node.size > 0 && !folds.has(row.node) && !row.closing) fold(row.node, true);
    else if (event.key === "ArrowLeft") go(rows.findIndex((other) => other.node === node.parent));
    else if (event.key === "Enter" && node.size > 0) fold(row.node, !folds.has(row.node));
    else if (event.key === "p" && pins) {
      const path = pathText(pathOf(nodes, row.node));
      if (path !== null) pins.toggle(path);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Rows
      count={rows.length}
      measured
      reveal={active < 0 ? undefined : active}
      boxProps={{
        role: "tree",
        "aria-label": "Body as a tree",
        "aria-activedescendant": active < 0 ? undefined : `${id}-${active}`,
        onKeyDown,
        onFocus: () => setActive((index) => Math.max(index, 0)),
        onBlur: (event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setActive(-1);
        },
      }}
      row={(index) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <Row
            id={`${id}-${index}`}
            {...{ nodes, row, hits, pins }}
            folded={folds.has(row.node)}
            active={index === active}
            onFold={(folded) => fold(row.node, folded)}
          />
        );
      }}
    />
  );
}

function Row({
  id,
  nodes,
  row,
  folded,
  active,
  hits,
  pins,
  onFold,
}: {
  id: string;
  nodes: readonly JsonNode[];
  row: TreeRow;
  folded: boolean;
  active: boolean;
  hits: TreeHits;
  pins: Pins | undefined;
  onFold: (folded: boolean) => void;
}) {
  const node = nodes[row.node];
  if (!node) return null;
  const indent = { paddingLeft: `min(calc(24px + ${node.depth * 2}ch), 55%)` };
  const bracket = node.kind === "object" ? "}" : "]";
  if (row.closing) {
    return (
      <div id={id} role="none" className={clsx("body-line text-ink-3", active && "bg-hover")} style={indent}>
        {bracket}
      </div>
    );
  }
  const holds = node.size > 0;
  const path = pins && node.depth > 0 ? pathText(pathOf(nodes, row.node)) : null;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the active row.
    <div
      id={id}
      role="treeitem"
      aria-level={node.depth + 1}
      aria-expanded={holds ? !folded : undefined}
      aria-selected={active}
      className={clsx(
        "group/row body-line pr-3 hover:bg-hover",
        active && "bg-hover shadow-[inset_2px_0_var(--color-accent)]",
      )}
      style={indent}
    >
      {holds && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={folded ? "Unfold" : "Fold"}
          onClick={() => onFold(!folded)}
          className="absolute top-0.5 left-1 grid size-4 place-items-center text-ink-3 before:absolute before:-inset-1 hover:text-ink phone:before:-inset-x-3"
        >
          {folded ? <ChevronRight className="size-3" /> : <ChevronDown className="size-3" />}
        </button>
      )}
      {node.key !== null && typeof node.key === "string" && (
        <span className="text-ink-3">
          "<VisibleText text={node.key} hits={hits.words} />
          ":{" "}
        </span>
      )}
      <Value node={node} folded={folded} hits={hits} path={pathText(pathOf(nodes, row.node))} />
      {path !== null && pins && <PinButton path={path} pins={pins} active={active} />}
    </div>
  );
}

function Value({ node, folded, hits, path }: { node: JsonNode; folded: boolean; hits: TreeHits; path: string | null }) {
  const [whole, setWhole] = useState(false);
  if (node.kind === "object" || node.kind === "array") {
    if (node.size === 0 && node.closed)
      return <span className="text-ink-3">{node.kind === "object" ? "{}" : "[]"}</span>;
    return <span className="text-ink-3">{folded ? summaryOf(node) : node.kind === "object" ? "{" : "["}</span>;
  }
  const wanted = path === null ? undefined : hits.fields.get(path);
  const words = wanted !== undefined && wanted.toLowerCase() === node.text.toLowerCase() ? [node.text] : hits.words;
  if (node.kind !== "string") {
    return (
      <span className="text-clay">
        <VisibleText text={node.text} hits={words} />
      </span>
    );
  }
  const cut = !whole && node.text.length > shortString;
  return (
    <span>
      "<VisibleText text={cut ? node.text.slice(0, shortString) : node.text.slice(0, 20_000)} hits={words} />
      {cut ? (
        <button type="button" tabIndex={-1} className="link font-sans" onClick={() => setWhole(true)}>
          … show all {node.text.length.toLocaleString("en")} characters
        </button>
      ) : node.text.length > 20_000 ? (
        <span className="font-sans text-ink-3">
          … {(node.text.length - 20_000).toLocaleString("en")} more characters: Raw shows them
        </span>
      ) : (
        (node.closed && '"') || <span className="font-sans text-ink-3">… cut here</span>
      )}
    </span>
  );
}

function PinButton({ path, pins, active }: { path: string; pins: Pins; active: boolean }) {
  const pinned = pins.pinned.includes(path);
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={() => pins.toggle(path)}
      className={clsx(
        "absolute top-px right-1 h-[18px] items-center gap-1 rounded-3 bg-raised px-1.5 font-sans text-11 font-medium text-accent shadow-[0_0_0_1px_var(--color-line-2)]",
        active || pinned ? "inline-flex" : "hidden group-hover/row:inline-flex",
      )}
    >
      {pinned ? (
        <PinOff className="size-[11px]" aria-hidden="true" />
      ) : (
        <Pin className="size-[11px]" aria-hidden="true" />
      )}
      <span className="max-w-40 clip-text">{pinned ? `Unpin ${path}` : `Pin ${path}`}</span>
    </button>
  );
}
