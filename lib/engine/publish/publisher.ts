import { BrokerError } from "@/lib/broker/errors";
import type { PublishOutcome } from "@/lib/broker/requests";
import type { Database } from "@/lib/engine/database";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import type { InHand } from "@/lib/engine/publish/in-hand";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import { type Handovers, outcomeOf, type Routed, routed, storeRouted } from "@/lib/engine/publish/store";
import type { StraightWay } from "@/lib/engine/publish/straight";
import { UnderWay, type Way } from "@/lib/engine/publish/under-way";
import { type Waiting, WaitingLines } from "@/lib/engine/publish/waiting-lines";
import type { TopologyCache } from "@/lib/engine/topology/cache";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** One flush takes at most so much; what is left goes with the next. */
const maxMessages = 1000;
const maxBytes = 8 * 1024 * 1024;

/** So many that come at once are written in two flushes. */
const worthHalving = 128;

/** More microtasks than a consumer needs from being given messages to waiting for the next. */
const turnsToWaitAgain = 64;

/** How often it is looked, in ms, whether those have room again for whom messages wait. */
const roomEveryMs = 5;

/** How often a flush is routed anew because the topology changed meanwhile. */
const maxReroutes = 100;

/** Called after each commit, before the publishers hear of it; `began` by `performance.now()`. */
export type AfterFlush = (stored: readonly Routed[], began: number) => Promise<void>;

/**
 * Writes messages in natural batches: one flush is under way at any time, what arrives meanwhile goes with the next,
 * and nothing waits when idle. One at a time also keeps the order in which messages were handed over. Messages
 * for consumers who wait for them are given to them straight, unless one is on its way to the same queue.
 */
export class Publisher {
  readonly #database: Database;
  readonly #topology: TopologyCache;
  readonly #handovers: Handovers;
  readonly #straight: StraightWay;
  readonly #inHand: InHand;
  readonly #afterFlush: AfterFlush;
  readonly #underWay = new UnderWay();
  #waiting: Waiting[] = [];
  /** What waits for consumers who acknowledge, to have room. */
  readonly #lines: WaitingLines;
  #running = false;
  #wake: (() => void) | undefined;
  #flight: Promise<void> = Promise.resolve();

