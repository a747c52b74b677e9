"use client";

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { axisLines, axisTop, type Series, type SeriesColor } from "@/components/ui/chart/series";
import { formatClock } from "@/lib/format/times";

export type ChartCanvasProps = {
  /** Seconds since 1970, evenly spaced. */
  times: readonly number[];
  series: readonly Series[];
  hidden: ReadonlySet<string>;
  height: number;
  /** Charts of one key share the crosshair. */
  syncKey: string;
  /** The place under the crosshair, or null when it left. */
  onPoint: (index: number | null) => void;
};

type Palette = Record<SeriesColor | "line" | "line-2" | "ink-3" | "surface", string>;

/** The tokens as the canvas needs them: resolved for the theme that the element is in. */
function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(--color-${token})`;
    return getComputedStyle(probe).color;
  };
  const tokens = ["clay", "info", "ok", "warn", "danger", "ink", "line", "line-2", "ink-3", "surface"] as const;
  const palette = Object.fromEntries(tokens.map((token) => [token, read(token)])) as Palette;
  probe.remove();
  return palette;
}

const dashes = { solid: [], dashed: [4, 3], dotted: [2, 2] };

function plotOptions(
  props: ChartCanvasProps,
  palette: Palette,
  width: number,
  point: (at: number | null) => void,
): uPlot.Options {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    width,
    height: props.height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: props.syncKey, setSeries: false },
      points: { size: 7, width: 1.5, stroke: () => palette.surface },
    },
    scales: {
      x: { time: true },
      // From zero, always, and with room for a line that is not there yet.
      y: { range: (_, __, max) => [0, axisTop(max)] },
    },
    axes: [
      {
        stroke: palette["ink-3"],
        font,
        size: 24,
        gap: 4,
        grid: { show: false },
        ticks: { show: false },
        splits: (plot) => timeSplits(plot.data[0], plot.width),
        values: (plot, splits) => splits.map((seconds) => axisTime(seconds, plot.data[0])),
      },
      {
        stroke: palette["ink-3"],
        font,
        size: (plot, values) =>
          Math.max(36, ...(values ?? []).map((value) => plot.ctx.measureText(value).width / devicePixelRatio + 12)),
        gap: 6,
        splits: (_, __, ___, max) => axisLines(max),
        values: (_, splits) => splits.map((value) => axisNumber.format(value)),
        grid: { stroke: palette.line, width: 1 },
        ticks: { show: false },
      },
    ],
    series: [
      {},
      ...props.series.map(
        (line): uPlot.Series => ({
          label: line.label,
          show: !props.hidden.has(line.id),
          stroke: palette[line.color],
          width: line.thin ? 1 : 1.75,
          dash: dashes[line.line ?? "solid"],
          ...(line.filled && { fill: palette[line.color].replace(/^rgb\((.+)\)$/, "rgba($1, 0.12)") }),
          points: { show: false },
          spanGaps: false,
        }),
      ),
    ],
    hooks: {
      setCursor: [(plot) => point(plot.cursor.idx ?? null)],
      draw: [(plot) => drawEnds(plot, props.series, palette)],
    },
  };
}

/** A dot on the last value of each line: where it is now. */
function drawEnds(plot: uPlot, series: readonly Series[], palette: Palette) {
  const { ctx } = plot;
  series.forEach((line, at) => {
    const values = plot.data[at + 1];
    const index = (values?.length ?? 0) - 1;
    const value = values?.[index];
    const time = plot.data[0][index];
    if (!plot.series[at + 1]?.show || value === null || value === undefined || time === undefined) return;
    ctx.beginPath();
    ctx.arc(plot.valToPos(time, "x", true), plot.valToPos(value, "y", true), 2.75 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fillStyle = palette[line.color];
    ctx.fill();
  });
}

const axisNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** Up to five places, the ends among them, as far apart as their words need. */
function timeSplits(times: ArrayLike<number>, width: number): number[] {
  const parts = Math.max(1, Math.min(4, Math.floor(width / 110)));
  const last = times.length - 1;
  if (last < 1) return [];
  return Array.from({ length: parts + 1 }, (_, at) => times[Math.round((last * at) / parts)] ?? 0);
}

/** The newest place is "now" if it is: a chart of the past says the time. */
function axisTime(seconds: number, times: ArrayLike<number>): string {
  const newest = times[times.length - 1] ?? 0;
  const span = newest - (times[0] ?? 0);
  if (seconds === newest && Date.now() / 1000 - newest < Math.max(15, span / 20)) return "now";
  const clock = formatClock(new Date(seconds * 1000));
  return span > 180 ? clock.slice(0, 5) : clock;
}

/** uPlot on a canvas. Loaded late, by Chart; made anew when the theme, the series or the size of the screen change. */
export default function ChartCanvas(props: ChartCanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = props.series.map((line) => `${line.id}${props.hidden.has(line.id) ? "-" : "+"}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made anew when its shape changes, and fed below.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const make = () => {
      plot.current?.destroy();
      const options = plotOptions(latest.current, readPalette(element), element.clientWidth, (at) =>
        latest.current.onPoint(at),
      );
      plot.current = new uPlot(options, toData(latest.current), element);
    };
    make();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height }),
    );
    resized.observe(element);
    const themed = new MutationObserver(make);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", make);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, props.height, props.syncKey]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: fed when the numbers change.
  useEffect(() => {
    plot.current?.setData(toData(latest.current));
  }, [props.times, props.series]);

  return <div ref={box} className="w-full overflow-hidden" style={{ height: props.height }} />;
}

function toData(props: ChartCanvasProps): uPlot.AlignedData {
  return [[...props.times], ...props.series.map((line) => [...line.values])];
}
