import type { LoginCounts } from "@/lib/broker/node-facts";
import type { EngineContext } from "@/lib/engine/context";
import { processFacts } from "@/lib/engine/duties/process-facts";
import { returnLeasesOfNodes } from "@/lib/engine/lease/expired-leases";
import { deleteNode, insertNode, type NodeIdentity, touchNode } from "@/lib/engine/sql/node";

/** A node that has not been seen for some beats counts as down. */
const BEAT_MS = 2_000;

/**
 * Enters this process into the list of nodes, and keeps saying that it runs. When the database is away, whoever asks
 * it for something is told so; the next beat tries again.
 * @param logins what this process has counted of logins
 * @returns what ends it and takes the process off the list
 */
export function startHeartbeat(
  context: EngineContext,
  node: NodeIdentity,
  logins: () => LoginCounts,
): { stop(): Promise<void> } {
  const { relaxed } = context.database;
  let id: number | undefined;
  context.self.entering();
  const beat = async () => {
    try {
      const facts = processFacts(logins());
      const touched = id === undefined ? undefined : await touchNode(relaxed, id, facts);
      id = touched?.id ?? (await insertNode(relaxed, node, facts));
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
