import { formatCount } from "@/lib/format/numbers";

/**
 * How far a job is: done in moss (in `ok` once all is done), failed in red. A failed share below 1 % still shows
 * 2 px of red.
 */
export function Meter({
  done,
  failed = 0,
  total,
  label,
}: {
  done: number;
  failed?: number;
  total: number;
  label: string;
}) {
  const share = (part: number) => (total === 0 ? 0 : (part / total) * 100);
  const settled = done + failed;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={settled}
      aria-valuetext={`${formatCount(settled)} of ${formatCount(total)}${failed > 0 ? `, ${formatCount(failed)} failed` : ""}`}
      className="flex h-1 overflow-hidden rounded-[2px] bg-line"
    >
      <span className={settled >= total && failed === 0 ? "bg-ok" : "bg-accent"} style={{ width: `${share(done)}%` }} />
      {failed > 0 && <span className="min-w-0.5 bg-danger" style={{ width: `${share(failed)}%` }} />}
    </div>
  );
}
