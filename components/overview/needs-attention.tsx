import { Check, ChevronRight, Hourglass, MailX, TrendingUp, Unplug, Users } from "lucide-react";
import type { ReactNode } from "react";
import { consumerName } from "@/components/connections/links";
import { type ConsumerWork, workOf } from "@/components/consumers/consumer-work";
import { type Attention, attentionOf, isLeft, workersWanted } from "@/components/queues/attention";
import { queueHref } from "@/components/queues/links";
import { Link } from "@/components/ui/link";
import { SectionHead } from "@/components/ui/page-head";
import { useNow } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { Sparkline } from "@/components/ui/sparkline";
import { NameText } from "@/components/ui/visible-text";
import type { Consumer } from "@/lib/api-client/connections";
import type { Queue } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatCount, formatNoun, formatRate } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

/** The list of causes, each with its evidence and one thing to do. */
export function NeedsAttention({
  queues,
  consumers,
}: {
  queues: readonly Queue[] | undefined;
  consumers: readonly Consumer[] | undefined;
}) {
  const now = useNow();
  if (queues === undefined) {
    return (
      <section className="border-b border-line px-4 py-3">
        <Skeleton width={240} />
      </section>
    );
  }
  const attention = attentionOf(queues);
  const stuck = stuckIn(workOf(consumers ?? [], now));
  const causes = attention.length + stuck.length;
  const fine = queues.length - attention.length;
  return (
    <section aria-label="Needs attention" className="shrink-0 border-b border-line">
      {causes > 0 && (
        <>
          <SectionHead title="Needs attention" note={formatCount(causes)} />
          <ul>
            {stuck.map((work) => (
              <StuckRow key={`${work.consumer.queue.vhost} ${work.consumer.queue.name}`} work={work} now={now} />
            ))}
            {attention.map((each) => (
              <Row key={`${each.queue.vhost} ${each.queue.name}`} attention={each} />
            ))}
          </ul>
        </>
      )}
      <p className="flex min-h-8 items-center gap-2 border-t border-line px-4 text-12 text-ink-2 first:border-t-0">
        <Check className="icon-14 text-ok" aria-hidden="true" />
        {causes === 0
          ? `Nothing needs attention: ${formatNoun(queues.length, "queue keeps up", "queues keep up")}.`
          : `The other ${formatNoun(fine, "queue keeps up", "queues keep up")}.`}
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
    <Cause
      href={href}
      icon={icon}
      title={title}
      name={queue.name}
      evidence={evidence(kind, queue)}
      action={action}
      trend={
        <Sparkline
          values={queue.trend ?? []}
          tone={kind === "dead" ? "danger" : "warn"}
          label="Ready messages of the last ten minutes"
        />
      }
    />
  );
}

/** One cause: what, where, how we know, and one thing to do. */
function Cause(props: {
  href: string;
  icon: ReactNode;
  title: string;
  name: string;
  evidence: string;
  action: string;
  trend?: ReactNode;
}) {
  return (
    <li className="border-t border-line">
      <Link
        href={props.href}
        className="grid min-h-10 grid-cols-[20px_minmax(180px,260px)_minmax(0,1fr)_80px_auto] items-center gap-x-3 px-4 py-1 outline-offset-[-2px] hover:bg-hover phone:grid-cols-[20px_minmax(0,1fr)_auto]"
      >
        {props.icon}
        <span className="min-w-0">
          <b className="block font-semibold">{props.title}</b>
          <code className="clip-text block">
            <NameText text={props.name} />
          </code>
        </span>
        <span className="text-12 text-ink-2 phone:col-start-2 phone:row-start-2">{props.evidence}</span>
        <span className="phone:hidden">{props.trend}</span>
        <span className="inline-flex items-center gap-1 text-12 font-medium text-accent">
          {props.action}
          <ChevronRight className="icon-14" aria-hidden="true" />
        </span>
      </Link>
    </li>
  );
}

function wanted(queue: Queue): string {
  const workers = workersWanted(queue);
  return workers === null || workers === 0 ? "" : `: ${formatNoun(workers, "worker")} more would keep up`;
}

/** Of each queue the message that has been held for longest, where that is far longer than is usual there. */
function stuckIn(all: readonly ConsumerWork[]): ConsumerWork[] {
  const oldest = new Map<string, ConsumerWork>();
  for (const work of all) {
    if (work.work !== "stuck") continue;
    const key = `${work.consumer.queue.vhost} ${work.consumer.queue.name}`;
    const known = oldest.get(key);
    if (known === undefined || (work.heldSince ?? 0) < (known.heldSince ?? 0)) oldest.set(key, work);
  }
  return [...oldest.values()];
}

function StuckRow({ work: { consumer, heldSince, usualMs }, now }: { work: ConsumerWork; now: number }) {
  const { queue } = consumer;
  const usual = usualMs === null ? "" : `; ${formatDuration(usualMs)} is usual`;
  return (
    <Cause
      href={queueHref(queue.vhost, queue.name)}
      icon={<Hourglass className="icon-16 text-warn" aria-hidden="true" />}
      title="Held for long"
      name={queue.name}
      evidence={`${consumerName(consumer)} has held a message for ${formatDuration(now - (heldSince ?? now))}${usual}.`}
      action="See its consumers"
    />
  );
}

function evidence(kind: Attention["kind"], queue: Queue): string {
  const comesIn = formatRate(rateOf(queue.message_stats, "publish"));
  if (kind === "dead") {
    const rate = rateOf(queue.message_stats, "publish");
    return `${formatCount(queue.dead_letters)} wait for a decision${rate > 0 ? `; ${comesIn} more` : "; no more are coming"}.`;
  }
  if (kind === "untaken" && isLeft(queue)) {
    return `${formatCount(queue.messages_ready)} have waited for ten minutes and more, and nobody takes any.`;
  }
  if (kind === "untaken") return `${formatCount(queue.messages_ready)} ready, ${comesIn} more, and nobody takes any.`;
  if (kind === "full") {
    const [ready, consumers] = [formatNoun(queue.messages_ready, "message"), formatNoun(queue.consumers, "consumer")];
    return `${ready} ${queue.messages_ready === 1 ? "waits" : "wait"}, and none of ${consumers} has room${wanted(queue)}.`;
  }
  return `${comesIn} come in, ${formatRate(rateOf(queue.message_stats, "deliver_get"))} are taken.`;
}
