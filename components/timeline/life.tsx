"use client";

import { exchangeHref, queueHref } from "@/components/queues/links";
import { eventFacts, eventWords } from "@/components/timeline/event-words";
import { Link } from "@/components/ui/link";
import { Timeline, type TimelineEvent } from "@/components/ui/timeline";
import { VisibleText } from "@/components/ui/visible-text";
import type { Life, LifeEvent } from "@/lib/api-client/timeline";
import { formatClock, formatDuration, formatMoment } from "@/lib/format/times";

/** All that happened to one message, oldest first, and where it is now. */
export function LifeTimeline({ vhost, life }: { vhost: string; life: Life }) {
  return <Timeline label="What happened to this message" events={eventsOf(vhost, life)} />;
}

const waitedMs = 2000;

function eventsOf(vhost: string, life: Life): TimelineEvent[] {
  const events = life.events.map((event, index): TimelineEvent => {
    const words = eventWords(event.kind);
    const before = life.events[index - 1];
    const next = life.events[index + 1];
    const gap = next && Date.parse(next.at) - Date.parse(event.at);
    return {
      id: `${index}`,
      kind: words.shape,
      title: words.title,
      when: <When event={event} before={before} />,
      detail: <EventDetail vhost={vhost} life={life} event={event} by={words.by ?? "by"} place={words.at ?? "in"} />,
      ...(gap !== undefined && gap > waitedMs && { waited: true }),
    };
  });
  return [...events, nowOf(vhost, life)];
}

function EventDetail({
  vhost,
  life,
  event,
  by,
  place,
}: {
  vhost: string;
  life: Life;
  event: LifeEvent;
  by: string;
  place: string;
}) {
  const facts = eventFacts(event);
  return (
    <>
      {event.by !== null && (
        <>
          {by} <VisibleText text={event.by} />{" "}
        </>
      )}
      {event.kind === "published" ? (
        <>
          to{" "}
          <Link className="link mono" href={exchangeHref(vhost, life.exchange)}>
            <VisibleText text={life.exchange || "(AMQP default)"} />
          </Link>{" "}
          with key{" "}
          <span className="mono">{life.routing_key ? <VisibleText text={life.routing_key} /> : "(empty)"}</span>
          {event.queue !== null && ", into "}
        </>
      ) : (
        event.queue !== null && `${place} `
      )}
      {event.queue !== null && (
        <Link className="link mono" href={queueHref(vhost, event.queue)}>
          <VisibleText text={event.queue} />
        </Link>
      )}
      {facts.length > 0 && (
        <span className="block text-12">
          <VisibleText text={facts.join("; ")} />
        </span>
      )}
    </>
  );
}

function When({ event, before }: { event: LifeEvent; before: LifeEvent | undefined }) {
  const at = new Date(event.at);
  return (
    <time dateTime={event.at} title={formatMoment(at)}>
      {before === undefined ? formatClock(at, true) : `+${formatDuration(at.getTime() - Date.parse(before.at))}`}
    </time>
  );
}

function nowOf(vhost: string, life: Life): TimelineEvent {
  if (life.present.length === 0) {
    return { id: "now", kind: "now", title: "In no queue now", detail: "It is kept until its retention ends." };
  }
  return {
    id: "now",
    kind: "now",
    title: "Now",
    detail: life.present.map(({ queue, id, state }, index) => (
      <span key={`${queue} ${id}`}>
        {index > 0 && ", "}
        {state} in{" "}
        <Link
          className="link mono"
          href={`/messages?vhost=${encodeURIComponent(vhost)}&message=${encodeURIComponent(`${id}@${queue}`)}`}
        >
          <VisibleText text={queue} />
        </Link>
      </span>
    )),
  };
}
