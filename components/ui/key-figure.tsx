import clsx from "clsx";
import type { ReactNode } from "react";

/** Figures of one group; groups stand side by side with a line between them. A group without figures is left out. */
export function KeyFigures({ groups, end }: { groups: readonly (readonly ReactNode[])[]; end?: ReactNode }) {
  return (
    <div className="flex shrink-0 flex-wrap items-stretch gap-y-2 border-b border-line px-4 py-2">
      {groups.map((group, index) => (
        <dl
          // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other name and keep their places.
          key={index}
          className={clsx(
            "flex flex-wrap gap-x-7 pr-7",
            index > 0 && "border-l border-line pl-5 phone:border-0 phone:pl-0",
          )}
        >
          {group}
        </dl>
      ))}
      {end !== undefined && (
        <div className="ml-auto border-l border-line pl-5 phone:ml-0 phone:border-0 phone:pl-0">{end}</div>
      )}
    </div>
  );
}

/** One number that matters, its unit smaller, a remark smaller still. Inside KeyFigures. */
export function KeyFigure({
  label,
  value,
  unit,
  note,
  tone,
}: {
  label: ReactNode;
  /** Already formatted; a Skeleton while it isn't known. */
  value: ReactNode;
  unit?: ReactNode;
  note?: ReactNode;
  /** The colour of the remark. */
  tone?: "warn" | "danger";
}) {
  return (
    <div>
      <dt className="text-11 whitespace-nowrap text-ink-3">{label}</dt>
      <dd className="figure min-h-7 text-22 font-medium tracking-[-0.01em] whitespace-nowrap">
        {value}
        {unit !== undefined && <span className="text-13 font-normal text-ink-3">{unit}</span>}
        {note !== undefined && (
          <small
            className={clsx("ml-1 text-11 font-normal tracking-normal", {
              "text-warn": tone === "warn",
              "text-danger": tone === "danger",
              "text-ink-3": tone === undefined,
            })}
          >
            {note}
          </small>
        )}
      </dd>
    </div>
  );
}
