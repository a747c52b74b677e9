import type { MessageRates, MessageTotals, Sample } from "@/lib/broker/topology";

/** RabbitMQ's names of the counters, with ours. */
const counters = {
  publish: "publish",
  deliver: "deliver",
  deliver_no_ack: "deliverNoAck",
  get: "get",
  get_no_ack: "getNoAck",
  ack: "ack",
  redeliver: "redeliver",
  return_unroutable: "returnUnroutable",
  drop_unroutable: "dropUnroutable",
} as const satisfies Record<string, keyof MessageTotals>;
type Counter = keyof typeof counters | "deliver_get";

/** One counter in RabbitMQ's form. `samples` run from the newest to the oldest. */
export interface RateDetails {
  readonly rate: number;
  readonly samples?: readonly { readonly sample: number; readonly timestamp: number }[];
  readonly avg_rate?: number;
  readonly avg?: number;
}

/** RabbitMQ's `message_stats`: each counter with its `_details`. */
export type MessageStatsJson = { readonly [C in Counter]: number } & {
  readonly [C in Counter as `${C}_details`]: RateDetails;
};

/** Rates by RabbitMQ's names, in messages per second. */
export type RatesJson = { readonly [C in Counter]: number };

/** `message_stats` of a queue, or of all. With samples, each counter gets its history. */
export function messageStatsJson(
  totals: MessageTotals,
  rates: MessageRates,
  samples: readonly Sample[] = [],
): MessageStatsJson {
  const now = ratesJson(rates);
  const total = ratesJson(totals);
  const history = samples.map((sample) => ({ at: sample.at, rates: ratesJson(sample.rates) }));
  const stats: Record<string, number | RateDetails> = {};
  for (const counter of Object.keys(now) as Counter[]) {
    stats[counter] = total[counter];
    const points = history.map((sample) => ({ at: sample.at, rate: sample.rates[counter] }));
    stats[`${counter}_details`] = { rate: now[counter], ...rateHistory(total[counter], points) };
  }
  return stats as MessageStatsJson;
}

/** Counters or rates by RabbitMQ's names; `deliver_get` is the sum of the four ways of getting a message. */
function ratesJson(values: MessageRates): RatesJson {
  const named = Object.fromEntries(Object.entries(counters).map(([name, ours]) => [name, values[ours]]));
  const { deliver, deliverNoAck, get, getNoAck } = values;
  return { ...named, deliver_get: deliver + deliverNoAck + get + getNoAck } as RatesJson;
}

/** One point of a chart: counts then, and rates over the interval that ended then. `timestamp` is in ms since 1970. */
export function sampleJson(sample: Sample) {
  return {
    timestamp: sample.at,
    messages: sample.ready + sample.unacknowledged,
    messages_ready: sample.ready,
    messages_unacknowledged: sample.unacknowledged,
    rates: ratesJson(sample.rates),
  };
}
export type SampleJson = ReturnType<typeof sampleJson>;

/** A length with its history, as RabbitMQ gives `messages_ready_details` and its like. */
export function lengthDetails(samples: readonly Sample[], lengthOf: (sample: Sample) => number): RateDetails {
  const last = samples.at(-1);
  const before = samples.at(-2);
  if (last === undefined) return { rate: 0 };
  const rate = before === undefined ? 0 : ((lengthOf(last) - lengthOf(before)) * 1000) / (last.at - before.at);
  const newestFirst = samples.map((sample) => ({ sample: lengthOf(sample), timestamp: sample.at })).reverse();
  return { rate, samples: newestFirst, ...averages(newestFirst) };
}

/** RabbitMQ's samples are the counter's values: they follow, backwards, from its value now and the rates. */
function rateHistory(total: number, points: readonly { readonly at: number; readonly rate: number }[]) {
  if (points.length === 0) return {};
  const newestFirst: { sample: number; timestamp: number }[] = [];
  let value = total;
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i];
    if (point === undefined) continue;
    newestFirst.push({ sample: Math.max(0, Math.round(value)), timestamp: point.at });
    const previous = points[i - 1];
    if (previous !== undefined) value -= (point.rate * (point.at - previous.at)) / 1000;
  }
  return { samples: newestFirst, ...averages(newestFirst) };
}

function averages(newestFirst: readonly { readonly sample: number; readonly timestamp: number }[]) {
  const newest = newestFirst[0];
  const oldest = newestFirst.at(-1);
  if (newest === undefined || oldest === undefined) return {};
  const seconds = (newest.timestamp - oldest.timestamp) / 1000;
  return {
    avg_rate: seconds > 0 ? (newest.sample - oldest.sample) / seconds : 0,
    avg: newestFirst.reduce((sum, { sample }) => sum + sample, 0) / newestFirst.length,
  };
}
