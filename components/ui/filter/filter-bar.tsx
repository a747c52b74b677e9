"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/button";
import { Tick } from "@/components/ui/checkbox";
import type { Selection } from "@/components/ui/data-table/use-selection";
import { useHotkey } from "@/components/ui/hotkeys";
import { formatCount } from "@/lib/format/numbers";

/** The 44 px line above a list: its search field, then what narrows or arranges it. Columns and density go to `end`. */
export function FilterBar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 px-4 py-2">
      <div className="flex min-w-0 flex-1 items-center gap-2 [&>*:first-child]:max-w-[440px] phone:flex-wrap phone:[&>*:first-child]:max-w-none">
        {children}
      </div>
      {end !== undefined && <div className="ml-auto flex items-center gap-2">{end}</div>}
    </div>
  );
}

/**
 * What the filter bar becomes while rows are selected: how many, "Select all that match", and the actions that
 * are legal for them (`children`), each with its exact count in its words. Same height, so nothing moves.
 */
export function SelectionBar({
  selection,
  total,
  children,
  note,
}: {
  selection: Selection;
  /** How many match in all, loaded or not. Without it "Select all" isn't offered. */
  total?: number;
  children: ReactNode;
  /** Soft words: why fewer can be acted upon than are selected. */
  note?: ReactNode;
}) {
  useHotkey({ keys: "Escape", label: "Clear the selection", group: "In a list" }, selection.clear);
  const count = selection.everything ? (total ?? selection.ids.size) : selection.ids.size;
  return (
    <section
      aria-label="Actions for the selection"
      className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 bg-accent-tint px-4 py-1.5 whitespace-nowrap shadow-[inset_0_1px_var(--color-accent-line),inset_0_-1px_var(--color-accent-line)]"
    >
      <Tick checked={selection.everything} mixed={!selection.everything} />
      <b className="font-semibold" aria-live="polite">
        {formatCount(count)} selected
      </b>
      {total !== undefined && total > count && (
        <button type="button" className="link" onClick={selection.selectEverything}>
          Select all {formatCount(total)}
        </button>
      )}
      {note !== undefined && <span className="clip-text text-12 text-ink-3">{note}</span>}
      <div className="ml-auto flex flex-wrap items-center gap-2 phone:ml-0 phone:basis-full">
        {children}
        <IconButton label="Clear the selection" onClick={selection.clear} className="phone:ml-auto">
          <X className="icon-16" aria-hidden="true" />
        </IconButton>
      </div>
    </section>
  );
}
