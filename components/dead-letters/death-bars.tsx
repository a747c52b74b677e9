import type { GroupDetail } from "@/lib/api-client/groups";
import { formatNoun } from "@/lib/format/numbers";
import { formatClock } from "@/lib/format/times";

const bucketMs = 10 * 60 * 1000;
const shown = 36;
const width = 180;
const height = 48;

/** How many died of a cause every ten minutes of the last six hours, as bars. */
export function DeathBars({ group }: { group: GroupDetail }) {
  const counts = new Map(group.trend_fine.map(({ at, count }) => [Math.floor(Date.parse(at) / bucketMs), count]));
  const last = Math.floor(Date.now() / bucketMs);
  const bars = Array.from({ length: shown }, (_, at) => counts.get(last - shown + 1 + at) ?? 0);
  const most = Math.max(1, ...bars);
  const step = width / shown;
  const sum = bars.reduce((total, count) => total + count, 0);
  return (
    <figure className="shrink-0 phone:hidden">
      <svg
        role="img"
        aria-label={`${formatNoun(sum, "death")} in the last six hours, at most ${formatNoun(most, "death")} in ten minutes`}
        width={width}
        height={height}
        className="block text-danger"
      >
        {bars.map((count, at) => {
          const tall = count === 0 ? 1 : Math.max(2, (count / most) * height);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
              key={at}
              x={at * step}
              y={height - tall}
              width={step - 1}
              height={tall}
              fill="currentColor"
              opacity={count === 0 ? 0.4 : 0.85}
            />
          );
        })}
      </svg>
      <figcaption className="flex justify-between border-t border-line pt-0.5 text-11 text-ink-3">
        <span>{formatClock(new Date((last - shown + 1) * bucketMs)).slice(0, 5)}</span>
        <span>dead per 10 min</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
