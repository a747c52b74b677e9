import type { ReactNode } from "react";

/** One column of a DataTable. Keep the array at module scope or in a memo: a new one draws every row again. */
export type Column<Row> = {
  id: string;
  /** The head, in sentence case or RabbitMQ's own word. */
  label: string;
  /** An icon of 12 px before the head, e.g. the pin of a field of the body. */
  icon?: ReactNode;
  /** The head in full, as its tooltip and in the Columns popover's search. */
  description?: string;
  /** Columns stand in groups; one vertical line is drawn where the group changes. */
  group?: string;
  /** Numbers stand on the right. */
  align?: "end";
  /** Pixels; for a column that grows, the least. */
  width: number;
  /** Takes what the others leave. One column per table, usually the name. */
  grow?: boolean;
  cell: (row: Row) => ReactNode;
  /** What the column sorts by; without it the column can't be sorted. Missing values come last either way. */
  sortBy?: (row: Row) => string | number | null | undefined;
  /** The direction of the first click. Numbers begin with the largest, text with A. */
  sortFirst?: "asc" | "desc";
  /** Not shown until someone switches it on. */
  hidden?: boolean;
  /** Can't be switched off: a row without it says nothing. */
  fixed?: boolean;
  /** Stays on a phone, where rows have two lines and only two or three columns fit. */
  phone?: boolean;
};

export type Sort = { column: string; descending: boolean };

/** Which of the columns are shown, given what the reader has switched (`true` on, `false` off). */
export function shownColumns<Row>(
  columns: readonly Column<Row>[],
  switched: Readonly<Record<string, boolean>>,
  phone: boolean,
): Column<Row>[] {
  return columns.filter((column) => {
    if (phone) return column.fixed || column.phone;
    return column.fixed || (switched[column.id] ?? !column.hidden);
  });
}
