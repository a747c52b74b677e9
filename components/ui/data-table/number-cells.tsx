import { formatCount, rateNumber } from "@/lib/format/numbers";

/** A count in a table. Zero steps back; `null` (not known: the node is down) is a dash, never a stale number. */
export function CountCell({ value, strong = false }: { value: number | null | undefined; strong?: boolean }) {
  if (value === null || value === undefined) return <span className="text-ink-3">–</span>;
  return (
    <span className={value === 0 ? "text-ink-3" : strong ? "font-semibold" : undefined}>{formatCount(value)}</span>
  );
}

/** A rate in a table, events per second, its unit soft. */
export function RateCell({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span className="text-ink-3">–</span>;
  return (
    <span className={value === 0 ? "text-ink-3" : undefined}>
      {rateNumber(value)}
      <span className="text-ink-3">/s</span>
    </span>
  );
}
