"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import type { Column } from "@/components/ui/data-table/columns";
import { useSwitchedColumns } from "@/components/ui/data-table/preferences";

/** What the Columns button opens: every column of the table, with those that are shown ticked. */
export function ColumnsPane<Row>({
  name,
  columns,
  shown,
  close,
}: {
  name: string;
  columns: readonly Column<Row>[];
  /** Ids of those that are shown. */
  shown: ReadonlySet<string>;
  close: () => void;
}) {
  const [switched, setSwitched] = useSwitchedColumns(name);
  const [sought, setSought] = useState("");
  const matching = columns.filter((column) =>
    `${column.label} ${column.description ?? ""}`.toLowerCase().includes(sought.toLowerCase()),
  );
  const groups = [...new Set(matching.map((column) => column.group ?? ""))];
  return (
    <>
      <div className="p-2">
        <span className="flex h-7 items-center gap-1.5 rounded-5 border border-control px-2 focus-within:border-transparent focus-within:outline-2 focus-within:outline-accent">
          <Search className="icon-14 text-ink-3" aria-hidden="true" />
          <input
            aria-label="Find a column"
            placeholder="Find a column"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
            className="min-w-0 flex-1 bg-transparent outline-none"
          />
        </span>
      </div>
      <div className="max-h-96 columns-2 gap-2 overflow-y-auto px-3 pb-2">
        {groups.map((group) => (
          <fieldset key={group} className="mb-1 break-inside-avoid-column">
            {group !== "" && <legend className="py-1 text-11 text-ink-3">{group}</legend>}
            {matching
              .filter((column) => (column.group ?? "") === group)
              .map((column) => (
                <Checkbox
                  key={column.id}
                  block
                  className="-mx-1 rounded-5 px-1 hover:bg-hover-raised"
                  checked={shown.has(column.id)}
                  disabled={column.fixed === true}
                  onCheckedChange={(checked) => setSwitched({ ...switched, [column.id]: checked })}
                >
                  {column.label}
                </Checkbox>
              ))}
          </fieldset>
        ))}
        {matching.length === 0 && <p className="py-1 text-12 text-ink-3">No column has this in its name</p>}
      </div>
      <div className="flex items-center justify-between border-t border-line p-2">
        <Button variant="ghost" onClick={() => setSwitched({})}>
          Back to the usual columns
        </Button>
        <Button onClick={close}>Done</Button>
      </div>
    </>
  );
}
