import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { every, liveInterval, request } from "@/lib/api-client/client";
import { liveWhileFew, type Page } from "@/lib/api-client/messages";
import type { GroupDetailJson, GroupJson } from "@/lib/http/json/group-json";

/** Dead letters of one cause. */
export type Group = GroupJson;
export type GroupDetail = GroupDetailJson;
export type GroupStatus = Group["status"];
export const groupStatuses: readonly GroupStatus[] = ["open", "acknowledged", "resolved"];

export const groupSorts = ["count", "last_seen", "first_seen", "recent"] as const;
export type GroupSort = (typeof groupSorts)[number];

/** Which groups a list shows. */
export interface GroupFilter {
  /** Null: of all vhosts. */
  readonly vhost: string | null;
  /** The queue that they died in. */
  readonly queue?: string | undefined;
  readonly reason?: string | undefined;
  readonly errorType?: string | undefined;
  readonly status?: string | undefined;
  readonly assignee?: string | undefined;
  /** Words in pattern, type, last message or note. */
  readonly q: string;
  /** Also those that have no letters now. */
  readonly empty: boolean;
}

const groupsOnAPage = 100;

/** Causes, page after page; each page knows how many there are in all. */
export function groupsQuery(filter: GroupFilter, sort: GroupSort) {
  return infiniteQueryOptions({
    queryKey: ["dead-letter-groups", "list", filter, sort],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ sort, limit: String(groupsOnAPage) });
      const wanted = {
        vhost: filter.vhost ?? undefined,
        queue: filter.queue,
        reason: filter.reason,
        error_type: filter.errorType,
        status: filter.status,
        assignee: filter.assignee,
        q: filter.q || undefined,
        empty: filter.empty ? "true" : undefined,
        cursor: pageParam || undefined,
      };
      for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, value);
      return request<Page<Group> & { readonly total: number }>("GET", `/api/dead-letter-groups?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** One cause, with its course over the last day. */
export function groupQuery(id: string) {
  return queryOptions({
    queryKey: ["dead-letter-groups", "one", id],
    queryFn: ({ signal }) => request<GroupDetail>("GET", `/api/dead-letter-groups/${id}`, { signal }),
    refetchInterval: every(liveInterval),
  });
}

/** What a person says about a cause; a field that is left out stays. */
export interface GroupChange {
  /** Of the state that the person saw: somebody else's change in between is an error 409. */
  readonly version: number;
  readonly note?: string;
  readonly assignee?: string | null;
  readonly status?: GroupStatus;
}

/** Throws ApiError; 409 carries the present state in `detail.group`. */
export function changeGroup(id: string, change: GroupChange) {
  return request<Group>("PATCH", `/api/dead-letter-groups/${id}`, { body: change });
}
