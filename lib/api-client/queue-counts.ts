import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { Queue } from "@/lib/api-client/queues";

const columns = ["name", "messages_ready", "messages_unacknowledged", "messages_delayed", "dead_letters"] as const;

/** A queue's name and how many messages are in which state. */
export type QueueCounts = Pick<Queue, (typeof columns)[number]>;

/** Names and counts of all queues, or those of one vhost: what a choice of queues needs, and no more of each. */
export function queueCountsQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["queues", "counts", vhost],
    queryFn: ({ signal }) =>
      request<readonly QueueCounts[]>(
        "GET",
        `/api/queues${vhost === null ? "" : `/${encodeName(vhost)}`}?columns=${columns.join(",")}`,
        { signal },
      ),
    // Thousands of queues may be listed, and here their numbers stand beside something else.
    refetchInterval: live(3 * liveInterval),
  });
}
