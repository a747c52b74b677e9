"use client";

import { useMemo, useRef } from "react";
import { type Column, type Sort, shownColumns } from "@/components/ui/data-table/columns";
import { orderOf } from "@/components/ui/data-table/order";

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
  const shown = useMemo(() => shownColumns(columns, switched, phone), [columns, switched, phone]);
  const sortBy = ordered ? undefined : columns.find((column) => column.id === sort.column)?.sortBy;
  // Where sorting begins, not what comes of it: rows that change twice a second hardly change their order.
  const known = useRef<readonly number[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a row has one id, whichever function says it.
  const items = useMemo(() => {
    const made = rows.map((row) => ({ id: rowId(row), row }));
    if (sortBy === undefined) return made;
    known.current = orderOf(rows.map(sortBy), sort.descending, known.current);
    return known.current.flatMap((index) => made[index] ?? []);
  }, [rows, sortBy, sort.descending]);
  return { items, shown };
}
