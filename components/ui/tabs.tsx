import clsx from "clsx";
import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";

export type Tab = {
  href: string;
  label: ReactNode;
  count?: ReactNode;
  /** Amber or red for a count that needs a person. */
  tone?: "warn" | "danger";
  current: boolean;
};

/** Tabs are links: each has an address. Text on a line, the current one underlined in moss. */
export function Tabs({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  return (
    <nav
      aria-label={label}
      className="shrink-0 overflow-x-auto shadow-[inset_0_-1px_var(--color-line)] [scrollbar-width:none]"
    >
      <ul className="flex gap-4 px-4">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.current ? "page" : undefined}
              scroll={false}
              className="inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap text-ink-2 outline-offset-[-2px] hover:text-ink aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink phone:h-10"
            >
              {tab.label}
              {tab.count !== undefined && (
                <span
                  className={clsx(
                    "text-11 font-normal",
                    tab.tone === "danger" ? "text-danger" : tab.tone === "warn" ? "text-warn" : "text-ink-3",
                  )}
                >
                  {tab.count}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
