import { type Tally, why } from "@/lib/engine/move/tally";
import type { Position } from "@/lib/engine/sql/entry-scan";
import { entryStillThere } from "@/lib/engine/sql/entry-take";
import type { Queryable } from "@/lib/engine/statement";
import type { ReadMessage } from "@/lib/engine/views/page";

/** `target`: nobody takes it where it should go; `origin`: the queue that it should go back to is not there. */
export type StayingCause = "gone" | "held" | "target" | "origin";

/** A message that stays where it is, and why. */
export interface Staying {
  readonly item: ReadMessage;
  readonly reason: string;
  readonly because: StayingCause;
}

/** Parts those that were taken from those that were not: a consumer got hold of them first, or somebody took them out. */
export async function partTaken<T extends { readonly item: ReadMessage }>(
  tx: Queryable,
  wanted: readonly T[],
  taken: readonly Position[],
): Promise<{ done: T[]; staying: Staying[] }> {
  const keys = new Set(taken.map(keyOf));
  const done = wanted.filter(({ item }) => keys.has(keyOf(item.row)));
  if (done.length === wanted.length) return { done, staying: [] };
  const left = wanted.filter(({ item }) => !keys.has(keyOf(item.row)));
  const there = await entryStillThere(
    tx,
    left.map(({ item }) => item.row),
  );
  const held = new Set(there.map(keyOf));
  const stayingOf = (item: ReadMessage): Staying =>
    held.has(keyOf(item.row))
      ? { item, reason: why.held, because: "held" }
      : { item, reason: why.gone, because: "gone" };
  return { done, staying: left.map(({ item }) => stayingOf(item)) };
}

/** Writes those that stay off as skipped. */
export function skipAll(tally: Tally, staying: readonly Staying[]): void {
  for (const { item, reason } of staying) tally.skip(item.message.queue, item.message.id, reason);
}

function keyOf({ queue_id, rank, seq }: Position): string {
  return `${queue_id}.${rank}.${seq}`;
}
