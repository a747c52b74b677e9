import clsx from "clsx";
import type { ReactNode } from "react";
import { NameText } from "@/components/ui/visible-text";

/**
 * The 48 px head of a page or pane: its name, what it counts, and what can be done.
 * `mono` for things that have a name of their own (a queue); `note` is a soft sentence or a number.
 */
export function PageHead({
  title,
  mono = false,
  note,
  children,
  actions,
  divided = false,
}: {
  title: string;
  mono?: boolean;
  note?: ReactNode;
  /** State, type, badges: whatever stands behind the title. */
  children?: ReactNode;
  actions?: ReactNode;
  /** A hairline below, where no tabs follow. */
  divided?: boolean;
}) {
  return (
    <header
      className={clsx(
        "flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 phone:py-1",
        divided && "border-b border-line",
      )}
    >
      <h1
        className={clsx("clip-text max-w-full", mono && "font-mono tracking-normal [font-variant-ligatures:none]")}
        title={title}
      >
        {mono ? <NameText text={title} /> : title}
      </h1>
      {note !== undefined && (
        // A count stays beside the title on a phone; a sentence goes below it, or it would push the buttons down.
        <span
          className={clsx(
            "text-ink-3",
            typeof note === "string" && note.length > 20 && "phone:order-last phone:basis-full",
          )}
        >
          {note}
        </span>
      )}
      {children}
      {actions !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** A hairline between groups of buttons in a head. */
export function HeadRule() {
  return <span aria-hidden="true" className="h-5 w-px bg-line-2" />;
}

/** The 36 px head of a section inside a page. */
export function SectionHead({ title, note, actions }: { title: ReactNode; note?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-2 px-4">
      <h2>{title}</h2>
      {note !== undefined && <span className="text-12 text-ink-3">{note}</span>}
      {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
    </header>
  );
}
