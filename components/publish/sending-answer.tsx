"use client";

import { CircleCheck, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { timelineHref } from "@/components/messages/links";
import type { Sending } from "@/components/publish/use-sending";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { Button, IconButton } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Meter } from "@/components/ui/meter";
import { Note } from "@/components/ui/note";
import { VisibleText } from "@/components/ui/visible-text";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** What came of publishing: where it was stored; that no queue took it and what to do; or why it failed. */
export function SendingAnswer({
  vhost,
  sending,
  onStop,
  onDismiss,
}: {
  vhost: string;
  sending: Sending;
  onStop: () => void;
  onDismiss: () => void;
}) {
  if (sending.state === "running") {
    if (sending.wanted === 1) return null;
    return (
      <div className="flex items-center gap-3 px-4 py-2">
        <div className="min-w-0 flex-1">
          <p className="mb-1 text-12 text-ink-2" role="status">
            {formatCount(sending.sent)} of {formatCount(sending.wanted)} published
          </p>
          <Meter label="Published" done={sending.sent} total={sending.wanted} />
        </div>
        <Button onClick={onStop}>Stop</Button>
      </div>
    );
  }
  return (
    <div className="relative px-4 py-2">
      <Result vhost={vhost} sending={sending} />
      <span className="absolute top-2.5 right-5">
        <IconButton label="Dismiss" onClick={onDismiss}>
          <X className="icon-14" aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
}

function Result({ vhost, sending }: { vhost: string; sending: Sending }) {
  const { sent, wanted, unrouted, rejected, last, error, state } = sending;
  if (state === "failed") {
    return (
      <ErrorNote
        title={
          wanted === 1
            ? "The message was not published."
            : `Stopped after ${formatCount(sent)} of ${formatCount(wanted)}.`
        }
        error={error}
        lost={wanted === 1 ? "Nothing was stored." : "Those before are stored; the rest were not sent."}
      />
    );
  }
  if (!last) return null;
  if (unrouted > 0) {
    return (
      <Note tone="warn" role="alert" icon={<TriangleAlert aria-hidden="true" />}>
        <p className="pr-8">
          <b className="font-semibold">
            {wanted === 1
              ? "Published, but no queue took it: nothing was stored."
              : `${formatNoun(sent, "message")} published; no queue took ${unrouted === sent ? "any of them" : formatCount(unrouted)}.`}
          </b>{" "}
          {rejected > 0 ? (
            "Full queues refused it; let consumers take some, or raise their x-max-length."
          ) : (
            <>
              Change the routing key, or{" "}
              <Link className="link" href={exchangeHref(vhost, sending.exchange)}>
                bind a queue
              </Link>{" "}
              to this exchange.
            </>
          )}
        </p>
      </Note>
    );
  }
  return (
    <Note tone="ok" role="status" icon={<CircleCheck aria-hidden="true" />}>
      <p className="pr-8 [overflow-wrap:anywhere]">
        <b className="font-semibold">
          {state === "stopped"
            ? `Stopped: ${formatCount(sent)} of ${formatNoun(wanted, "message")}`
            : formatNoun(sent, "message")}{" "}
          stored
        </b>{" "}
        in {joined(last.queues.map((queue) => <QueueLink key={queue} {...{ vhost, queue }} />))}.
        {last.queues.length === 1 && (
          <>
            {" "}
            <Link
              className="link"
              href={`/messages?${new URLSearchParams({ vhost, q: `queue:${quoted(last.queues[0] ?? "")}` })}`}
            >
              {sent === 1 ? "See it" : "See them"} among the messages
            </Link>
            .
          </>
        )}
        {sent === 1 && last.message_id !== null && (
          <>
            {" "}
            <Link className="link" href={timelineHref(vhost, last.message_id)}>
              Its timeline
            </Link>
          </>
        )}
      </p>
      {last.rejected.length > 0 && (
        <p>
          Refused, since full: {joined(last.rejected.map((queue) => <QueueLink key={queue} {...{ vhost, queue }} />))}.
        </p>
      )}
    </Note>
  );
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}

function QueueLink({ vhost, queue }: { vhost: string; queue: string }) {
  return (
    <Link className="link mono" href={queueHref(vhost, queue)}>
      <VisibleText text={queue} />
    </Link>
  );
}

/** "a, b and c". */
function joined(parts: readonly ReactNode[]): ReactNode[] {
  return parts.flatMap((part, index) => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? " and " : ", ", part];
  });
}
