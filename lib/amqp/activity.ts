import type { ConsumerActivity, ConsumerOutcome } from "@/lib/broker/presence";

/** How far back it reaches, in ms, and how many stretches it keeps at most. */
const reachMs = 60_000;
const most = 120;
/** Messages that took less than `short` ms each are drawn together, up to a stretch of `long`. */
const short = 400;
const long = 1_000;

/** What a consumer has done with the messages that it was given. */
export class Activity {
  delivered = 0;
  readonly settled: Record<ConsumerOutcome, number> = { acked: 0, rejected: 0, requeued: 0 };
  lastDeliveredAt: number | null = null;
  lastSettledAt: number | null = null;
  #stretches: { from: number; to: number; outcome: ConsumerOutcome; count: number }[] = [];

  /** Times are in ms since 1970. */
  deliver(at: number): void {
    this.delivered++;
    this.lastDeliveredAt = at;
  }

  settle(from: number, to: number, outcome: ConsumerOutcome): void {
    this.settled[outcome]++;
    this.lastSettledAt = to;
    const last = this.#stretches.at(-1);
    if (last?.outcome === outcome && to - from < short && from - last.to < short && to - last.from < long) {
      last.to = to;
      last.count++;
      return;
    }
    this.#stretches.push({ from, to, outcome, count: 1 });
    if (this.#stretches.length >= 2 * most) this.#stretches = this.#stretches.slice(-most);
  }

  /** The stretches of the minute before the last settlement, oldest first. */
  get recent(): readonly ConsumerActivity[] {
    const after = (this.lastSettledAt ?? 0) - reachMs;
    return this.#stretches.slice(-most).filter(({ to }) => to > after);
  }
}
