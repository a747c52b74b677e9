import { deathsOf } from "@/components/messages/death-history";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Timeline, type TimelineEvent } from "@/components/ui/timeline";
import { VisibleText } from "@/components/ui/visible-text";
import { defaultExchangeLabel } from "@/lib/api-client/exchanges";
import type { Message } from "@/lib/api-client/messages";
import { formatNoun } from "@/lib/format/numbers";
import { formatClock, formatDuration, formatMoment } from "@/lib/format/times";

/** What is known of a message's way until now, oldest first: published, each death, deliveries, where it waits. */
export function MessageTimeline({ message }: { message: Message }) {
  return <Timeline label="What happened to this message" events={timelineOf(message)} />;
}

/** The events of a message's way. Gaps are between events whose time is known. */
function timelineOf(message: Message): TimelineEvent[] {
  const events: (TimelineEvent & { at?: Date })[] = [];
  events.push({
    id: "published",
    kind: "happened",
    title: "Published",
    at: new Date(message.published_at),
    detail: (
      <>
        {message.published_by !== null && (
          <>
            by <VisibleText text={message.published_by} />{" "}
          </>
        )}
        to <ExchangeName vhost={message.vhost} name={firstExchange(message)} />
      </>
    ),
  });
  for (const [index, death] of deathsOf(message).entries()) {
    events.push({
      id: `death-${index}`,
      kind: death.reason === "rejected" ? "rejected" : "dead",
      title: deathTitle[death.reason] ?? death.reason,
      ...(death.at !== null && { at: death.at }),
      detail: (
        <>
          in <QueueName vhost={message.vhost} name={death.queue} />
          {death.count > 1 && `, ${formatNoun(death.count, "time")}; this was the first`}
        </>
      ),
    });
  }
  if (message.death) {
    events.push({
      id: "dead-lettered",
      kind: "dead",
      title: "Dead-lettered",
      at: new Date(message.death.at),
      detail: (
        <>
          through <ExchangeName vhost={message.vhost} name={message.exchange} /> to{" "}
          <QueueName vhost={message.vhost} name={message.queue} />
        </>
      ),
    });
  } else {
    events.push({
      id: "stored",
      kind: "happened",
      title: "Stored",
      at: new Date(message.enqueued_at),
      detail: (
        <>
          in <QueueName vhost={message.vhost} name={message.queue} />
        </>
      ),
    });
  }
  if (message.delivery_count > 0) {
    events.push({
      id: "delivered",
      kind: "happened",
      title: "Came back",
      detail: `delivered ${formatNoun(message.delivery_count, "time")} and not acknowledged`,
    });
  }
  events.push(nowOf(message));
  return withGaps(events);
}

const deathTitle: Readonly<Record<string, string>> = {
  rejected: "Rejected",
  expired: "Expired",
  maxlen: "Pushed out: queue full",
  delivery_limit: "Delivered too often",
};

function nowOf(message: Message): TimelineEvent & { at?: Date } {
  if (message.lease) {
    return {
      id: "now",
      kind: "held",
      title: "Held now",
      at: new Date(message.lease.since),
      detail: (
        <>
          by <VisibleText text={message.lease.holder} />
          {message.lease.until !== null && (
            <>
              ; goes back <RelativeTime at={message.lease.until} />
            </>
          )}
        </>
      ),
    };
  }
  const expiry = message.expires_at !== null && (
    <>
      {" "}
      Expires <RelativeTime at={message.expires_at} />.
    </>
  );
  if (message.state === "delayed" && message.available_at !== null) {
    return {
      id: "now",
      kind: "now",
      title: "Waits for its time",
      detail: (
        <>
          Ready <RelativeTime at={message.available_at} />.{expiry}
        </>
      ),
    };
  }
  return {
    id: "now",
    kind: "now",
    title: "Waits here",
    detail: (
      <>
        since <RelativeTime at={message.enqueued_at} />.{message.redelivered && " Flagged as redelivered."}
        {expiry}
      </>
    ),
  };
}

/** The first event says its time of day, each later one the gap to the one before; a long gap is time spent waiting. */
function withGaps(events: readonly (TimelineEvent & { at?: Date })[]): TimelineEvent[] {
  let before: Date | undefined;
  return events.map(({ at, ...event }, index) => {
    const later = events.slice(index + 1).find((next) => next.at)?.at;
    const waited = at !== undefined && later !== undefined && later.getTime() - at.getTime() > 2000;
    // Stored in the same millisecond as it was published: no gap worth a number.
    const same = at !== undefined && before !== undefined && at.getTime() - before.getTime() < 1;
    const when = at && !same && <When at={at} before={before} />;
    if (at !== undefined) before = at;
    return { ...event, ...(when && { when }), ...(waited && { waited }) };
  });
}

function When({ at, before }: { at: Date; before: Date | undefined }) {
  return (
    <time dateTime={at.toISOString()} title={formatMoment(at)}>
      {before === undefined ? formatClock(at, true) : `+${formatDuration(at.getTime() - before.getTime())}`}
    </time>
  );
}

function firstExchange(message: Message): string {
  const first = message.properties.headers?.["x-first-death-exchange"];
  return typeof first === "string" ? first : message.exchange;
}

function QueueName({ vhost, name }: { vhost: string; name: string }) {
  return (
    <Link className="link mono" href={queueHref(vhost, name)}>
      <VisibleText text={name} />
    </Link>
  );
}

function ExchangeName({ vhost, name }: { vhost: string; name: string }) {
  return (
    <Link className={name === "" ? "link" : "link mono"} href={exchangeHref(vhost, name)}>
      {name === "" ? defaultExchangeLabel : <VisibleText text={name} />}
    </Link>
  );
}
