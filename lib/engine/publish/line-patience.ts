import { storingMs } from "@/lib/engine/lease/acknowledgement-pace";
import type { StandingTaker, StandingTakers } from "@/lib/engine/lease/standing-takers";

/** A message waits for its consumers' room, rather than be stored, if that takes no longer than this, in ms. */
const worthMs = 50;
/** The same while consumers take what would keep the database busy, in messages or bytes per ms: it would take as long. */
const busyWorthMs = 500;
const busy = { messages: 4, bytes: 40 * 1024 };
/**
 * While what was stored before is still in the queue, it is waited for that to be fetched, so that the stream goes straight
 * again: for so much longer, in ms, than it seems to take. After a try in vain the next one comes after a pause, which doubles.
 */
const tryMs = 60;
const pauseMs = 500;
const longestPauseMs = 8_000;

interface Try {
  until: number;
  next: number;
  pauseMs: number;
}

/** Decides whether messages had better wait for consumers who acknowledge than be stored. */
export class LinePatience {
  readonly #takers: StandingTakers;
  readonly #tries = new WeakMap<StandingTaker["acknowledgements"], Try>();

  constructor(takers: StandingTakers) {
    this.#takers = takers;
  }

  /**
   * @param length how many messages would wait
   * @param bytes how large each of them is, about
   * @param now of performance.now()
   */
  isWorthLine(taker: StandingTaker, length: number, bytes: number, now: number): boolean {
    const pace = taker.pace();
    // Nothing is known of who has only just begun, but that a worker takes his time.
    if (pace === null || (pace.perMs === Number.POSITIVE_INFINITY && !taker.acknowledgements.isQuick)) return false;
    const ms = (taker.stored + pace.before + length) / pace.perMs;
    const spareMs = storingMs(length, length * bytes);
    if (ms > busyWorthMs + spareMs) return false;
    if ((!taker.isFree || ms > worthMs + spareMs) && !this.#isBusy(bytes)) return false;
    if (!taker.isFree) return this.#isTried(taker, ms, now);
    this.#tries.delete(taker.acknowledgements);
    return true;
  }

  /** Whether this node's consumers take as much as the database would have to work for. */
  #isBusy(bytes: number): boolean {
    let perMs = 0;
    for (const taker of this.#takers.holding()) {
      const pace = taker.pace();
      if (pace !== null) perMs += Math.min(pace.perMs, busy.messages);
      if (perMs >= busy.messages || perMs * bytes >= busy.bytes) return true;
    }
    return false;
  }

  #isTried({ acknowledgements }: StandingTaker, ms: number, now: number): boolean {
    const last = this.#tries.get(acknowledgements);
    if (last && now < last.until) return true;
    if (last && now < last.next) return false;
    const pause = last ? Math.min(2 * last.pauseMs, longestPauseMs) : pauseMs;
    const until = now + 2 * ms + tryMs;
    this.#tries.set(acknowledgements, { until, next: until + pause, pauseMs: pause });
    return true;
  }
}
