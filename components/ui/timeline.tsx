import clsx from "clsx";
import type { ReactNode } from "react";

export type TimelineEvent = {
  id: string;
  /** The shape: happened (hollow), rejected (square), dead (diamond), held (half), now (a ring with a dot). */
  kind: "happened" | "rejected" | "dead" | "held" | "now";
  title: ReactNode;
  /** The time of the first, then the gap to the event before: "12:49:58.114", "+2 ms". */
  when?: ReactNode;
  /** Who and where; every actor is a link. */
  detail?: ReactNode;
  /** Time passed waiting until the next event: the line is dashed. */
  waited?: boolean;
};

/** What happened to one thing, as chambers on a line, oldest first. */
export function Timeline({ events, label }: { events: readonly TimelineEvent[]; label: string }) {
  return (
    <ol className="path" aria-label={label}>
      {events.map((event) => (
        <li key={event.id} className={clsx(event.kind, event.waited && "waited")}>
          {event.when !== undefined && <span className="float-right pl-2 text-11 text-ink-3">{event.when}</span>}
          <b
            className={clsx(
              "font-semibold",
              (event.kind === "rejected" || event.kind === "dead") && "text-danger",
              event.kind === "held" && "text-info",
            )}
          >
            {event.title}
          </b>
          {event.detail !== undefined && <div className="text-ink-2 [overflow-wrap:anywhere]">{event.detail}</div>}
        </li>
      ))}
    </ol>
  );
}
