import type { EngineContext } from "@/lib/engine/context";
import { deleteNode, insertNode, type NodeIdentity, touchNode } from "@/lib/engine/sql/node";

/** A node that has not been seen for some beats counts as down. */
const BEAT_MS = 2_000;

/**
 * Enters this process into the list of nodes, and keeps saying that it runs. When the database is away, whoever asks
 * it for something is told so; the next beat tries again.
 * @returns what ends it and takes the process off the list
 */
export function startHeartbeat(context: EngineContext, node: NodeIdentity): { stop(): Promise<void> } {
  const { relaxed } = context.database;
  let id: number | undefined;
  const beat = async () => {
    try {
      if (id === undefined || !(await touchNode(relaxed, id))) id = await insertNode(relaxed, node);
    } catch {
      // Nothing to do before the next beat.
    }
  };
  let beating = beat();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, BEAT_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await beating;
      if (id !== undefined) await deleteNode(relaxed, id).catch(() => {});
    },
  };
}
