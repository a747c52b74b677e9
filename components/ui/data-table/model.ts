"use client";

import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import { type Column, type Sort, shownColumns } from "@/components/ui/data-table/columns";

const features = tableFeatures({
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

const collator = new Intl.Collator("en", { numeric: true });

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator.compare(String(a), String(b));
}

export type Item<Row> = { id: string; row: Row };

/**
 * Rows in their order and the columns that are shown.
 * With `ordered` the rows come sorted already (a keyset page from the server) and stay as they are.
 */
export function useTableModel<Row>(options: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  sort: Sort;
  ordered: boolean;
  switched: Readonly<Record<string, boolean>>;
  phone: boolean;
}): { items: Item<Row>[]; shown: Column<Row>[] } {
  const { columns, rows, rowId, sort, ordered, switched, phone } = options;

  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row & object> => ({
          id: column.id,
          // Table 9 puts undefined last whichever way it sorts, but not null.
          accessorFn: (row) => column.sortBy?.(row) ?? undefined,
          enableSorting: column.sortBy !== undefined,
          sortUndefined: "last",
          sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns],
  );
  const data = rows as readonly (Row & object)[];
  const sorting = useMemo(() => [{ id: sort.column, desc: sort.descending }], [sort.column, sort.descending]);
  const shown = useMemo(() => shownColumns(columns, switched, phone), [columns, switched, phone]);
  const visibility = useMemo(() => {
    const on = new Set(shown.map((column) => column.id));
    return Object.fromEntries(columns.map((column) => [column.id, on.has(column.id)]));
  }, [columns, shown]);

  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    manualSorting: ordered,
    state: { sorting, columnVisibility: visibility },
    onSortingChange: () => {},
    onColumnVisibilityChange: () => {},
  });
  const model = table.getRowModel();
  const items = useMemo(() => model.rows.map((row) => ({ id: row.id, row: row.original as Row })), [model]);
  return { items, shown };
}
