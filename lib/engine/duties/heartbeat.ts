import type { EngineContext } from "@/lib/engine/context";
import { returnLeasesOfNodes } from "@/lib/engine/lease/expired-leases";
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
  context.self.entering();
  const beat = async () => {
    try {
      const touched = id === undefined ? undefined : await touchNode(relaxed, id);
      id = touched?.id ?? (await insertNode(relaxed, node));
      context.self.entered(id);
      context.presence.registered(id, touched?.wasAway ?? false);
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
      if (id !== undefined) await leave(context, id).catch(() => {});
    },
  };
}

/** Normally nothing is left to return; if it fails, the node is found lost, and that does it. */
async function leave(context: EngineContext, id: number): Promise<void> {
  await returnLeasesOfNodes(context, [id]);
  await deleteNode(context.database.relaxed, id);
}
