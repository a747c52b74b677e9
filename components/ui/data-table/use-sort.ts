"use client";

import { createParser, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import type { Sort } from "@/components/ui/data-table/columns";

const parseSort = createParser<Sort>({
  parse: (text) => {
    const column = text.replace(/^-/, "");
    return column === "" ? null : { column, descending: text.startsWith("-") };
  },
  serialize: (sort) => `${sort.descending ? "-" : ""}${sort.column}`,
  eq: (a, b) => a.column === b.column && a.descending === b.descending,
});

/**
 * The sort of a table, kept in the URL (`?sort=-ready`; the default is left out of it).
 * `param` tells two tables of one page apart.
 */
export function useSort(initial: Sort, param = "sort"): { sort: Sort; onSort: (sort: Sort) => void } {
  const { column, descending } = initial;
  const parser = useMemo(() => parseSort.withDefault({ column, descending }), [column, descending]);
  const [sort, setSort] = useQueryState(param, parser);
  const onSort = useCallback((next: Sort) => void setSort(next), [setSort]);
  return { sort, onSort };
}
