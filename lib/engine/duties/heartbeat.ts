import type { EngineContext } from "@/lib/engine/context";
import { type NodeRegistration, nodeBeat, nodeLeave, nodeRegister } from "@/lib/engine/sql/node";

/** A node that was not seen for three beats counts as down. */
const beatMs = 5_000;

/**
 * Enters this process into the list of nodes, and keeps saying that it runs. A database that is away is tried again
 * with the next beat.
 */
export function startHeartbeat(context: EngineContext, node: NodeRegistration): { stop(): Promise<void> } {
  const { main } = context.database;
  let id: number | null = null;
  const beat = async () => {
    try {
      if (id === null || !(await nodeBeat(main, id))) id = await nodeRegister(main, node);
    } catch {
      // The database is away: whoever asks it for something is told so.
    }
  };
  let beating = beat();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, beatMs);
  return {
    /** Ends it, and takes the process off the list. */
    stop: async () => {
      clearInterval(timer);
      await beating;
      if (id !== null) await nodeLeave(main, id).catch(() => {});
    },
  };
}
