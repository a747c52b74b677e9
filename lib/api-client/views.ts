import { queryOptions } from "@tanstack/react-query";
import { encodeName, request } from "@/lib/api-client/client";
import type { ViewJson } from "@/lib/http/json/view-json";

/** A view of a list that was saved; the page's address is `/{page}?{search}`. */
export type SavedView = ViewJson;

/** The saved views of one list. They change by this person's doing only. */
export function viewsQuery(page: string) {
  return queryOptions({
    queryKey: ["views", page],
    queryFn: ({ signal }) => request<readonly SavedView[]>("GET", `/api/views?page=${page}`, { signal }),
  });
}

/** Keeps an address under a name; one of the same name is replaced. */
export function saveView(page: string, name: string, search: string) {
  return request<SavedView>("POST", "/api/views", { body: { page, name, search } });
}

/** Deletes a saved view. */
export function deleteView(id: string) {
  return request<void>("DELETE", `/api/views/${encodeName(id)}`);
}
