import { VisibleText } from "@/components/ui/visible-text";
import type { Group, GroupStatus } from "@/lib/api-client/groups";

const reasonTitle: Readonly<Record<Group["reason"], string>> = {
  rejected: "Rejected without a word why",
  expired: "Waited longer than its time to live",
  maxlen: "Pushed out of a full queue",
  delivery_limit: "Delivered too often",
};

/** A cause in one line: the error's type and its message with what changes taken out, else what the reason means. */
export function causeTitle({ error_type, pattern, reason }: Pick<Group, "error_type" | "pattern" | "reason">): string {
  const parts = [error_type ?? "", pattern].filter((part) => part !== "");
  return parts.length === 0 ? reasonTitle[reason] : parts.join(": ");
}

/** The same, with the places where numbers and ids were set back a little. */
export function CauseTitle({ group }: { group: Pick<Group, "error_type" | "pattern" | "reason"> }) {
  return causeTitle(group)
    .slice(0, 400)
    .split(/(<(?:n|id|uuid|hex|text|path|time|url|email|ip)>)/)
    .map((part, at) =>
      at % 2 === 1 ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name.
        <span key={at} className="font-normal text-ink-3">
          {part.slice(1, -1)}
        </span>
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: see above.
        <VisibleText key={at} text={part} />
      ),
    );
}

export const statusWords: Readonly<Record<GroupStatus, string>> = {
  open: "open",
  acknowledged: "seen to",
  resolved: "resolved",
};

/** Whether more of it died in the last hour than in the hour before. */
export function isRising({ trend }: Pick<Group, "trend">): boolean {
  return (trend.at(-1) ?? 0) > (trend.at(-2) ?? 0);
}

/** "MO" for mira.okafor: enough to tell people apart in a small square. */
export function initials(name: string): string {
  const words = name.split(/[\s._@-]+/).filter((word) => word !== "");
  const [first = "?", second] = words;
  return (second === undefined ? first.slice(0, 2) : `${first[0]}${second[0]}`).toUpperCase();
}
