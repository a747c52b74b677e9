import type { ConsumerActivity, ConsumerOutcome } from "@/lib/broker/presence";

/** How far back it reaches, in ms, and how many stretches it keeps at most. */
const reachMs = 60_000;
const most = 120;
/** Messages that took less than `short` ms each are drawn together, up to a stretch of `long`. */
const short = 400;
const long = 1_000;
/** Of so many acknowledgements the times are kept. */
const mostTimes = 500;

/** What a consumer has done with the messages that it was given. */
export class Activity {
  delivered = 0;
  readonly settled: Record<ConsumerOutcome, number> = { acked: 0, rejected: 0, requeued: 0 };
  lastDeliveredAt: number | null = null;
  lastSettledAt: number | null = null;
  /** Acknowledgements, oldest first: when, and how long after delivery, in ms. */
  #times: { readonly at: number; readonly took: number }[] = [];
  #stretches: { from: number; to: number; outcome: ConsumerOutcome; count: number }[] = [];

  /** Times are in ms since 1970. */
  deliver(at: number): void {
    this.delivered++;
    this.lastDeliveredAt = at;
  }

  settle(from: number, to: number, outcome: ConsumerOutcome): void {
    this.settled[outcome]++;
    this.lastSettledAt = to;
    if (outcome === "acked") this.#time(from, to);
    const last = this.#stretches.at(-1);
    if (last?.outcome === outcome && to - from < short && from - last.to < short && to - last.from < long) {
      last.to = to;
      last.count++;
      return;
    }
    this.#stretches.push({ from, to, outcome, count: 1 });
    if (this.#stretches.length >= 2 * most) this.#stretches = this.#stretches.slice(-most);
  }

  /**
   * How long acknowledgements took of the minute before the last settlement, half of them and 99 of 100 at most, in ms;
   * null when there were none.
   */
  get latency(): { readonly p50: number; readonly p99: number } | null {
    const after = (this.lastSettledAt ?? 0) - reachMs;
    const took = this.#times.filter(({ at }) => at > after).map((time) => time.took);
    if (took.length === 0) return null;
    took.sort((a, b) => a - b);
    const share = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0;
    return { p50: share(0.5), p99: share(0.99) };
  }

  #time(from: number, at: number): void {
    this.#times.push({ at, took: at - from });
    if (this.#times.length >= 2 * mostTimes) this.#times = this.#times.slice(-mostTimes);
  }

  /** The stretches of the minute before the last settlement, oldest first. */
  get recent(): readonly ConsumerActivity[] {
    const after = (this.lastSettledAt ?? 0) - reachMs;
    return this.#stretches.slice(-most).filter(({ to }) => to > after);
  }
}
