"use client";

import { useMemo } from "react";
import { Rows } from "@/components/body/rows";
import { textRows } from "@/components/body/text-lines";
import { VisibleText } from "@/components/ui/visible-text";

/** A body as the text that it is, line by line; long lines are broken to fit. */
export function TextView({ text, hits }: { text: string; hits: readonly string[] }) {
  const rows = useMemo(() => textRows(text), [text]);
  const numbered = rows.length > 1 && rows.at(-1)?.line !== 1;
  return (
    <Rows
      count={rows.length}
      measured
      boxProps={{ role: "region", "aria-label": "Body as text" }}
      row={(index) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <div className="body-line pr-3" style={{ paddingLeft: numbered ? 52 : 12 }}>
            {numbered && (
              <span className="body-line-number" aria-hidden="true">
                {row.line}
              </span>
            )}
            <VisibleText text={text.slice(row.start, row.end)} hits={hits} />
          </div>
        );
      }}
    />
  );
}
