import clsx from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";

/**
 * The name of a thing in a table: mono, a link, and never cut to make room for the hint beside it.
 * The hint gives way first, down to its icon. The grid is one tab stop (Enter opens the row), so the link is none.
 */
export function NameCell({ name, href, hint }: { name: string; href?: string; hint?: ReactNode }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      {href === undefined ? (
        <span className="mono clip-text" title={name}>
          {name}
        </span>
      ) : (
        <Link
          href={href}
          tabIndex={-1}
          title={name}
          // It doesn't shrink with the hint, not even by a fraction of a pixel: that would cut its last letters.
          className={clsx(
            "mono clip-text shrink-0 hover:text-accent hover:underline hover:underline-offset-2",
            hint == null ? "max-w-full" : "max-w-[calc(100%-24px)]",
          )}
        >
          {name}
        </Link>
      )}
      {hint}
    </span>
  );
}

/** A short remark beside a name: "growing 10 min". `icon` is one of 12 px; it is what is left when room is short. */
export function RowHint({
  icon,
  tone = "warn",
  children,
}: {
  icon: ReactNode;
  tone?: "warn" | "danger";
  children: string;
}) {
  return (
    <span
      title={children}
      className={clsx(
        "clip-text ml-auto min-w-4 shrink-[999] text-11 [&_svg]:mr-1 [&_svg]:inline [&_svg]:size-3 [&_svg]:align-[-2px] phone:ml-0 phone:text-12",
        tone === "danger" ? "text-danger" : "text-warn",
      )}
    >
      {icon}
      {children}
    </span>
  );
}
