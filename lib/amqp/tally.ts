/** Rates are measured over at least so long, in ms: a worker that takes seconds per message has one, too. */
const leastInterval = 4_900;

/** Counters that only grow, and how fast they grow. Counting costs an addition. */
export class Tally<Name extends string> {
  readonly totals: Record<Name, number>;
  readonly #names: readonly Name[];
  #before: { readonly at: number; readonly totals: Readonly<Record<Name, number>> };
  #rates: Record<Name, number>;

  constructor(names: readonly Name[], now: number) {
    const zeros = () => Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
    this.#names = names;
    this.totals = zeros();
    this.#rates = zeros();
    this.#before = { at: now, totals: zeros() };
  }

  /** Per second, since the last look that is long enough ago. `now` is in ms since 1970. */
  rates(now: number): Readonly<Record<Name, number>> {
    const { at, totals } = this.#before;
    if (now - at < leastInterval) return this.#rates;
    for (const name of this.#names) {
      this.#rates[name] = Math.round(((this.totals[name] - totals[name]) / (now - at)) * 100_000) / 100;
    }
    this.#before = { at: now, totals: { ...this.totals } };
    return this.#rates;
  }
}
