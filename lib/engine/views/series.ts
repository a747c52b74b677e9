import type { StatsRange } from "@/lib/broker/broker";
import type { Sample } from "@/lib/broker/topology";
import type { SampleRow } from "@/lib/engine/sql/overview";
import { ratesBetween, totalsOf } from "@/lib/engine/views/rates";

/** How far apart samples of a given age are when something changes all the time: the sampler's tick, then thinned. */
const sampleSpacing = [
  { olderThanMs: 0, everyMs: 5_000 },
  { olderThanMs: 600_000, everyMs: 60_000 },
  { olderThanMs: 10_800_000, everyMs: 600_000 },
] as const;

/** A tick may come late by this much, in ms, before a gap counts as "nothing changed". */
const SLACK_MS = 2_500;

/**
 * Makes the points of a chart from samples that were only written when something had changed. A gap that is longer
 * than the distance of ticks means that the counters stood still until one tick before its end.
 * @param rows oldest first; the first one may lie before the range
 * @param current the counters now, as the last point's value
 * @param now ms since 1970
 * @returns `ageMs / incrementMs` points, oldest first, the last one at `now`; empty where the queue has no history
 */
export function seriesOf(rows: readonly SampleRow[], current: SampleRow, range: StatsRange, now: number): Sample[] {
  const known = [...rows.filter((row) => row.at < now), { ...current, at: now }];
  const count = Math.max(1, Math.floor(range.ageMs / range.incrementMs));
  const times = Array.from({ length: count + 1 }, (_, index) => now - (count - index) * range.incrementMs);
  const values = valuesAt(known, times, now);
  const points: Sample[] = [];
  for (let index = 1; index < times.length; index++) {
    const at = times[index];
    const before = values[index - 1];
    const value = values[index];
    if (at === undefined || before === undefined || value === undefined) continue;
    points.push({
      at: Math.round(at),
      ready: Math.round(value.ready),
      unacknowledged: Math.round(value.unacked),
      rates: ratesBetween(totalsOf(before), totalsOf(value), range.incrementMs / 1000),
    });
  }
  return points;
}

/** The counters at each of the times (ascending), read off the line through the samples. */
function valuesAt(samples: readonly SampleRow[], times: readonly number[], now: number): SampleRow[] {
  let next = 0;
  return times.map((time) => {
    while (next < samples.length && (samples[next]?.at ?? 0) < time) next++;
    const after = samples[Math.min(next, samples.length - 1)] as SampleRow;
    const before = samples[next - 1];
    // Before its first sample a queue had nothing, or what it had is forgotten: no rate is made up for it.
    if (before === undefined) return { ...after, at: time };
    const from = Math.max(before.at, after.at - spacingAt(now - after.at) - SLACK_MS);
    if (time <= from || after.at <= from) return { ...before, at: time };
    return between(before, after, Math.min(1, (time - from) / (after.at - from)), time);
  });
}

/** A queue that was made within the range began with nothing: what it held at its first sample came after that. */
export function sinceMade(rows: readonly SampleRow[], madeAt: number): readonly SampleRow[] {
  const first = rows[0];
  if (first !== undefined && first.at <= madeAt) return rows;
  return [{ ...nothingYet, at: madeAt }, ...rows];
}

const nothingYet: Omit<SampleRow, "at"> = {
  ready: 0,
  unacked: 0,
  publish: 0,
  deliver: 0,
  deliver_no_ack: 0,
  get: 0,
  get_no_ack: 0,
  ack: 0,
  redeliver: 0,
  return_unroutable: 0,
  drop_unroutable: 0,
};

function spacingAt(ageMs: number): number {
  return sampleSpacing.findLast((step) => ageMs >= step.olderThanMs)?.everyMs ?? sampleSpacing[0].everyMs;
}

function between(before: SampleRow, after: SampleRow, share: number, at: number): SampleRow {
  const mix = (name: keyof SampleRow) => before[name] + (after[name] - before[name]) * share;
  return {
    at,
    ready: mix("ready"),
    unacked: mix("unacked"),
    publish: mix("publish"),
    deliver: mix("deliver"),
    deliver_no_ack: mix("deliver_no_ack"),
    get: mix("get"),
    get_no_ack: mix("get_no_ack"),
    ack: mix("ack"),
    redeliver: mix("redeliver"),
    return_unroutable: mix("return_unroutable"),
    drop_unroutable: mix("drop_unroutable"),
  };
}
