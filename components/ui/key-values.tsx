import type { ReactNode } from "react";

/** Names and values below each other: properties, headers, arguments. Values are mono and wrap where they must. */
export function KeyValues({
  rows,
  plain = false,
}: {
  rows: readonly { name: string; value: ReactNode; note?: ReactNode; plain?: boolean }[];
  /** The names are words, not identifiers. */
  plain?: boolean;
}) {
  return (
    <dl className="grid grid-cols-[fit-content(45%)_minmax(0,1fr)] gap-x-4">
      {rows.map((row) => (
        <div key={row.name} className="contents">
          <dt className={`py-0.5 break-words text-ink-3 ${plain ? "text-12 leading-5" : "mono leading-5"}`}>
            {row.name}
          </dt>
          <dd className="flex min-w-0 items-baseline gap-2 py-0.5 text-12 leading-5">
            <span className={`min-w-0 [overflow-wrap:anywhere] ${row.plain ? "" : "mono"}`}>{row.value}</span>
            {row.note !== undefined && <span className="ml-auto text-11 whitespace-nowrap text-ink-3">{row.note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
