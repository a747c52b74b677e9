import { useMemo } from "react";
import type { Column } from "@/components/ui/data-table/columns";

/** A list's columns, without that of the virtual host where all rows are of one (`vhost` is not null). */
export function useVhostColumns<Row>(columns: readonly Column<Row>[], vhost: string | null): readonly Column<Row>[] {
  return useMemo(
    () => columns.map((column) => (column.id === "vhost" ? { ...column, hidden: vhost !== null } : column)),
    [columns, vhost],
  );
}
