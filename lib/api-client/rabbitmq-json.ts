import type { MessageStatsJson } from "@/lib/http/json/stats-json";

/** Argument tables as plain JSON. */
export type PlainTable = Readonly<Record<string, unknown>>;

/** `message_stats` of a queue or of the whole broker. */
export type MessageStats = MessageStatsJson;

/** A rate out of `message_stats`, in messages per second. */
export function rateOf(stats: MessageStats | undefined, name: "publish" | "deliver_get" | "ack" | "redeliver"): number {
  return stats?.[`${name}_details`].rate ?? 0;
}
