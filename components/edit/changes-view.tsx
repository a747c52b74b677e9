"use client";

import clsx from "clsx";
import { useEffect, useState } from "react";
import { type Content, messageLines } from "@/components/edit/message-lines";
import { VisibleText } from "@/components/ui/visible-text";
import { formatNoun } from "@/lib/format/numbers";

interface Line {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** Unchanged lines between two changes are folded beyond so many. */
const context = 3;

/** What an edited message differs in from the original, line by line; told in words as well as in colour. */
export function ChangesView({ original, edited }: { original: Content; edited: Content }) {
  const lines = useLines(messageLines(original), messageLines(edited));
  if (lines === null) return <p className="text-12 text-ink-3">Comparing…</p>;
  const added = lines.filter(({ kind }) => kind === "added").length;
  const removed = lines.filter(({ kind }) => kind === "removed").length;
  if (added + removed === 0) return <p className="text-12 text-ink-2">Nothing is changed yet.</p>;
  return (
    <>
      <p className="mb-1 text-12 text-ink-2" aria-live="polite">
        {formatNoun(added, "line")} added, {formatNoun(removed, "line")} taken away.
      </p>
      <ol className="mono overflow-x-auto rounded-5 border border-line bg-sunken py-1 leading-5">
        {folded(lines).map((line, index) =>
          typeof line === "number" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
            <li key={index} className="px-2 text-ink-3">
              {formatNoun(line, "line")} as before
            </li>
          ) : (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
              key={index}
              className={clsx(
                "px-2 whitespace-pre-wrap [overflow-wrap:anywhere]",
                line.kind === "added" && "bg-ok-tint text-ok",
                line.kind === "removed" && "bg-danger-tint text-danger",
              )}
            >
              <span aria-hidden="true">{line.kind === "added" ? "+ " : line.kind === "removed" ? "− " : "  "}</span>
              {line.kind !== "same" && <span className="sr-only">{line.kind}: </span>}
              <VisibleText text={line.text} />
            </li>
          ),
        )}
      </ol>
    </>
  );
}

/** The comparison comes with the page's own code only when there is something to compare. */
function useLines(before: string, after: string): readonly Line[] | null {
  const [lines, setLines] = useState<readonly Line[] | null>(null);
  useEffect(() => {
    let current = true;
    void import("diff").then(({ diffLines }) => {
      if (!current) return;
      setLines(
        diffLines(before, after).flatMap(({ value, added, removed }): Line[] =>
          value
            .replace(/\n$/, "")
            .split("\n")
            .map((text) => ({ kind: added ? "added" : removed ? "removed" : "same", text })),
        ),
      );
    });
    return () => {
      current = false;
    };
  }, [before, after]);
  return lines;
}

/** Long runs of what stayed become their number. */
function folded(lines: readonly Line[]): (Line | number)[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== "same"),
  );
  const shown: (Line | number)[] = [];
  lines.forEach((line, at) => {
    if (near[at]) shown.push(line);
    else if (typeof shown.at(-1) === "number") shown[shown.length - 1] = (shown.at(-1) as number) + 1;
    else shown.push(1);
  });
  return shown;
}