  constructor(
    database: Database,
    topology: TopologyCache,
    handovers: Handovers,
    straight: StraightWay,
    inHand: InHand,
    afterFlush: AfterFlush,
  ) {
    this.#database = database;
    this.#topology = topology;
    this.#handovers = handovers;
    this.#straight = straight;
    this.#inHand = inHand;
    this.#afterFlush = afterFlush;
    this.#lines = new WaitingLines(straight, this.#underWay, topology, (ended) => {
      this.#waiting.push(...ended);
      this.#start();
    });
  }

  /**
   * Resolves after commit, or when those for whom it is are done with it. `unavailable` leaves open whether it was stored: the
   * connection was lost before the answer.
   */
  publish(message: Outgoing): Promise<PublishOutcome> {
    const way = this.#wayOf(message);
    if (way) this.#straight.heed(way.routed);
    if (way && this.#underWay.isFree(way.snapshot, way.routed.queues)) {
      const outcome = this.#straight.give(way.routed);
      if (outcome) return outcome;
    }
    return new Promise((resolve, reject) => {
      this.#underWay.begins(way);
      const waiting = { message, way, isHeld: false, resolve, reject };
      if (this.#lines.joins(waiting)) return;
      this.#waiting.push(waiting);
      if (!way || !this.#straight.mayGo(way.routed)) this.#wake?.();
      this.#start();
    });
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    // Everything that came in with the same turn of the event loop goes together.
    this.#flight = new Promise(setImmediate).then(() => this.#run());
  }

  /** Somebody who acknowledges may have room now, when what is being done is done. */
  roomMade(): void {
    this.#lines.roomMade();
  }

  /** What waits for room waits no longer. Resolves when nothing is being stored any more. */
  async close(): Promise<void> {
    this.#lines.endAll();
    await this.#flight;
  }

  /** Where a message goes, as far as that matters before it is stored. */
  #wayOf(message: Outgoing): Way | undefined {
    if (!this.#straight.isWanted) return undefined;
    const snapshot = this.#topology.trusted;
    if (!snapshot) return undefined;
    try {
      return { snapshot, routed: routed(message, snapshot) };
    } catch {
      // It is told why when it is to be stored.
      return undefined;
    }
  }

  /**
   * Gives away what can go straight, of what waits, and holds what is worth to wait for room. To be called while nothing is
   * being stored: what comes first among what waits for a queue is then the first on its way there.
   */
  #giveStraight(): void {
    const snapshot = this.#straight.isWanted ? this.#topology.trusted : undefined;
    const now = performance.now();
    const taken = new Set<number>();
    const held = new Set<number>();
    const left: Waiting[] = [];
    // Where one goes somewhere that isn't known, nobody behind it may pass it.
    const mayLine = snapshot !== undefined && this.#waiting.every(({ way }) => way?.snapshot === snapshot);
    let isSure = snapshot !== undefined;
    for (const waiting of this.#waiting) {
      const { way } = waiting;
      isSure &&= way?.snapshot === snapshot;
      const queues = way?.routed.queues ?? [];
      const isFirst = isSure && queues.every(({ id }) => !taken.has(id));
      const outcome = isFirst && way && this.#straight.give(way.routed);
      if (outcome) {
        this.#underWay.ends(way);
        waiting.resolve(outcome);
        continue;
      }
      if (way && mayLine && this.#lines.stands(waiting, way, isFirst, now)) {
        for (const { id } of queues) taken.add(id);
        continue;
      }
      // It can't wait with them, and must not pass them.
      for (const { id } of queues) left.push(...this.#lines.ended(id));
      waiting.isHeld = isFirst
        ? way !== undefined && this.#straight.isWorthWaiting(way.routed, now)
        : queues.some(({ id }) => held.has(id));
      for (const { id } of queues) taken.add(id);
      if (waiting.isHeld) for (const { id } of queues) held.add(id);
      left.push(waiting);
    }
    // Where one goes somewhere that isn't known, it could come before those that wait.
    if (!isSure) for (const waiting of left) waiting.isHeld = false;
    this.#waiting = left;
  }

  /** Resolves in a moment, or when something comes that has to be stored. */
  #untilRoom(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, roomEveryMs);
      this.#wake = done;
    });
  }

  async #run(): Promise<void> {
    let tell = () => {};
    // Publishers that wait for each other's answers come all at once, and would do so for ever: then Postgres and they
    // would work by turns. In two parts, one is written while those of the other go on.
    let most = this.#waiting.length >= worthHalving ? Math.ceil(this.#waiting.length / 2) : maxMessages;
    for (;;) {
      this.#giveStraight();
      const batch = this.#next(most);
      if (batch.length === 0 && this.#waiting.length === 0) break;
      if (batch.length === 0) {
        tell();
        tell = () => {};
        await this.#untilRoom();
        continue;
      }
      const flushing = this.#flush(batch);
      // Publishers of the flush before hear of it when this one is on its way: Postgres shall not wait for what they do.
      setImmediate(tell);
      most = maxMessages;
      tell = await flushing;
    }
    this.#running = false;
    tell();
  }

  #next(most: number): Waiting[] {
    const free = this.#waiting.some(({ isHeld }) => isHeld)
      ? this.#waiting.filter(({ isHeld }) => !isHeld)
      : this.#waiting;
    let count = 0;
    let bytes = 0;
    for (const { message } of free) {
      bytes += message.body.length + message.encoded.length;
      if (count > 0 && (bytes > maxBytes || count === Math.min(most, maxMessages))) break;
      count++;
    }
    if (free === this.#waiting && count < free.length) return this.#waiting.splice(0, count);
    const batch = new Set(free.slice(0, count));
    this.#waiting = this.#waiting.filter((waiting) => !batch.has(waiting));
    return [...batch];
  }

  /** @returns what has the publishers told, to be called once */
  async #flush(batch: readonly Waiting[]): Promise<() => void> {
    try {
      await this.#othersInHand(batch);
      const began = performance.now();
      const stored = await this.#store(batch);
      // What follows a commit (a queue cut to its length) is waited for by the publishers, not by the next flush.
      const ended = this.#afterFlush(
        stored.map((one) => one.routed),
        began,
      ).then(
        () => () => {
          for (const one of stored) one.waiting.resolve(outcomeOf(one.routed));
        },
        (error: unknown) => () => {
          for (const { waiting } of stored) waiting.reject(error);
        },
      );
      this.#ends(batch);
      await this.#takersWaitAgain(stored.find(({ routed }) => routed.handed)?.routed.handed);
      return () => void ended.then((tell) => tell());
    } catch (error) {
      if (batch.length === 1 || isConnectionTrouble(error)) {
        this.#ends(batch);
        return () => {
          for (const { reject } of batch) reject(error);
        };
      }
      // One of them is what the database refuses; the others shall not suffer for it.
      for (const waiting of batch) (await this.#flush([waiting]))();
      return () => {};
    }
  }

  /** What consumers were given of the same queues comes before them. */
  async #othersInHand(batch: readonly Waiting[]): Promise<void> {
    if (this.#inHand.isEmpty) return;
    const queueIds = new Set<number>();
    for (const { way } of batch) {
      if (way === undefined) return this.#inHand.stored();
      for (const { id } of way.routed.queues) queueIds.add(id);
    }
    if (this.#inHand.isIn(queueIds)) await this.#inHand.stored(queueIds);
  }

  /** Who waits at their queues has them by now, or was told of them. */
  #ends(batch: readonly Waiting[]): void {
    for (const { way } of batch) this.#underWay.ends(way);
  }

  /**
   * Those who were given all that there was wait for more within microtasks. The next flush finds them waiting then; if
   * it didn't, its messages would have to be claimed, and so those of the flush after it, and so on.
   */
  async #takersWaitAgain(queueIds: ReadonlySet<number> | undefined): Promise<void> {
    if (!queueIds || this.#waiting.length === 0) return;
    for (let turn = 0; turn < turnsToWaitAgain && !this.#handovers.takers.isWaitedAt(queueIds); turn++) await null;
  }

  /** Routes and writes; leaves out those that can't be routed, after telling their publishers. */
  async #store(batch: readonly Waiting[]): Promise<{ waiting: Waiting; routed: Routed }[]> {
    let left = batch;
    let snapshot = await this.#topology.current();
    let isFresh = false;
    for (let attempt = 0; attempt < maxReroutes; attempt++) {
      const { routable, refused } = route(left, snapshot);
      if (refused.length > 0 && !isFresh) {
        // What isn't known here may have been made elsewhere. All wait for the answer, so that they keep their order.
        snapshot = await this.#topology.fresh();
        isFresh = true;
        continue;
      }
      for (const { waiting, error } of refused) waiting.reject(error);
      if (routable.length === 0) return [];
      const stored = await storeRouted(
        this.#database,
        snapshot,
        routable.map((one) => one.routed),
        this.#handovers,
      );
      if (stored) return routable.map(({ waiting }, index) => ({ waiting, routed: stored[index] as Routed }));
      left = routable.map(({ waiting }) => waiting);
      snapshot = await this.#topology.reload();
    }
    throw new BrokerError("unavailable", "The topology changes too quickly to publish by it. Try again shortly.");
  }
}

/** Those that this topology has no way for are refused, each with the reason. */
function route(batch: readonly Waiting[], snapshot: TopologySnapshot) {
  const routable: { waiting: Waiting; routed: Routed }[] = [];
  const refused: { waiting: Waiting; error: unknown }[] = [];
  for (const waiting of batch) {
    try {
      const { way, message } = waiting;
      routable.push({ waiting, routed: way?.snapshot === snapshot ? way.routed : routed(message, snapshot) });
    } catch (error) {
      refused.push({ waiting, error });
    }
  }
  return { routable, refused };
}
