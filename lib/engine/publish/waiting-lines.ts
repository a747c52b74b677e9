import type { PublishOutcome } from "@/lib/broker/requests";
import { type Line, Lines } from "@/lib/engine/publish/lines";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import type { StraightWay } from "@/lib/engine/publish/straight";
import type { UnderWay, Way } from "@/lib/engine/publish/under-way";
import type { TopologyCache } from "@/lib/engine/topology/cache";

/** A message that is neither given to anybody nor stored yet, and its publisher. */
export interface Waiting {
  readonly message: Outgoing;
  /** Where it goes, if that was asked when it came. */
  readonly way: Way | undefined;
  /** It waits for somebody who acknowledges nothing to have room, or for such a one before it. */
  isHeld: boolean;
  readonly resolve: (outcome: PublishOutcome | Promise<PublishOutcome>) => void;
  readonly reject: (error: unknown) => void;
}

/** How often it is looked, in ms, whether those who are waited for have stopped. */
const lookEveryMs = 5;

/**
 * Messages that had better wait until consumers who acknowledge have room than be stored, in a line for each queue. What comes
 * behind them for the same queue waits with them. If it can't, the line ends, and all of it is stored in its order.
 */
export class WaitingLines {
  readonly #straight: StraightWay;
  readonly #underWay: UnderWay;
  readonly #topology: TopologyCache;
  readonly #onEnded: (waiting: readonly Waiting[]) => void;
  readonly #lines = new Lines<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  /** They are about to be served. */
  #serving = false;

  /**
   * @param underWay what waits here is counted there, too
   * @param onEnded is given what waits no longer, and is to be stored
   */
  constructor(
    straight: StraightWay,
    underWay: UnderWay,
    topology: TopologyCache,
    onEnded: (waiting: readonly Waiting[]) => void,
  ) {
    this.#straight = straight;
    this.#underWay = underWay;
    this.#topology = topology;
    this.#onEnded = onEnded;
  }

  /** Whether a message that has just come waits in a line. Lines that it can't wait in, and must not pass, are ended. */
  joins(waiting: Waiting): boolean {
    if (this.#lines.isEmpty) return false;
    const { way } = waiting;
    if (way === undefined) {
      this.endAll();
      return false;
    }
    const queueId = this.#straight.lineOf(way.routed);
    const line = queueId === undefined ? undefined : this.#lines.of(queueId);
    if (line?.snapshot === way.snapshot) {
      this.#lines.add(line.queueId, line.snapshot, waiting);
      return true;
    }
    for (const { id } of way.routed.queues) {
      const other = this.#lines.of(id);
      if (other) this.#end(other);
    }
    return false;
  }

  /**
   * Whether a message that is about to be stored had better wait: in its queue's line, or in a new one.
   * @param isFirst nothing of its queue is before it
   * @param now of performance.now()
   */
  stands(waiting: Waiting, { snapshot, routed }: Way, isFirst: boolean, now: number): boolean {
    const queueId = this.#straight.lineOf(routed);
    if (queueId === undefined) return false;
    const begins = isFirst && this.#straight.isWorthLine(queueId, routed, this.#underWay.count(queueId), now);
    if (!begins && this.#lines.of(queueId) === undefined) return false;
    this.#lines.add(queueId, snapshot, waiting);
    this.#watch();
    return true;
  }

  /** Ends a queue's line; who calls has what waited there stored. */
  ended(queueId: number): readonly Waiting[] {
    const line = this.#lines.of(queueId);
    return line ? this.#lines.end(line) : [];
  }

  endAll(): void {
    for (const line of this.#lines.all()) this.#end(line);
  }

  /** Somebody may have room, when what is being done now is done. */
  roomMade(): void {
    if (this.#lines.isEmpty || this.#serving) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      this.#serveAll();
    });
  }

  #end(line: Line<Waiting>): void {
    this.#onEnded(this.#lines.end(line));
  }

  /** Who has room is told of, but not who has stopped. */
  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#serveAll();
      if (!this.#lines.isEmpty) this.#watch();
    }, lookEveryMs);
  }

  #serveAll(): void {
    const now = performance.now();
    for (const line of this.#lines.all()) {
      // What was routed by an older picture is routed anew.
      if (this.#topology.trusted !== line.snapshot) this.#end(line);
      // Otherwise something of its queue is still being stored.
      else if (this.#underWay.count(line.queueId) === this.#lines.length(line)) this.#serve(line, now);
    }
  }

  /** Gives what waits to who has room. */
  #serve(line: Line<Waiting>, now: number): void {
    for (let first = this.#lines.first(line); first?.way; first = this.#lines.first(line)) {
      const { way, resolve } = first;
      const outcome = this.#straight.give(way.routed);
      if (!outcome) {
        const isWorth = this.#straight.isWorthLine(line.queueId, way.routed, this.#lines.length(line), now);
        if (!isWorth) this.#end(line);
        return;
      }
      this.#underWay.ends(way);
      this.#lines.drop(line);
      resolve(outcome);
    }
  }
}
