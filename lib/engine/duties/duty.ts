import type { EngineContext } from "@/lib/engine/context";

/**
 * Something that must be done again and again by some node. Two nodes may do it at the same time for a moment, when
 * leadership changes hands, so it must be right even then; that one leads is only for economy.
 */
export interface Duty {
  readonly name: string;
  /** Pause between two runs, in ms. */
  readonly everyMs: number;
  /**
   * Returns true when there is more to do at once, and a number of ms when there will be before the pause is over. `ended` fires when the node stops or no longer leads: a duty that
   * goes on for long ends then.
   */
  run(context: EngineContext, ended: AbortSignal): Promise<boolean | number>;
  /** Calls back once, when there is something to do before the pause is over; returns what takes that back. */
  listen?(context: EngineContext, due: () => void): () => void;
}
