"use client";

import clsx from "clsx";
import type { ConsumerWork, Work } from "@/components/consumers/consumer-work";
import { refText } from "@/components/messages/links";
import { queueHref } from "@/components/queues/links";
import { Link } from "@/components/ui/link";
import { useNow } from "@/components/ui/relative-time";
import { formatCount } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

const labels: Readonly<Record<Work, string>> = { busy: "busy", free: "free", stuck: "stuck?", waits: "waits" };

/** What a consumer is doing, in a word. */
export function WorkWord({ of: { work, usualMs } }: { of: ConsumerWork }) {
  const tip =
    work === "stuck"
      ? `It holds a message far longer than ${usualMs === null ? "others" : `the usual ${formatDuration(usualMs)}`}; it may also just be slow`
      : work === "waits"
        ? "Another consumer is the single active one of this queue"
        : undefined;
  return (
    <span
      data-tip={tip}
      className={clsx(
        "text-12 whitespace-nowrap",
        work === "stuck" ? "font-semibold text-warn" : work === "busy" ? "text-ink-2" : "text-ink-3",
      )}
    >
      {labels[work]}
    </span>
  );
}

/** The message that a consumer has held for longest, a link to it, and how many more it holds. */
export function HeldMessage({ of: { consumer } }: { of: ConsumerWork }) {
  const [oldest] = consumer.holds;
  if (oldest === undefined) {
    return <span className="text-12 text-ink-3">{consumer.ack_required ? "nothing" : "nothing: auto-ack"}</span>;
  }
  const { vhost, name } = consumer.queue;
  const ref = refText({ queue: name, id: oldest.id });
  return (
    <span className="clip-text text-12">
      <Link
        href={`${queueHref(vhost, name, "messages")}?message=${encodeURIComponent(ref)}`}
        className="mono link"
        aria-label={`Message ${oldest.id}`}
      >
        {oldest.id}
      </Link>
      {consumer.held > 1 && <span className="text-ink-3"> +{formatCount(consumer.held - 1)}</span>}
    </span>
  );
}

/** Doors tell about once a second what is held: quick work may be done already. */
const reportMs = 2_500;

/** For how long it has held it, ticking. */
export function HeldFor({ of: { work, heldSince, usualMs } }: { of: ConsumerWork }) {
  const now = useNow();
  if (heldSince === null) return <span className="text-ink-3">–</span>;
  const quick = usualMs !== null && usualMs < 1_000 && now - heldSince < reportMs;
  return (
    <span className={clsx("font-medium whitespace-nowrap", work === "stuck" ? "text-warn" : "text-info")}>
      {quick ? "< 1 s" : formatDuration(now - heldSince)}
    </span>
  );
}
