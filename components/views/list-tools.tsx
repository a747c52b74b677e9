import type { Column } from "@/components/ui/data-table/columns";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { ViewsButton } from "@/components/views/late-views";

/** What stands at the end of a list's filter bar: saved views, the choice of columns, and how close the rows are. */
export function ListTools<Row>({ name, columns }: { name: string; columns: readonly Column<Row>[] }) {
  return (
    <>
      <ViewsButton page={name} />
      <ColumnsButton name={name} columns={columns} />
      <DensityButton />
    </>
  );
}
