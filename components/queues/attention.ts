import type { Queue } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";

/** Fewer ready messages than this are no backlog, whichever way they move. */
const smallestBacklog = 10;

/**
 * Whether a queue has been growing for the last minutes: its newest ready count is the largest of its trend, at
 * least a tenth above the trend's middle, and more comes in now than is taken out.
 */
export function isGrowing(queue: Queue): boolean {
  const trend = queue.trend ?? [];
  const last = trend.at(-1) ?? 0;
  const middle = trend[Math.floor(trend.length / 2)] ?? 0;
  if (trend.length < 4 || last < smallestBacklog) return false;
  const comesIn = rateOf(queue.message_stats, "publish");
  const goesOut = rateOf(queue.message_stats, "deliver_get");
  return last >= Math.max(...trend) && last > middle * 1.1 && comesIn > goesOut;
}

/** Whether messages wait because every consumer holds all that it may: the time to add workers. */
export function isFull(queue: Queue): boolean {
  return queue.consumers > 0 && queue.consumers_full === queue.consumers && queue.messages_ready >= smallestBacklog;
}

export interface Attention {
  readonly kind: "growing" | "untaken" | "dead" | "full";
  readonly queue: Queue;
}

/** What a person should look at, the worst first: dead letters, then queues that nobody takes from, then growing ones,
 * then those whose consumers are all busy. */
export function attentionOf(queues: readonly Queue[]): Attention[] {
  const found = queues.flatMap((queue): Attention[] => {
    if (queue.dead_letters > 0) return [{ kind: "dead", queue }];
    const standsStill = rateOf(queue.message_stats, "deliver_get") === 0;
    if (isGrowing(queue) && !(standsStill && isFull(queue)))
      return [{ kind: standsStill ? "untaken" : "growing", queue }];
    return isFull(queue) ? [{ kind: "full", queue }] : [];
  });
  const weight = { dead: 0, untaken: 1, growing: 2, full: 3 };
  return found.sort((a, b) => weight[a.kind] - weight[b.kind] || b.queue.messages_ready - a.queue.messages_ready);
}
