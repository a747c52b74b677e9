/**
 * Runs each named piece of work at once, and then, however often it is asked for, no sooner than `ms` after it began
 * last; whoever asks in between is served by the next run.
 */
export class Throttle {
  readonly #ms: number;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #waiting = new Set<string>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  run(name: string, work: () => void): void {
    if (this.#timers.has(name)) {
      this.#waiting.add(name);
      return;
    }
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        if (this.#waiting.delete(name)) this.run(name, work);
      }, this.#ms),
    );
    work();
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }
}
