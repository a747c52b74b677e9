import { formatCount } from "@/lib/format/numbers";

/** How many rows there are, and how many of them the filter leaves. Nothing while they are loading. */
export function ShownCount({ shown, all }: { shown: number | undefined; all: number | undefined }) {
  if (shown === undefined || all === undefined) return null;
  return <span>{shown === all ? formatCount(all) : `${formatCount(shown)} of ${formatCount(all)}`}</span>;
}
