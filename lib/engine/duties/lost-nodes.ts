import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { returnLeasesOfNodes } from "@/lib/engine/lease/expired-leases";
import { endLeadership, giveUpNodes, listBeats } from "@/lib/engine/sql/node";

/** A node that does not beat for so long, in ms, is lost. */
const silenceMs = 10_000;
/** After a longer pause of its own, in ms, the observer begins anew: it was stuck, or the database was away. */
const gapMs = 3_000;
/** A claim that was under way when its node was given up may commit after the first look: for so long, in ms, there are more. */
const afterMs = 30_000;
const lookAgainMs = 5_000;

/**
 * Gives back what lost nodes hold. Every broker node does it, for the lost one may be the one that leads; that two do it
 * at once does no harm. How long a node has been silent is measured by the observer's own clock and eyes: no clocks are
 * compared, and after the database was away nobody is given up for a silence that nobody could break.
 */
export function lostNodes(): Duty {
  const observed = new Map<number, { beat: string; since: number }>();
  /** Nodes that were given up, and until when what they hold is looked for. */
  const lost = new Map<number, number>();
  let lastRun = Number.NEGATIVE_INFINITY;
  let lastReturn = Number.NEGATIVE_INFINITY;

  async function giveUpSilent(context: EngineContext, now: number): Promise<void> {
    const beats = await listBeats(context.database.relaxed);
    if (now - lastRun > gapMs) observed.clear();
    lastRun = now;
    const listed = new Set(beats.map(({ id }) => id));
    for (const map of [observed, lost]) for (const id of map.keys()) if (!listed.has(id)) map.delete(id);
    const alive = beats.filter(({ gone }) => !gone);
    for (const { id, beat } of alive) if (observed.get(id)?.beat !== beat) observed.set(id, { beat, since: now });
    const silent = alive.filter(({ id }) => now - (observed.get(id)?.since ?? now) > silenceMs);
    const givenUp = silent.length === 0 ? [] : await giveUpNodes(context.database.relaxed, silent);
    const gone = beats.filter((one) => one.gone).map(({ id }) => id);
    for (const id of [...givenUp, ...gone]) {
      if (lost.has(id)) continue;
      lost.set(id, now + afterMs);
      lastReturn = Number.NEGATIVE_INFINITY;
    }
    // A process that is stuck keeps its connections, and with one of them the leadership.
    if (givenUp.length > 0) await endLeadership(context.database.relaxed, givenUp);
  }

  return {
    name: "lost nodes",
    everyMs: 1000,
    run: async (context) => {
      const now = performance.now();
      await giveUpSilent(context, now);
      const due = [...lost].filter(([, until]) => until > now).map(([id]) => id);
      if (due.length > 0 && now - lastReturn > lookAgainMs) {
        await returnLeasesOfNodes(context, due);
        lastReturn = now;
      }
      return false;
    },
  };
}
