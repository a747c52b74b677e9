"use client";

import clsx from "clsx";
import { ArrowUp } from "lucide-react";
import { type MouseEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { type Item, useTableModel } from "@/components/ui/data-table/model";
import { phoneRowHeight, rowHeight, useDensity, useSwitchedColumns } from "@/components/ui/data-table/preferences";
import { TableHead } from "@/components/ui/data-table/table-head";
import { SkeletonRows, TableRow } from "@/components/ui/data-table/table-row";
import { useArrivals } from "@/components/ui/data-table/use-arrivals";
import { useGridKeys } from "@/components/ui/data-table/use-grid-keys";
import { useHeadMenu } from "@/components/ui/data-table/use-head-menu";
import { useHeldOrder } from "@/components/ui/data-table/use-held-order";
import type { Selection } from "@/components/ui/data-table/use-selection";
import { useWindow } from "@/components/ui/data-table/use-window";
import { ErrorState } from "@/components/ui/error-state";
import { usePhone } from "@/components/ui/media";

export type DataTableProps<Row> = {
  /** Names the table for the reader's choice of columns, and for screen readers through `label`. */
  name: string;
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while loading: bars appear after 200 ms. */
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  sort: Sort;
  /** Without it the heads don't sort. */
  onSort?: ((sort: Sort) => void) | undefined;
  /** The rows come in their order from the server and are not sorted here. */
  ordered?: boolean;
  selection?: Selection | undefined;
  /** The row shown in the side panel. */
  openId?: string | null | undefined;
  /** Enter, a click on the row, and j and k while a row is open. */
  onOpen?: ((row: Row) => void) | undefined;
  /** Escape, when a row is open and none is selected. */
  onClose?: (() => void) | undefined;
  /** The list that the page is about: `j`, `k` and `x` work without focusing it first. */
  primary?: boolean;
  /** What a row says on its second line on a phone. */
  secondLine?: (row: Row) => ReactNode;
  /** Shown when there is nothing, and nothing is filtered. */
  empty: ReactNode;
  /** Shown when a filter leaves nothing; `filtered` says that there is one. */
  nothingMatches?: ReactNode;
  filtered?: boolean;
  /** Why loading failed; rows that came before stay. */
  error?: unknown;
  onRetry?: () => void;
  /** More rows are wanted: the end is near. Keep it cheap, it may be called again. */
  onEnd?: (() => void) | undefined;
  /** Changes with the filter: the list then starts at its top, and nothing counts as newly arrived. */
  viewKey?: string;
};

const noRows: readonly never[] = [];

/**
 * A table of any length (10,000 rows scroll smoothly): sticky heads, sorting, columns that the reader chooses,
 * selection with ranges, one tab stop with j k x Enter Esc, and its own loading, empty and error states.
 * It fills the pane that it is in and scrolls there. Nothing moves under a selection or the pointer: new rows
 * wait behind a "2 new" pill.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, label, columns, rows, rowId, sort, onSort, ordered = false, selection, openId, viewKey = "" } = props;
  const phone = usePhone();
  const [density] = useDensity();
  const [switched, setSwitched] = useSwitchedColumns(name);
  const [pointerInside, setPointerInside] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();

  const model = useTableModel({ columns, rows: rows ?? noRows, rowId, sort, ordered, switched, phone });
  const selecting = selection !== undefined && (selection.everything || selection.ids.size > 0);
  const orderKey = `${viewKey} ${sort.column} ${sort.descending}`;
  const { items, waiting, release } = useHeldOrder(model.items, selecting || pointerInside, orderKey);
  const arrived = useArrivals(items, viewKey);
  const shown = model.shown;

  const height = phone ? phoneRowHeight : rowHeight[density];
  const openIndex = useMemo(
    () => (openId === undefined || openId === null ? -1 : items.findIndex((item) => item.id === openId)),
    [items, openId],
  );

  const seen = useWindow(scroller, items.length, height);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new view starts at its top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [viewKey]);

  const grid = useGridKeys({
    items,
    openIndex,
    selection,
    primary: props.primary ?? false,
    onOpen: props.onOpen,
    onClose: props.onClose,
    reveal: seen.reveal,
    scroller,
  });

  const { onEnd } = props;
  useEffect(() => {
    if (onEnd && items.length > 0 && seen.end > items.length - 20) onEnd();
  }, [onEnd, seen.end, items.length]);

  const hide = useCallback((column: string) => setSwitched({ ...switched, [column]: false }), [switched, setSwitched]);

  const headMenu = useHeadMenu({ columns: shown, onSort, onHide: hide });

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const line = target.closest<HTMLElement>("tr.row");
    const index = line ? Number(line.dataset.index) : -1;
    const item = items[index];
    if (!item || target.closest("a,button,input,label")) return;
    if (target.closest("[data-tick]")) {
      grid.toggle(index, event.shiftKey);
      return;
    }
    if (String(getSelection()) !== "") return;
    grid.moveTo(index);
    if (event.shiftKey && selection) grid.toggle(index, true);
    else props.onOpen?.(item.row);
  };

  const tick = selection && {
    empty: items.length === 0,
    state: tickState(items, selection),
    toggle: () =>
      tickState(items, selection) === "all"
        ? selection.clear()
        : selection.setIds(new Set(items.map((item) => item.id))),
  };
  const leastWidth = shown.reduce(
    // On a phone the name may be cut: nothing may lie beyond the edge of the screen.
    (sum, column) => sum + (phone && column.grow ? 120 : column.width),
    selection ? 38 : 0,
  );
  const span = shown.length + (selection ? 1 : 0);
  const failed = props.error !== undefined && props.error !== null && rows === undefined;
  const bare = rows !== undefined && items.length === 0;

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {waiting > 0 && (
        <button
          type="button"
          onClick={release}
          className="absolute top-10 left-1/2 z-(--z-sticky) inline-flex h-6 -translate-x-1/2 items-center gap-1 rounded-full bg-accent-tint px-2.5 text-12 font-semibold text-accent shadow-[0_0_0_1px_var(--color-accent-line)] hover:brightness-95"
        >
          <ArrowUp className="icon-14" aria-hidden="true" />
          {waiting} new
        </button>
      )}
      <div
        ref={scroller}
        className="min-h-0 flex-1 overflow-auto [scrollbar-gutter:auto]"
        onPointerEnter={(event) => event.pointerType === "mouse" && setPointerInside(true)}
        onPointerLeave={() => setPointerInside(false)}
      >
        <table
          ref={grid.ref}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table with a cursor of its own is a grid.
          role="grid"
          aria-label={label}
          aria-rowcount={items.length + 1}
          aria-multiselectable={selection !== undefined || undefined}
          aria-busy={rows === undefined && !failed}
          aria-activedescendant={grid.cursor >= 0 && items[grid.cursor] ? `${id}-${grid.cursor}` : undefined}
          tabIndex={items.length > 0 ? 0 : -1}
          data-grid={props.primary ? "primary" : ""}
          className={clsx("dt", grid.byKeyboard && "by-keyboard", props.onOpen && "clickable")}
          style={{ minWidth: leastWidth, "--dt-row": `${height}px` } as React.CSSProperties}
          onKeyDown={grid.onKeyDown}
          onPointerDown={grid.onPointerDown}
          onFocus={grid.onFocus}
          onMouseDown={(event) => {
            // With Shift the browser would select the text between the two clicks.
            if (!event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.focus({ preventScroll: true });
          }}
          onClick={onClick}
        >
          <colgroup>
            {selection && <col style={{ width: 38 }} />}
            {shown.map((column) => (
              <col key={column.id} style={column.grow ? undefined : { width: column.width }} />
            ))}
          </colgroup>
          <TableHead
            columns={shown}
            sort={sort}
            onSort={onSort}
            onMenu={headMenu.onMenu}
            tabStop={items.length === 0}
            tick={tick}
          />
          <tbody>
            {rows === undefined && !failed && (
              <SkeletonRows columns={shown} selectable={selection !== undefined} count={8} />
            )}
            {seen.before > 0 && <Spacer height={seen.before} span={span} />}
            {items.slice(seen.first, seen.end).map((item, offset) => {
              const index = seen.first + offset;
              return (
                <TableRow
                  key={item.id}
                  row={item.row}
                  id={item.id}
                  domId={`${id}-${index}`}
                  index={index}
                  columns={shown}
                  selectable={selection !== undefined}
                  selected={selection !== undefined && (selection.everything || selection.ids.has(item.id))}
                  open={item.id === openId}
                  cursor={index === grid.cursor}
                  arrived={arrived.has(item.id)}
                  secondLine={phone ? props.secondLine : undefined}
                />
              );
            })}
            {seen.after > 0 && <Spacer height={seen.after} span={span} />}
          </tbody>
        </table>
        {bare && (props.filtered ? (props.nothingMatches ?? props.empty) : props.empty)}
        {failed && <ErrorState error={props.error} {...(props.onRetry && { onRetry: props.onRetry })} />}
      </div>
      {headMenu.popup}
    </div>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus.
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function tickState<Row>(items: readonly Item<Row>[], selection: Selection): "none" | "some" | "all" {
  if (selection.everything) return "all";
  if (selection.ids.size === 0) return "none";
  return items.length > 0 && items.every((item) => selection.ids.has(item.id)) ? "all" : "some";
}
