import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** Messages of one queue that wait for somebody to have room, the first of them first. */
export interface Line<T> {
  readonly queueId: number;
  /** By which they were routed. */
  readonly snapshot: TopologySnapshot;
  readonly waiting: T[];
  /** How many of `waiting` have gone already. */
  gone: number;
}

/** What has gone is removed when it is so much. */
const compactAt = 1024;

/** Lines of messages, one for each queue that has any. */
export class Lines<T> {
  readonly #byQueue = new Map<number, Line<T>>();

  get isEmpty(): boolean {
    return this.#byQueue.size === 0;
  }

  of(queueId: number): Line<T> | undefined {
    return this.#byQueue.get(queueId);
  }

  all(): readonly Line<T>[] {
    return [...this.#byQueue.values()];
  }

  /** Behind all that wait there. */
  add(queueId: number, snapshot: TopologySnapshot, one: T): void {
    const line = this.#byQueue.get(queueId);
    if (line) line.waiting.push(one);
    else this.#byQueue.set(queueId, { queueId, snapshot, waiting: [one], gone: 0 });
  }

  first({ waiting, gone }: Line<T>): T | undefined {
    return waiting[gone];
  }

  length({ waiting, gone }: Line<T>): number {
    return waiting.length - gone;
  }

  /** The first one has gone; a line without any is none. */
  drop(line: Line<T>): void {
    line.gone++;
    if (line.gone === line.waiting.length) this.#byQueue.delete(line.queueId);
    else if (line.gone === compactAt) {
      line.waiting.splice(0, line.gone);
      line.gone = 0;
    }
  }

  /** Ends it. Returns those that wait, in their order. */
  end(line: Line<T>): readonly T[] {
    this.#byQueue.delete(line.queueId);
    return line.waiting.slice(line.gone);
  }
}
