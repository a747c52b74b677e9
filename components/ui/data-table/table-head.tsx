"use client";

import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, MouseEvent } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { startsGroup } from "@/components/ui/data-table/table-row";

/** The order that a click on this head asks for: the other way if it is sorted, else its own first direction. */
function nextSort<Row>(column: Column<Row>, sort: Sort): Sort {
  if (sort.column === column.id) return { column: column.id, descending: !sort.descending };
  return { column: column.id, descending: (column.sortFirst ?? (column.align === "end" ? "desc" : "asc")) === "desc" };
}

/**
 * Sticky heads. A click sorts; the right click (or Shift F10) opens the column's menu. Heads are not tab stops:
 * Arrow Up from the first row comes here, Left and Right walk, Down goes back.
 */
export function TableHead<Row>(props: {
  columns: readonly Column<Row>[];
  sort: Sort;
  onSort: ((sort: Sort) => void) | undefined;
  /** The right click on a head, or Shift F10. */
  onMenu: (event: MouseEvent<HTMLElement>) => void;
  tabStop: boolean;
  tick: { empty: boolean; state: "none" | "some" | "all"; toggle: () => void } | undefined;
}) {
  const { columns, sort, onSort, onMenu, tabStop, tick } = props;
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button[data-head]")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[at + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <thead onKeyDown={walk} onContextMenu={onMenu}>
      <tr aria-rowindex={1}>
        {tick && (
          <th scope="col" className="w-[38px]">
            <Checkbox
              tabIndex={-1}
              aria-label="Select all rows"
              disabled={tick.empty}
              checked={tick.state === "all"}
              indeterminate={tick.state === "some"}
              onCheckedChange={tick.toggle}
            />
          </th>
        )}
        {columns.map((column, at) => {
          const sorted = sort.column === column.id && column.sortBy !== undefined;
          const Arrow = sort.descending ? ArrowDown : ArrowUp;
          return (
            <th
              key={column.id}
              scope="col"
              data-column={column.id}
              title={column.description}
              aria-sort={sorted ? (sort.descending ? "descending" : "ascending") : undefined}
              className={clsx(column.align, startsGroup(columns, at) && "group-start")}
            >
              {column.sortBy && onSort ? (
                <button
                  type="button"
                  data-head=""
                  data-sorted={sorted || undefined}
                  tabIndex={tabStop && at === 0 ? 0 : -1}
                  onClick={() => onSort(nextSort(column, sort))}
                >
                  {column.icon}
                  <span className="clip-text">{column.label}</span>
                  {sorted && <Arrow className="size-3 shrink-0" strokeWidth={2.25} aria-hidden="true" />}
                </button>
              ) : column.icon === undefined ? (
                column.label
              ) : (
                <span className="inline-flex max-w-full items-center gap-1">
                  {column.icon}
                  <span className="clip-text">{column.label}</span>
                </span>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
