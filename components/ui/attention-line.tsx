import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";
import { NameText } from "@/components/ui/visible-text";

export type Attention = { href: string; name: string; text: ReactNode };

/**
 * One amber line, words first: what, since when, how we know. `items` link to the evidence; on a phone each has a line
 * of its own. Render nothing when all is well: this part has no "all is well".
 */
export function AttentionLine({
  lead,
  icon = <TriangleAlert aria-hidden="true" />,
  items = [],
  children,
}: {
  /** "3 need attention", "Growing for 10 min" */
  lead: string;
  icon?: ReactNode;
  items?: readonly Attention[];
  /** One sentence instead of links. */
  children?: ReactNode;
}) {
  const cell = "border-l border-warn-line/45 phone:border-l-0 phone:border-t";
  return (
    <section
      aria-label="Needs attention"
      className="-mt-px flex min-h-8 shrink-0 items-stretch overflow-hidden border-y border-line bg-warn-tint text-12 phone:flex-col"
    >
      <b className="flex items-center gap-1.5 py-2 pr-3 pl-4 font-semibold whitespace-nowrap text-warn [&>svg]:icon-14">
        {icon}
        {lead}
      </b>
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          className={`flex min-w-0 items-center gap-2 px-3 whitespace-nowrap text-ink-2 outline-offset-[-2px] hover:bg-warn-line/20 phone:min-h-10 phone:px-4 ${cell}`}
        >
          <code className="text-ink">
            <NameText text={item.name} />
          </code>
          <span className="clip-text">{item.text}</span>
        </Link>
      ))}
      {children !== undefined && (
        <div className={`flex min-w-0 items-center px-3 py-2 text-ink-2 phone:px-4 ${cell}`}>
          <span>{children}</span>
        </div>
      )}
    </section>
  );
}
