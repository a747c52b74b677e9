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

/** Whether messages have been waiting for ten minutes, as far as the trend goes, and nobody is there to take them. */
export function isLeft(queue: Queue): boolean {
  const trend = queue.trend ?? [];
  return (
    queue.consumers === 0 &&
    rateOf(queue.message_stats, "deliver_get") === 0 &&
    trend.length >= 4 &&
    trend.every((ready) => ready >= smallestBacklog)
  );
}

/** Whether dead letters still come. */
function isRising(queue: Queue): boolean {
  return queue.dead_letters > 0 && rateOf(queue.message_stats, "publish") > 0;
}

export interface Attention {
  readonly kind: "growing" | "untaken" | "dead" | "full";
  readonly queue: Queue;
}

/**
 * How many workers more would keep up with what comes in, going by what each takes now; null where that isn't known.
 * A queue that keeps up needs none.
 */
export function workersWanted(queue: Queue): number | null {
  const [comesIn, goesOut] = [rateOf(queue.message_stats, "publish"), rateOf(queue.message_stats, "ack")];
  if (queue.consumers === 0 || goesOut === 0) return null;
  return Math.max(0, Math.ceil((comesIn / goesOut) * queue.consumers) - queue.consumers);
}

/** What a person should look at, the worst first: dead letters, then queues that nobody takes from, then growing ones,
 * then those whose consumers are all busy. */
export function attentionOf(queues: readonly Queue[]): Attention[] {
  const found = queues.flatMap((queue): Attention[] => {
    if (queue.dead_letters > 0) return [{ kind: "dead", queue }];
    const standsStill = rateOf(queue.message_stats, "deliver_get") === 0;
    if (isGrowing(queue) && !(standsStill && isFull(queue)))
      return [{ kind: standsStill ? "untaken" : "growing", queue }];
    if (isLeft(queue)) return [{ kind: "untaken", queue }];
    return isFull(queue) ? [{ kind: "full", queue }] : [];
  });
  const weight = { dead: 0, untaken: 1, growing: 2, full: 3 };
  const rising = ({ kind, queue }: Attention) => Number(kind === "dead" && isRising(queue));
  return found.sort(
    (a, b) =>
      weight[a.kind] - weight[b.kind] || rising(b) - rising(a) || b.queue.messages_ready - a.queue.messages_ready,
  );
}
