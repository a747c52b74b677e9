import { queryOptions } from "@tanstack/react-query";
import { ApiError, encodeName, liveInterval, request } from "@/lib/api-client/client";
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

/** So many queues are asked for one by one; a longer list shows the numbers of the first. */
const fewQueues = 20;

/** How many messages are ready in a few queues, by name. It asks for each of them, not for all that a virtual host has. */
export function readyCountsQuery(vhost: string, names: readonly string[]) {
  const few = names.slice(0, fewQueues);
  return queryOptions({
    // Called "counts" as above: what the event stream says of it is the same.
    queryKey: ["queues", "counts", vhost, few],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, number>> => {
      const found = await Promise.all(few.map((name) => readyOf(vhost, name, signal)));
      return new Map(few.flatMap((name, index) => (found[index] === undefined ? [] : [[name, found[index]]])));
    },
    enabled: few.length > 0,
    placeholderData: (before) => before,
    refetchInterval: live(liveInterval),
  });
}

/** Undefined where it is gone meanwhile. */
async function readyOf(vhost: string, name: string, signal: AbortSignal): Promise<number | undefined> {
  const path = `/api/queues/${encodeName(vhost)}/${encodeName(name)}?columns=messages_ready`;
  try {
    return (await request<Pick<Queue, "messages_ready">>("GET", path, { signal })).messages_ready;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
