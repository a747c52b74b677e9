"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { usePathname, useRouter } from "next/navigation";
import { groups, type Page, pageOf, pages } from "@/components/shell/pages";
import { useFrameVhost, withVhost } from "@/components/shell/vhost";
import { useHotkey } from "@/components/ui/hotkeys";
import { Link } from "@/components/ui/link";
import { deadLetterCountQuery } from "@/lib/api-client/dead-letters";
import { overviewQuery } from "@/lib/api-client/overview";
import { reviewCountQuery } from "@/lib/api-client/review-count";
import { formatCount } from "@/lib/format/numbers";

/** What stands behind a page's name. Totals of the broker say nothing about one vhost, so they are left out there. */
function useCounts(vhost: string | null): Record<string, { count: number; danger?: boolean } | undefined> {
  const overview = useQuery(overviewQuery());
  const dead = useQuery(deadLetterCountQuery({ vhost, q: "" }));
  const reviews = useQuery(reviewCountQuery(vhost));
  const open = reviews.data ? reviews.data.waiting + reviews.data.claimed : 0;
  const totals = vhost === null ? overview.data?.object_totals : undefined;
  return {
    "/connections": totals && { count: totals.connections },
    "/channels": totals && { count: totals.channels },
    "/consumers": totals && { count: totals.consumers },
    "/exchanges": totals && { count: totals.exchanges },
    "/queues": totals && { count: totals.queues },
    "/reviews": open > 0 ? { count: open } : undefined,
    "/dead-letters": dead.data ? { count: dead.data, danger: true } : undefined,
  };
}

function GoKey({ page, vhost }: { page: Page; vhost: string | null }) {
  const router = useRouter();
  useHotkey({ keys: `g ${page.key}`, label: page.label, group: "Go to" }, () =>
    router.push(withVhost(page.href, vhost)),
  );
  return null;
}

/** The keys that go to pages; once in the frame. */
export function GoKeys() {
  const { kept } = useFrameVhost();
  return pages.map((page) => <GoKey key={page.href} page={page} vhost={kept} />);
}

const pagesIn = (group: Page["group"]) => pages.filter((page) => page.group === group);

/** The pages with their counts. `drawer` is the form on a phone: words always, 40 px high. */
export function NavigationList({ drawer = false, onGo }: { drawer?: boolean; onGo?: () => void }) {
  const current = pageOf(usePathname());
  const { kept } = useFrameVhost();
  const counts = useCounts(kept);
  const filled = groups.filter((group) => pages.some((page) => page.group === group));
  return filled.map((group) => (
    <ul key={group} className="border-line p-2 [&+ul]:border-t">
      {pagesIn(group).map((page) => {
        const count = counts[page.href];
        const here = page === current;
        return (
          <li key={page.href}>
            <Link
              href={withVhost(page.href, kept)}
              {...(onGo && { onClick: onGo })}
              aria-current={here ? "page" : undefined}
              title={drawer ? undefined : page.label}
              className={clsx(
                "flex items-center gap-2 rounded-5 px-2 hover:bg-hover hover:text-ink",
                drawer ? "h-10" : "h-7 middle:h-8 middle:justify-center",
                here ? "bg-accent-tint font-semibold text-ink" : "text-ink-2",
              )}
            >
              <page.icon className={clsx("icon-16", here ? "text-accent" : "text-ink-3")} aria-hidden="true" />
              <span className={drawer ? undefined : "middle:sr-only"}>{page.label}</span>
              {count && (
                <span
                  className={clsx(
                    "ml-auto text-11 font-normal",
                    !drawer && "middle:hidden",
                    count.danger ? "text-danger" : here ? "text-ink-2" : "text-ink-3",
                  )}
                >
                  {formatCount(count.count)}
                </span>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  ));
}
