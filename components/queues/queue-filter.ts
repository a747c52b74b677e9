import { attentionOf } from "@/components/queues/attention";
import type { Query } from "@/components/ui/filter/query";
import type { Queue } from "@/lib/api-client/queues";

/** What the filter field of the queue list understands besides text in the name. */
export const queueQualifiers = ["state", "type", "vhost", "feature"] as const;

export const queueViews = ["all", "attention", "dead", "untaken"] as const;
export type QueueView = (typeof queueViews)[number];

export const queueViewLabels: Readonly<Record<QueueView, string>> = {
  all: "All",
  attention: "Needs attention",
  dead: "With dead letters",
  untaken: "Not being consumed",
};

/** The queues of one tab. "Not being consumed": something waits, and nobody takes anything. */
export function inView(queues: readonly Queue[], view: QueueView): readonly Queue[] {
  if (view === "attention") {
    const wanting = new Set(attentionOf(queues).map(({ queue }) => queue));
    return queues.filter((queue) => wanting.has(queue));
  }
  if (view === "dead") return queues.filter((queue) => queue.dead_letters > 0 || queue.dead_letters_from_here > 0);
  if (view === "untaken") {
    return queues.filter(
      (queue) =>
        queue.messages_ready > 0 &&
        queue.messages_unacknowledged === 0 &&
        (queue.message_stats?.deliver_get_details?.rate ?? 0) === 0,
    );
  }
  return queues;
}

/** Whether a queue has all that the filter asks for. Text is looked for in the name, without regard to case. */
export function matchesQuery(queue: Queue, query: Query): boolean {
  if (!queue.name.toLowerCase().includes(query.text.toLowerCase())) return false;
  return query.terms.every(({ name, value }) => {
    if (name === "state") return queue.state === value;
    if (name === "type") return queue.type === value;
    if (name === "vhost") return queue.vhost === value;
    return name === "feature" && hasFeature(queue, value.toLowerCase());
  });
}

function hasFeature(queue: Queue, feature: string): boolean {
  if (feature === "durable") return queue.durable;
  if (feature === "auto-delete") return queue.auto_delete;
  if (feature === "exclusive") return queue.exclusive;
  return Object.keys(queue.arguments).some((argument) => argument === feature || argument === `x-${feature}`);
}
