"use client";

import clsx from "clsx";
import type { ConsumerWork } from "@/components/consumers/consumer-work";
import { formatNoun } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

/** What a lane shows, in ms. */
const span = 60_000;

const colours = {
  acked: "bg-[color-mix(in_oklab,var(--color-control)_60%,var(--color-surface))]",
  rejected: "bg-danger",
  requeued: "bg-warn-line",
} as const;

/**
 * The last minute of a consumer: one bar per message, from delivery to settlement (short ones in a row are one bar),
 * and what it holds now.
 * @param now in ms since 1970, ticking
 */
export function Lane({ of: { consumer, work, heldSince }, now }: { of: ConsumerWork; now: number }) {
  const place = (from: number, to: number) => {
    const left = Math.max(0, ((from - (now - span)) / span) * 100);
    const right = Math.min(100, Math.max(left, ((to - (now - span)) / span) * 100));
    return { left: `${left}%`, width: `max(2px, calc(${right - left}% - 1px))` };
  };
  const recent = consumer.recent.filter(({ to }) => to > now - span);
  return (
    <div role="img" aria-label={words(recent, heldSince, now)} className="relative h-3 min-w-20 overflow-hidden">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line-2" />
      {recent.map(({ from, to, outcome, count }) => (
        <span
          key={`${from} ${to}`}
          data-tip={`${formatNoun(count, "message")} ${outcome}, ${formatDuration(to - from)}`}
          className={clsx("absolute inset-y-0 rounded-[2px]", colours[outcome])}
          style={place(from, to)}
        />
      ))}
      {heldSince !== null && (
        <span
          className={clsx("absolute inset-y-0 rounded-[2px]", work === "stuck" ? "bg-warn" : "bg-info")}
          style={place(heldSince, now)}
        />
      )}
    </div>
  );
}

function words(
  recent: readonly { outcome: keyof typeof colours; count: number }[],
  heldSince: number | null,
  now: number,
): string {
  const sum = (outcome: keyof typeof colours) =>
    recent.reduce((total, each) => total + (each.outcome === outcome ? each.count : 0), 0);
  const done = [
    [sum("acked"), "acknowledged"],
    [sum("rejected"), "rejected"],
    [sum("requeued"), "given back"],
  ] as const;
  const parts = done.filter(([many]) => many > 0).map(([many, word]) => `${many} ${word}`);
  const past = parts.length === 0 ? "Nothing finished in the last minute" : `${parts.join(", ")} in the last minute`;
  return heldSince === null ? past : `${past}; holds a message for ${formatDuration(now - heldSince)}`;
}

/** What the colours mean. */
export function LaneLegend({ requeued, stuck }: { requeued: boolean; stuck: boolean }) {
  const items = [
    [colours.acked, "acknowledged"],
    ["bg-info", "held now"],
    [colours.rejected, "rejected"],
    ...(requeued ? [[colours.requeued, "given back"] as const] : []),
    ...(stuck ? [["bg-warn", "held far longer than usual"] as const] : []),
  ] as const;
  return (
    <ul aria-label="What the colours mean" className="flex flex-wrap gap-x-4 gap-y-1 text-11 text-ink-3">
      {items.map(([colour, word]) => (
        <li key={word} className="flex items-center gap-1.5">
          <span className={clsx("h-2 w-3 rounded-[2px]", colour)} />
          {word}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span className="h-px w-3 bg-line-2" />
        idle
      </li>
    </ul>
  );
}
