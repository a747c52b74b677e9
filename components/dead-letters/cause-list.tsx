"use client";

import clsx from "clsx";
import { StickyNote } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { CauseTitle, causeTitle, initials, isRising, statusWords } from "@/components/dead-letters/cause-words";
import { RelativeTime } from "@/components/ui/relative-time";
import { Sparkline } from "@/components/ui/sparkline";
import { Tag } from "@/components/ui/tag";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import type { Group } from "@/lib/api-client/groups";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Causes below each other; the arrow keys walk, Enter opens. */
export function CauseList({
  groups,
  openId,
  vhosts,
  onOpen,
  onEnd,
}: {
  groups: readonly Group[];
  openId: string | null;
  /** Say the virtual host of each. */
  vhosts: boolean;
  onOpen: (group: Group) => void;
  /** The end is near. */
  onEnd: () => void;
}) {
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && onEnd());
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [onEnd]);
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button")];
    buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus();
    event.preventDefault();
  };
  return (
    <ul aria-label="Causes" className="min-h-0 flex-1 overflow-y-auto border-t border-line" onKeyDown={walk}>
      {groups.map((group) => (
        <li key={group.id} className="border-b border-line">
          <Cause group={group} open={group.id === openId} vhosts={vhosts} onOpen={() => onOpen(group)} />
        </li>
      ))}
      <li ref={end} aria-hidden="true" className="h-px" />
    </ul>
  );
}

function Cause({ group, open, vhosts, onOpen }: { group: Group; open: boolean; vhosts: boolean; onOpen: () => void }) {
  const rising = isRising(group);
  return (
    <button
      type="button"
      aria-current={open ? "true" : undefined}
      onClick={onOpen}
      className={clsx(
        "grid w-full grid-cols-[76px_minmax(0,1fr)] gap-x-2 px-4 py-2.5 text-left -outline-offset-2",
        open ? "bg-accent-tint shadow-[inset_2px_0_var(--color-accent)]" : "hover:bg-hover",
      )}
    >
      <span>
        <b className={clsx("block text-16 leading-6 font-semibold", group.count === 0 && "text-ink-3")}>
          {formatCount(group.count)}
        </b>
        <Sparkline
          values={group.trend}
          tone={rising ? "danger" : "ink"}
          label={`${formatNoun(group.recent, "death")} in the last hour${rising ? ", rising" : ""}`}
        />
      </span>
      <span className="min-w-0">
        <span className="flex min-w-0 items-center gap-2">
          <b className="clip-text min-w-0 flex-1 font-semibold" title={causeTitle(group)}>
            <CauseTitle group={group} />
          </b>
          {group.status !== "open" && (
            <Tag tone={group.status === "resolved" ? "ok" : "neutral"}>{statusWords[group.status]}</Tag>
          )}
        </span>
        <span className="clip-text block text-12 text-ink-2">
          <span className="mono">
            <VisibleText text={group.queue} />
          </span>{" "}
          {group.reason}
          {vhosts && (
            <>
              {" "}
              in{" "}
              <span className="mono">
                <NameText text={group.vhost} />
              </span>
            </>
          )}
        </span>
        <span className="flex items-center gap-1.5 text-12 text-ink-3">
          <span className="clip-text flex-1">
            first <RelativeTime at={group.first_seen} />, last <RelativeTime at={group.last_seen} />
          </span>
          {group.note !== "" && (
            <span title={group.note.slice(0, 300)}>
              <StickyNote className="icon-14" aria-hidden="true" />
              <span className="sr-only">has a note</span>
            </span>
          )}
          {group.assignee === null ? (
            <span className="text-11">no owner</span>
          ) : (
            <span title={group.assignee} className="rounded-3 bg-line px-1 text-11 leading-4 font-medium text-ink-2">
              <span aria-hidden="true">{initials(group.assignee)}</span>
              <span className="sr-only">owner {group.assignee}</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
}
