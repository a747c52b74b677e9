const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A length of time in at most two units: `3 ms`, `0.8 s`, `31 s`, `11 min 12 s`, `1 h 12 min`, `3d 4h`.
 * Takes milliseconds; a negative one counts as nothing.
 */
export function formatDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < 100) return `${Math.round(length)} ms`;
  if (length < 9_950) return `${(length / second).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(length / second);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), " min", seconds % 60, " s");
  const minutes = Math.round(length / minute);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), " h", minutes % 60, " min");
  const hours = Math.round(length / hour);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** A length of time in its largest unit, cut and not rounded: `4 s`, `11 min`, `3 h`, `2 d`. Takes milliseconds. */
export function formatAge(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return `${Math.floor(length / minute)} min`;
  if (length < day) return `${Math.floor(length / hour)} h`;
  return `${Math.floor(length / day)} d`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;
}

/** How long ago: `just now`, `4 s ago`, `2 d ago`; in the future, `in 4 s`. */
export function formatAgo(at: Date, now: Date): string {
  const age = now.getTime() - at.getTime();
  if (age < -second) return `in ${formatAge(-age)}`;
  if (age < second) return "just now";
  return `${formatAge(age)} ago`;
}

/** The time of day to the second, or to the millisecond: `12:49:58`, `12:49:58.114`. In the reader's time zone. */
export function formatClock(at: Date, milliseconds = false): string {
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return milliseconds ? `${clock}.${String(at.getMilliseconds()).padStart(3, "0")}` : clock;
}

const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** The date in words: `11 April 2026`. In the reader's time zone. */
export function formatDate(at: Date): string {
  return date.format(at);
}

/** The exact moment, for a tooltip: `11 April 2026, 12:49:58.114`. In the reader's time zone. */
export function formatMoment(at: Date): string {
  return `${formatDate(at)}, ${formatClock(at, true)}`;
}
