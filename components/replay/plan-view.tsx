import { timelineHref } from "@/components/messages/links";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { VisibleText } from "@/components/ui/visible-text";
import type { JobPlan } from "@/lib/api-client/jobs";
import { formatBytes, formatCount, formatNoun } from "@/lib/format/numbers";

/** What a replay would send: the count, and the first few with their destinations. */
export function PlanView({
  vhost,
  plan,
  error,
  looking,
}: {
  vhost: string;
  plan: JobPlan | undefined;
  error: unknown;
  looking: boolean;
}) {
  if (error !== null) {
    return <ErrorNote title="What it would send could not be read." error={error} lost="Nothing was sent." />;
  }
  if (!looking) {
    return (
      <EmptyState title="Look before you replay">
        Messages that were acknowledged are kept for a while. Choose which, and see here how many they are, what they
        hold and where they would go. Nothing is sent until you say so.
      </EmptyState>
    );
  }
  if (plan === undefined) return <Skeleton width={240} />;
  if (plan.matched === 0) {
    return (
      <EmptyState title="Nothing matches">
        No message of that source and time holds that. Older ones may have been let go: how long they are kept is a
        setting.
      </EmptyState>
    );
  }
  return (
    <>
      <p className="text-16 leading-6" aria-live="polite">
        <b className="font-semibold">
          {plan.exact ? "" : "At least "}
          {formatNoun(plan.matched, "message")}
        </b>{" "}
        <span className="text-13 text-ink-2">would be sent</span>
      </p>
      <h3 className="mt-3 mb-1 font-semibold">
        {plan.retained.length < plan.matched ? `The first ${formatCount(plan.retained.length)}` : "All of them"}
      </h3>
      <ul className="divide-y divide-line border-y border-line">
        {plan.retained.map((message) => (
          <li key={message.message_id} className="py-1.5">
            <p className="flex items-baseline gap-2 text-12">
              <TextLink href={timelineHref(vhost, message.message_id)}>
                <span className="mono">{message.message_id}</span>
              </TextLink>
              <span className="clip-text min-w-0 flex-1 text-ink-2">
                <span className="mono">
                  <VisibleText text={message.exchange || "(AMQP default)"} />
                </span>{" "}
                with key{" "}
                <span className="mono">
                  <VisibleText text={message.routing_key || "(empty)"} />
                </span>
                to {placesOf(message.targets)}
              </span>
              <span className="shrink-0 text-ink-3">
                {formatBytes(message.payload_bytes)}, <RelativeTime at={message.published_at} />
              </span>
            </p>
            <p className="mono clip-text text-ink-2">
              <VisibleText
                text={
                  message.payload_encoding === "base64" ? "binary" : message.payload.slice(0, 200).replace(/\s+/g, " ")
                }
              />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function placesOf(targets: readonly string[]): string {
  if (targets.length === 0) return "no queue";
  return targets.length <= 2 ? targets.join(", ") : `${formatCount(targets.length)} queues`;
}
