import clsx from "clsx";

/** Smoothed over three points: a sparkline shows which way, not each tick. */
function smooth(values: readonly number[]): number[] {
  return values.map((value, at) => {
    const around = [values[at - 1] ?? value, value, values[at + 1] ?? value];
    return around.reduce((sum, each) => sum + each, 0) / 3;
  });
}

/**
 * The course of one number, without axes. Ink when flat or falling; `warn` for a queue that grows, `danger` for dead
 * letters still rising. `label` says in words what it shows.
 */
export function Sparkline({
  values,
  tone = "ink",
  label,
  width = 72,
  height = 20,
}: {
  values: readonly number[];
  tone?: "ink" | "warn" | "danger";
  label: string;
  width?: number;
  height?: number;
}) {
  if (values.length < 2) return null;
  const drawn = smooth(values);
  const least = Math.min(...drawn);
  const most = Math.max(...drawn);
  const inset = 2.5;
  const points = drawn.map((value, at) => {
    const x = inset + (at / (drawn.length - 1)) * (width - 2 * inset);
    const share = most === least ? 0.5 : (value - least) / (most - least);
    return [x, height - inset - share * (height - 2 * inset)] as const;
  });
  const end = points.at(-1) ?? [0, 0];
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={clsx("block overflow-visible", {
        "text-ink-3": tone === "ink",
        "text-warn": tone === "warn",
        "text-danger": tone === "danger",
      })}
    >
      <path
        d={`M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.25"
        strokeLinejoin="round"
      />
      <circle
        cx={end[0]}
        cy={end[1]}
        r="1.75"
        fill="currentColor"
        className={tone === "ink" ? "text-ink-2" : undefined}
      />
    </svg>
  );
}
