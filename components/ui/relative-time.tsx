"use client";

import { useSyncExternalStore } from "react";
import { formatAge, formatAgo, formatMoment } from "@/lib/format/times";

// One clock for all: a thousand rows don't need a thousand timers.
const watchers = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function watch(watcher: () => void) {
  watchers.add(watcher);
  // The first to watch sees the time at once, not a second later.
  if (timer === undefined) now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, 1000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(): number {
  if (timer === undefined) now = Date.now();
  return now;
}

/** The time now in milliseconds, ticking every second; 0 on the server. */
export function useNow(): number {
  return useSyncExternalStore(watch, read, () => 0);
}

/** A moment as `4 s ago` (or with `age` as `4 s`), ticking, the exact time on hover. Takes a Date, ISO text or milliseconds. */
export function RelativeTime({ at, age = false }: { at: Date | string | number; age?: boolean }) {
  const current = useNow();
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span className="text-ink-3">–</span>;
  const text = age ? formatAge(current - date.getTime()) : formatAgo(date, new Date(current));
  return (
    <time
      dateTime={date.toISOString()}
      title={formatMoment(date)}
      suppressHydrationWarning
      className="whitespace-nowrap"
    >
      {text}
    </time>
  );
}
