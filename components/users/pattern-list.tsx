"use client";

import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { VisibleText } from "@/components/ui/visible-text";

/** What is allowed in one place. */
export interface PatternRow {
  readonly id: string;
  readonly name: string;
  /** By right. An empty pattern fits the empty name only, so it allows nothing. */
  readonly patterns: Readonly<Record<string, string>>;
  readonly edit: () => void;
  readonly remove: () => Promise<void>;
}

/** Permissions below each other, each with its patterns and the ways to change and remove it. */
export function PatternList({
  label,
  rows,
  nothing,
  removal,
}: {
  label: string;
  rows: readonly PatternRow[];
  nothing: string;
  /** What removing one is called. */
  removal: (name: string) => string;
}) {
  const [removing, setRemoving] = useState<PatternRow | null>(null);
  if (rows.length === 0 && removing === null) return <p className="px-4 pb-2 text-12 text-ink-2">{nothing}</p>;
  return (
    <>
      <ul aria-label={label} className="border-t border-line">
        {rows.map((row) => (
          <li key={row.id} className="flex items-center gap-3 border-b border-line px-4 py-1.5">
            <div className="min-w-0 flex-1">
              <b className="mono font-semibold break-words">
                <VisibleText text={row.name} />
              </b>
              <dl className="flex flex-wrap gap-x-4 text-12">
                {Object.entries(row.patterns).map(([right, pattern]) => (
                  <div key={right} className="flex min-w-0 gap-1.5">
                    <dt className="text-ink-3">{right}</dt>
                    <dd className="mono min-w-0 [overflow-wrap:anywhere]">
                      {pattern === "" ? <span className="text-ink-3">nothing</span> : <VisibleText text={pattern} />}
                    </dd>
                  </div>
                ))}
              </dl>
            </div>
            <span className="flex shrink-0 gap-1">
              <IconButton label={`Change ${row.name}`} onClick={row.edit}>
                <Pencil className="icon-14" aria-hidden="true" />
              </IconButton>
              <IconButton label={removal(row.name)} onClick={() => setRemoving(row)}>
                <Trash2 className="icon-14" aria-hidden="true" />
              </IconButton>
            </span>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={removing ? removal(removing.name) : ""}
        confirm="Take it away"
        keep="Keep it"
        onConfirm={async () => removing?.remove()}
      >
        <p className="text-ink-2">Queues, exchanges and messages stay; only the right to them goes.</p>
      </ConfirmDialog>
    </>
  );
}
