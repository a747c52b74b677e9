"use client";

import clsx from "clsx";
import dynamic from "next/dynamic";
import { type ReactNode, useMemo, useState } from "react";
import type { ChartCanvasProps } from "@/components/ui/chart/chart-canvas";
import type { Series } from "@/components/ui/chart/series";
import { useHotkey } from "@/components/ui/hotkeys";
import { useRemembered } from "@/components/ui/remembered";
import { formatClock } from "@/lib/format/times";

const Canvas = dynamic<ChartCanvasProps>(() => import("@/components/ui/chart/chart-canvas"), { ssr: false });

const nothingHidden: readonly string[] = [];

/**
 * Numbers over time. The legend shows the value of now (or under the crosshair), and each name switches its line.
 * `t` shows the same numbers as a table. Charts with the same `syncKey` share their crosshair.
 */
export function Chart({
  name,
  title,
  times,
  series,
  format,
  syncKey = "charts",
  height = 160,
  actions,
}: {
  /** Names the remembered choice of lines. */
  name: string;
  title: string;
  /** Seconds since 1970, evenly spaced; one value of each series per time. */
  times: readonly number[];
  series: readonly Series[];
  /** Writes a value: `formatCount`, `formatRate`. */
  format: (value: number) => string;
  syncKey?: string;
  height?: number;
  actions?: ReactNode;
}) {
  const [off, setOff] = useRemembered<readonly string[]>(`chart.${name}`, nothingHidden);
  const [asTable, setAsTable] = useRemembered("chart.asTable", false);
  const [point, setPoint] = useState<number | null>(null);
  const hidden = useMemo(() => new Set(off), [off]);
  useHotkey({ keys: "t", label: "Charts as tables", group: "On a page" }, () => setAsTable(!asTable));
  const shownAt = point ?? times.length - 1;

  return (
    <figure className="min-w-0 px-4 py-2">
      <figcaption className="flex min-h-7 flex-wrap items-center gap-2">
        <h2>{title}</h2>
        {point !== null && times[point] !== undefined && (
          <span className="text-11 text-ink-3">{formatClock(new Date(times[point] * 1000))}</span>
        )}
        {actions !== undefined && <div className="ml-auto max-w-full overflow-x-auto">{actions}</div>}
      </figcaption>
      <div className="-mx-1 flex min-h-6 flex-wrap gap-x-0.5">
        {series.map((line) => {
          const value = line.values[shownAt];
          const on = !hidden.has(line.id);
          return (
            <button
              key={line.id}
              type="button"
              aria-pressed={on}
              onClick={() => setOff(on ? [...off, line.id] : off.filter((id) => id !== line.id))}
              className={clsx(
                "inline-flex h-6 items-center gap-1.5 rounded-3 px-1 text-11 hover:bg-hover phone:h-10",
                on ? "text-ink-2" : "text-ink-3 line-through",
              )}
            >
              <LineSample line={line} on={on} />
              {line.label}
              {on && (
                <b className="font-semibold text-ink">{value === null || value === undefined ? "–" : format(value)}</b>
              )}
            </button>
          );
        })}
      </div>
      <div style={{ height }}>
        {asTable ? (
          <NumberTable times={times} series={series} format={format} height={height} title={title} />
        ) : (
          <div role="img" aria-label={`${title}. Press t for the numbers as a table.`}>
            <Canvas {...{ times, series, hidden, height, syncKey }} onPoint={setPoint} />
          </div>
        )}
      </div>
    </figure>
  );
}

function LineSample({ line, on }: { line: Series; on: boolean }) {
  const dash = line.line === "dashed" ? "4 2" : line.line === "dotted" ? "2 1.5" : undefined;
  return (
    <svg width="12" height="4" aria-hidden="true">
      <path
        d="M0 2h12"
        stroke={on ? `var(--color-${line.color})` : "var(--color-line-2)"}
        strokeWidth={line.thin ? 1 : 2}
        strokeDasharray={dash}
      />
    </svg>
  );
}

function NumberTable({
  times,
  series,
  format,
  height,
  title,
}: {
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  height: number;
  title: string;
}) {
  // Newest first, and no more than a reader would scroll through.
  const places = times.map((_, at) => at).slice(-120);
  places.reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="overflow-auto" style={{ height }} tabIndex={0} aria-label={`${title}, numbers`}>
      <table className="w-full text-12">
        <thead className="sticky top-0 bg-surface text-11 text-ink-3">
          <tr>
            <th scope="col" className="py-1 text-left font-medium">
              Time
            </th>
            {series.map((line) => (
              <th key={line.id} scope="col" className="py-1 pl-3 text-right font-medium">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map((at) => (
            <tr key={times[at]}>
              <th scope="row" className="py-0.5 text-left font-normal text-ink-3">
                {formatClock(new Date((times[at] ?? 0) * 1000))}
              </th>
              {series.map((line) => {
                const value = line.values[at];
                return (
                  <td key={line.id} className="py-0.5 pl-3 text-right">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Two charts side by side with a hairline between; below each other where the page is narrow. */
export function ChartPair({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-2 divide-x divide-line border-b border-line narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y">
      {children}
    </div>
  );
}
