"use client";

import clsx from "clsx";
import { memo, type ReactNode } from "react";
import { Tick } from "@/components/ui/checkbox";
import type { Column } from "@/components/ui/data-table/columns";

export type RowProps<Row> = {
  row: Row;
  id: string;
  domId: string;
  /** The place in the whole list, 0 first. */
  index: number;
  columns: readonly Column<Row>[];
  selectable: boolean;
  selected: boolean;
  open: boolean;
  cursor: boolean;
  arrived: boolean;
  secondLine: ((row: Row) => ReactNode) | undefined;
};

/** Whether a vertical line stands before this column: its group is another than that of the column before. */
export function startsGroup<Row>(columns: readonly Column<Row>[], index: number): boolean {
  const before = columns[index - 1];
  return before !== undefined && before.group !== columns[index]?.group;
}

function PlainRow<Row>(props: RowProps<Row>) {
  const { row, id, domId, index, columns, selectable, selected, open, cursor, arrived, secondLine } = props;
  return (
    <tr
      id={domId}
      data-id={id}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className={clsx("row", open && "open", cursor && "cursor", arrived && "arrived")}
    >
      {selectable && (
        <td data-tick="">
          <Tick checked={selected} />
        </td>
      )}
      {columns.map((column, at) => (
        <td key={column.id} className={clsx(column.align, startsGroup(columns, at) && "group-start")}>
          {column.grow && secondLine ? (
            <>
              {column.cell(row)}
              <div className="mt-0.5 flex min-w-0 items-center gap-2 overflow-hidden text-12">{secondLine(row)}</div>
            </>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

/** One row. Drawn again only when what it shows has changed. */
export const TableRow = memo(PlainRow) as typeof PlainRow;

/** Bars in the table's own columns while rows are on their way; they appear after 200 ms. */
export function SkeletonRows<Row>({
  columns,
  selectable,
  count,
}: {
  columns: readonly Column<Row>[];
  selectable: boolean;
  count: number;
}) {
  return Array.from({ length: count }, (_, line) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity.
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus.
    <tr key={line} aria-hidden="true" className="skeleton-row">
      {selectable && <td />}
      {columns.map((column, at) => (
        <td key={column.id} className={clsx(column.align, startsGroup(columns, at) && "group-start")}>
          <span
            className="inline-block h-2 rounded-[2px] bg-line"
            style={{ width: `min(100%, ${Math.round(column.width * (0.45 + ((line * 7 + at * 3) % 5) / 12))}px)` }}
          />
        </td>
      ))}
    </tr>
  ));
}
