import { queryOptions } from "@tanstack/react-query";
import { every, liveInterval, request } from "@/lib/api-client/client";
import type { TimelineJson } from "@/lib/http/json/timeline-json";

/** What happened to the messages that a search finds. */
export type Lives = TimelineJson;
export type Life = Lives["messages"][number];
export type LifeEvent = Life["events"][number];

/** By what a message is sought: Warren's own number, or a property that its publisher gave it. */
export const timelineKeys = ["id", "message_id", "correlation_id"] as const;
export type TimelineKey = (typeof timelineKeys)[number];

/** The lives of the messages with that id, newest first. Not asked without a value. */
export function timelineQuery(vhost: string, key: TimelineKey, value: string) {
  return queryOptions({
    queryKey: ["timeline", vhost, key, value],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ vhost, [key]: value });
      return request<Lives>("GET", `/api/timeline?${query}`, { signal });
    },
    enabled: value !== "",
    refetchInterval: every(liveInterval),
    retry: false,
  });
}
