import clsx from "clsx";
import type { ReactNode } from "react";

/**
 * Nothing here: `title` says what is missing, `children` what belongs here and what brings it,
 * `actions` offers the next step. Also for "Nothing matches", with the nearest value that exists.
 */
export function EmptyState({
  title,
  children,
  actions,
  boxed = false,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** A dashed edge, for a place inside a form or panel rather than a whole pane. */
  boxed?: boolean;
}) {
  return (
    <div
      className={clsx(
        "mx-auto flex max-w-md flex-col items-center gap-1 px-4 text-center",
        boxed ? "w-full rounded-5 border border-dashed border-line-2 py-4" : "py-12",
      )}
    >
      <h2 className="text-13">{title}</h2>
      {children !== undefined && <div className="text-12 text-ink-2">{children}</div>}
      {actions !== undefined && <div className="mt-2 flex flex-wrap items-center justify-center gap-3">{actions}</div>}
    </div>
  );
}
