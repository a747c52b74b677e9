import { infiniteQueryOptions } from "@tanstack/react-query";
import { every, liveInterval, request } from "@/lib/api-client/client";
import type { AuditJson } from "@/lib/http/json/audit-json";

/** Who did what, when, from where, and what came of it. */
export type AuditLine = AuditJson;
export const auditOutcomes = ["done", "refused", "failed"] as const;

/** What of the audit log is asked for. What is left out matches all. */
export interface AuditFilter {
  readonly user?: string;
  /** `queue.purge`, or `queue.` for all that is done to queues. */
  readonly action?: string;
  /** What it was done to, exactly. */
  readonly target?: string;
  readonly vhost?: string;
  readonly address?: string;
  readonly door?: string;
  readonly outcome?: string;
  /** Only the last so many ms, counted when it is asked. */
  readonly within?: number;
  /** ISO 8601. */
  readonly since?: string;
  /** ISO 8601; what happened at this moment is no longer in it. */
  readonly until?: string;
}

interface AuditPage {
  readonly items: readonly AuditLine[];
  readonly next: number | null;
}

/** The lines of the audit log, newest first, page by page. 403 for all but administrators. */
export function auditQuery({ within, ...filter }: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ["audit", { within, ...filter }],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ ...filter, limit: "100" });
      if (within !== undefined) query.set("since", new Date(Date.now() - within).toISOString());
      if (pageParam !== null) query.set("cursor", String(pageParam));
      return request<AuditPage>("GET", `/api/audit?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    // Nothing tells of new lines. A list that was scrolled down stays as it is.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : every(2 * liveInterval)(query)),
  });
}
