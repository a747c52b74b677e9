"use client";

import { useQuery } from "@tanstack/react-query";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";
import type { MessageState } from "@/lib/broker/message";

export type StateCounts = Readonly<Record<MessageState | "all", number>>;

/**
 * How many messages are in each state, in one queue or in all of the vhost, or of all vhosts (null); null as long as it isn't known. RabbitMQ's
 * ready count has the dead letters in it, since they are ready in their queue: here they are apart.
 */
export function useStateCounts(vhost: string | null, queue: string | undefined): StateCounts | null {
  const { data } = useQuery(queueCountsQuery(vhost));
  if (!data) return null;
  const counts = { ready: 0, unacked: 0, delayed: 0, dead: 0, all: 0 };
  for (const each of data) {
    if (queue !== undefined && each.name !== queue) continue;
    counts.ready += Math.max(0, each.messages_ready - each.dead_letters);
    counts.unacked += each.messages_unacknowledged;
    counts.delayed += each.messages_delayed;
    counts.dead += each.dead_letters;
  }
  counts.all = counts.ready + counts.unacked + counts.delayed + counts.dead;
  return counts;
}
