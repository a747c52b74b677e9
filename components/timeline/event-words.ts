import type { TimelineEvent } from "@/components/ui/timeline";
import type { LifeEvent } from "@/lib/api-client/timeline";
import { formatDuration } from "@/lib/format/times";

interface Words {
  readonly title: string;
  readonly shape: TimelineEvent["kind"];
  /** How who did it is said: "by guest", "to worker-1". */
  readonly by?: string;
  /** How its queue is said: "in orders", "to orders". */
  readonly at?: string;
}

const events: Readonly<Record<string, Words>> = {
  published: { title: "Published", shape: "happened" },
  delivered: { title: "Delivered", shape: "held", by: "to", at: "from" },
  acknowledged: { title: "Acknowledged", shape: "happened" },
  requeued: { title: "Requeued", shape: "happened" },
  returned: { title: "Came back", shape: "happened", by: "from", at: "to" },
  failed: { title: "Failed", shape: "rejected", by: "at" },
  expired: { title: "Expired", shape: "dead" },
  dead_lettered: { title: "Dead-lettered", shape: "dead", at: "from" },
  notified: { title: "Told", shape: "happened" },
  retried: { title: "Retried", shape: "happened", at: "to" },
  moved: { title: "Moved", shape: "happened", at: "to" },
  edited: { title: "Edited", shape: "happened" },
  discarded: { title: "Discarded", shape: "dead", at: "from" },
  dropped: { title: "Dropped", shape: "dead", at: "from" },
  restored: { title: "Restored", shape: "happened", at: "to" },
  purged: { title: "Purged", shape: "dead", at: "from" },
  replayed: { title: "Replayed", shape: "happened", at: "to" },
  review_claimed: { title: "Review begun", shape: "happened" },
  reviewed: { title: "Reviewed", shape: "happened" },
  commented: { title: "Commented", shape: "happened" },
  delayed_ready: { title: "Ready after its delay", shape: "happened" },
};

const outcomes: Readonly<Record<string, string>> = {
  requeue: "back to its queue",
  retry: "to be tried again",
  ignore: "ignored, to the trash",
  review: "waits for a person",
  dead_letter: "dead-lettered",
  drop: "dropped: nobody took it",
};

/** The title, shape and preposition of an event. A kind that is not known yet is said as it is. */
export function eventWords(kind: string): Words {
  return events[kind] ?? { title: kind.replaceAll("_", " "), shape: "happened" };
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** What is worth saying about an event beside who and where, as parts of a sentence. */
export function eventFacts({ kind, detail }: LifeEvent): string[] {
  const facts: (string | undefined)[] = [];
  if (kind === "failed") {
    const error = (detail.error ?? {}) as Readonly<Record<string, unknown>>;
    facts.push([text(error.type), text(error.message)].filter(Boolean).join(": ") || reasonWords(text(detail.reason)));
    const outcome = outcomes[text(detail.outcome) ?? ""];
    const policy = text(detail.policy);
    facts.push(outcome && policy ? `${outcome} by rule ${policy}` : outcome);
    const delay = number((detail.detail as Readonly<Record<string, unknown>> | undefined)?.delay_ms);
    if (delay !== undefined) facts.push(`again in ${formatDuration(delay)}`);
  } else {
    facts.push(reasonWords(text(detail.reason)));
  }
  const queues = detail.queues;
  if (Array.isArray(queues) && queues.length > 0) facts.push(`to ${queues.slice(0, 5).join(", ")}`);
  const job = text(detail.job);
  if (job) facts.push(`by job #${job.slice(0, 4)}`);
  const target = text(detail.target);
  if (target) facts.push(`at ${target}`);
  const words = text(detail.text) ?? text(detail.comment);
  if (words) facts.push(`“${words.slice(0, 300)}”`);
  const decision = text(detail.decision);
  if (decision) facts.push(decision.replaceAll("_", " "));
  return facts.filter((fact): fact is string => fact !== undefined && fact !== "");
}

function reasonWords(reason: string | undefined): string | undefined {
  switch (reason) {
    case undefined:
      return undefined;
    case "timeout":
      return "it was held too long";
    case "consumer_lost":
      return "its consumer was lost";
    case "maxlen":
      return "its queue was full";
    case "delivery_limit":
      return "delivered too often";
    default:
      return reason;
  }
}
