import { queryOptions } from "@tanstack/react-query";
import { every, liveInterval, request } from "@/lib/api-client/client";

/** How many wait for a person, and how many somebody looks at. */
export function reviewCountQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["reviews", "count", vhost],
    queryFn: ({ signal }) =>
      request<{ readonly waiting: number; readonly claimed: number }>(
        "GET",
        `/api/reviews/count${vhost === null ? "" : `?vhost=${encodeURIComponent(vhost)}`}`,
        { signal },
      ),
    refetchInterval: every(2 * liveInterval),
  });
}
