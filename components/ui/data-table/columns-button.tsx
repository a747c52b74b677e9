"use client";

import { Columns3, Rows2, Rows3, Rows4 } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button";
import { type Column, shownColumns } from "@/components/ui/data-table/columns";
import type * as Pane from "@/components/ui/data-table/columns-pane";
import { type Density, useDensity, useSwitchedColumns } from "@/components/ui/data-table/preferences";
import { late } from "@/components/ui/late";
import { Popover } from "@/components/ui/popover";

const pane = late<typeof Pane>(() => import("@/components/ui/data-table/columns-pane"));

/** Chooses the columns of the table of that `name`; the choice is remembered. Hidden on a phone. */
export function ColumnsButton<Row>({ name, columns }: { name: string; columns: readonly Column<Row>[] }) {
  const [switched] = useSwitchedColumns(name);
  const shown = new Set(shownColumns(columns, switched, false).map((column) => column.id));

  return (
    <span className="contents phone:hidden">
      <Popover
        title="Columns"
        prepare={pane.fetch}
        className="w-[372px]"
        trigger={
          <Button icon={<Columns3 className="icon-14" aria-hidden="true" />}>
            Columns
            <span className="font-normal text-ink-3">
              {shown.size} of {columns.length}
            </span>
          </Button>
        }
      >
        {(close) => {
          const parts = pane.get();
          return parts && <parts.ColumnsPane name={name} columns={columns} shown={shown} close={close} />;
        }}
      </Popover>
    </span>
  );
}

const next: Record<Density, Density> = { normal: "roomy", roomy: "compact", compact: "normal" };
const words: Record<Density, string> = { compact: "close", normal: "normal", roomy: "roomy" };

/** Steps through how close rows stand together, in every table at once. Hidden on a phone, where rows have two lines. */
export function DensityButton() {
  const [density, setDensity] = useDensity();
  const Icon = density === "compact" ? Rows4 : density === "normal" ? Rows3 : Rows2;
  return (
    <span className="contents phone:hidden">
      <IconButton
        variant="default"
        label={`Rows: ${words[density]}. Make them ${words[next[density]]}`}
        onClick={() => setDensity(next[density])}
      >
        <Icon className="icon-14" aria-hidden="true" />
      </IconButton>
    </span>
  );
}
