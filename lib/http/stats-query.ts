import { z } from "zod";
import type { StatsRange } from "@/lib/broker/broker";
import { BrokerError } from "@/lib/broker/errors";
import { integer } from "@/lib/http/schemas";

/** Most points in a history. */
const MOST_POINTS = 2_000;
const MOST_SECONDS = 36 * 3600;
const seconds = integer(1, MOST_SECONDS);

/** How RabbitMQ's API asks for histories: age and distance of points, in seconds. */
export const statsQuery = z.object({
  msg_rates_age: seconds.optional(),
  msg_rates_incr: seconds.optional(),
  lengths_age: seconds.optional(),
  lengths_incr: seconds.optional(),
});

/** How Warren's own paths ask for a history. */
export const rangeQuery = z.strictObject({
  age: seconds.default(600).meta({ description: "How far back, in seconds." }),
  incr: seconds.default(5).meta({ description: "Distance of two points, in seconds." }),
});

export interface AskedStats {
  readonly range: StatsRange;
  readonly rates: boolean;
  readonly lengths: boolean;
}

/** The range to ask the broker for, and which histories the caller wants to see. Throws `bad-request`. */
export function askedStats(query: z.output<typeof statsQuery>): AskedStats {
  const rates = query.msg_rates_age !== undefined && query.msg_rates_incr !== undefined;
  const lengths = query.lengths_age !== undefined && query.lengths_incr !== undefined;
  const age = Math.max(query.msg_rates_age ?? 0, query.lengths_age ?? 0);
  const increment = Math.min(query.msg_rates_incr ?? MOST_SECONDS, query.lengths_incr ?? MOST_SECONDS);
  if (!rates && !lengths) return { range: { ageMs: 60_000, incrementMs: 5_000 }, rates, lengths };
  return { range: statsRange(age, increment), rates, lengths };
}

/** A range in ms. Throws `bad-request` for one with too many points. */
export function statsRange(age: number, increment: number): StatsRange {
  if (age / increment > MOST_POINTS) {
    throw new BrokerError("bad-request", `${age} s in steps of ${increment} s is more than ${MOST_POINTS} points.`);
  }
  return { ageMs: age * 1000, incrementMs: Math.min(increment, age) * 1000 };
}
