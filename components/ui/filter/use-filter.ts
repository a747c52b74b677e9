"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import { parseQuery, type Query, writeQuery } from "@/components/ui/filter/query";

/**
 * The filter of a list, kept in the URL as it would be typed (`?q=state:flow orders`).
 * @param names the qualifiers that the list knows (see `parseQuery`).
 * @returns the query, whether there is one, and its text as a key for DataTable's `viewKey`.
 */
export function useFilter(names: readonly string[], param = "q") {
  // Not debounced: an address that is written late takes back a page that was opened meanwhile.
  const [written, setWritten] = useQueryState(param, parseAsString.withDefault(""));
  const query = useMemo(() => parseQuery(written, names), [written, names]);
  const setQuery = useCallback((next: Query) => void setWritten(writeQuery(next) || null), [setWritten]);
  const clear = useCallback(() => void setWritten(null), [setWritten]);
  return { query, setQuery, clear, filtered: written !== "", key: written };
}
