import { Check, ChevronRight, MailX, TrendingUp, Unplug, Users } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { type Attention, attentionOf } from "@/components/queues/attention";
import { queueHref } from "@/components/queues/links";
import { SectionHead } from "@/components/ui/page-head";
import { Skeleton } from "@/components/ui/skeleton";
import { Sparkline } from "@/components/ui/sparkline";
import type { Queue } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatCount, formatNoun, formatRate } from "@/lib/format/numbers";

/** The list of causes, each with its evidence and one thing to do. */
export function NeedsAttention({ queues }: { queues: readonly Queue[] | undefined }) {
  if (queues === undefined) {
    return (
      <section className="border-b border-line px-4 py-3">
        <Skeleton width={240} />
      </section>
    );
  }
  const attention = attentionOf(queues);
  const fine = queues.length - attention.length;
  return (
    <section aria-label="Needs attention" className="shrink-0 border-b border-line">
      {attention.length > 0 && (
        <>
          <SectionHead title="Needs attention" note={formatCount(attention.length)} />
          <ul>
            {attention.map((each) => (
              <Row key={`${each.queue.vhost} ${each.queue.name}`} attention={each} />
            ))}
          </ul>
        </>
      )}
      <p className="flex min-h-8 items-center gap-2 border-t border-line px-4 text-12 text-ink-2 first:border-t-0">
        <Check className="icon-14 text-ok" aria-hidden="true" />
        {attention.length === 0
          ? `Nothing needs attention: ${formatNoun(queues.length, "queue")} keep up.`
          : `The other ${formatNoun(fine, "queue")} keep up.`}
      </p>
    </section>
  );
}

const kinds: Record<Attention["kind"], { title: string; icon: ReactNode; action: string }> = {
  dead: {
    title: "Dead letters",
    icon: <MailX className="icon-16 text-danger" aria-hidden="true" />,
    action: "Retry or discard",
  },
  untaken: {
    title: "Nobody takes messages",
    icon: <Unplug className="icon-16 text-warn" aria-hidden="true" />,
    action: "Open the queue",
  },
  growing: {
    title: "Growing",
    icon: <TrendingUp className="icon-16 text-warn" aria-hidden="true" />,
    action: "Open the queue",
  },
  full: {
    title: "All consumers busy",
    icon: <Users className="icon-16 text-warn" aria-hidden="true" />,
    action: "Open the queue",
  },
};

function Row({ attention: { kind, queue } }: { attention: Attention }) {
  const { title, icon, action } = kinds[kind];
  const href =
    kind === "dead"
      ? `/dead-letters?vhost=${encodeURIComponent(queue.vhost)}&q=${encodeURIComponent(`queue:${queue.name}`)}`
      : queueHref(queue.vhost, queue.name);
  return (
    <li className="border-t border-line">
      <Link
        href={href}
        className="grid min-h-10 grid-cols-[20px_minmax(180px,260px)_minmax(0,1fr)_80px_auto] items-center gap-x-3 px-4 py-1 outline-offset-[-2px] hover:bg-hover phone:grid-cols-[20px_minmax(0,1fr)_auto]"
      >
        {icon}
        <span className="min-w-0">
          <b className="block font-semibold">{title}</b>
          <code className="clip-text block">{queue.name}</code>
        </span>
        <span className="text-12 text-ink-2 phone:col-start-2 phone:row-start-2">{evidence(kind, queue)}</span>
        <span className="phone:hidden">
          <Sparkline
            values={queue.trend ?? []}
            tone={kind === "dead" ? "danger" : "warn"}
            label="Ready messages of the last ten minutes"
          />
        </span>
        <span className="inline-flex items-center gap-1 text-12 font-medium text-accent">
          {action}
          <ChevronRight className="icon-14" aria-hidden="true" />
        </span>
      </Link>
    </li>
  );
}

function evidence(kind: Attention["kind"], queue: Queue): string {
  const comesIn = formatRate(rateOf(queue.message_stats, "publish"));
  if (kind === "dead") {
    const rate = rateOf(queue.message_stats, "publish");
    return `${formatCount(queue.dead_letters)} wait for a decision${rate > 0 ? `; ${comesIn} more` : "; no more are coming"}.`;
  }
  if (kind === "untaken") return `${formatCount(queue.messages_ready)} ready, ${comesIn} more, and nobody takes any.`;
  if (kind === "full") {
    const [ready, consumers] = [formatNoun(queue.messages_ready, "message"), formatNoun(queue.consumers, "consumer")];
    return `${ready} ${queue.messages_ready === 1 ? "waits" : "wait"}, and none of ${consumers} has room.`;
  }
  return `${comesIn} come in, ${formatRate(rateOf(queue.message_stats, "deliver_get"))} are taken.`;
}
