import clsx from "clsx";
import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";
import { NameText } from "@/components/ui/visible-text";

/**
 * The name of a thing in a table: mono, a link, and never cut to make room for the hint beside it.
 * The hint gives way first, down to its icon. The grid is one tab stop (Enter opens the row), so the link is none.
 */
export function NameCell({ name, href, hint }: { name: string; href?: string; hint?: ReactNode }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      {href === undefined ? (
        <span className="mono clip-text" title={name}>
          <NameText text={name} />
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
          <NameText text={name} />
        </Link>
      )}
      {hint}
    </span>
  );
}

/**
 * A short remark beside a name: "growing 10 min". `icon` is one of 12 px. Where the words don't fit they go as a whole,
 * by wrapping out of sight, and the icon is left; half a word would say nothing.
 */
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
      data-tip={children}
      className={clsx(
        "ml-auto flex h-4 min-w-3 shrink-[999] flex-wrap gap-x-1 overflow-hidden text-11 [&_svg]:mt-0.5 [&_svg]:size-3 phone:ml-0 phone:text-12",
        tone === "danger" ? "text-danger" : "text-warn",
      )}
    >
      {icon}
      <span className="whitespace-nowrap">{children}</span>
    </span>
  );
}
