import type { ReactNode } from "react";

/**
 * A fact about a thing in two to five letters (D, TTL, DLX), neutral in colour since it is not a state.
 * `title` says it in full, usually with the argument's name and value; it is also what a screen reader says.
 */
export function Badge({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span
      data-tip={title}
      className="inline-block h-4 rounded-3 border border-line-2 px-1 text-11 leading-[14px] whitespace-nowrap text-ink-2"
    >
      {title === undefined ? (
        children
      ) : (
        <>
          <span aria-hidden="true">{children}</span>
          <span className="sr-only">{title}</span>
        </>
      )}
    </span>
  );
}

/** Badges in a row. */
export function Badges({ children }: { children: ReactNode }) {
  return <span className="inline-flex items-center gap-1">{children}</span>;
}
