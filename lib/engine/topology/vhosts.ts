import { BrokerError } from "@/lib/broker/errors";
import { checkName } from "@/lib/broker/rules/names";
import type { Vhost } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { deleteQueues, queueIdsOfVhost } from "@/lib/engine/sql/queue";
import { enterQueues } from "@/lib/engine/sql/shards";
import { bumpTopology, lockTopology, readTopologyVersion } from "@/lib/engine/sql/topology";
import { countVhosts, deleteVhostRow, findVhost, insertVhost, updateVhost } from "@/lib/engine/sql/vhost";
import { changeTopology, mustFindVhost } from "@/lib/engine/topology/change";

/** All vhosts, as they are at this moment. */
export async function listVhosts(context: EngineContext): Promise<Vhost[]> {
  const snapshot = await context.topology.fresh();
  return [...snapshot.vhosts.values()].map(({ vhost }) => withoutId(vhost));
}

/** Throws `not-found`. */
export async function getVhost(context: EngineContext, name: string): Promise<Vhost> {
  return withoutId((await context.topology.fresh()).vhost(name).vhost);
}

/** Throws `bad-request` for a name that can't be. */
export async function putVhost(
  context: EngineContext,
  vhost: { name: string; description?: string; tags?: readonly string[] },
): Promise<{ created: boolean }> {
  checkName("vhost", vhost.name);
  return changeTopology(context, async (tx) => {
    const id = await findVhost(tx, vhost.name);
    if (id === undefined) {
      await insertVhost(tx, { name: vhost.name, description: vhost.description ?? "", tags: vhost.tags ?? [] });
    } else {
      await updateVhost(tx, id, { description: vhost.description ?? null, tags: vhost.tags ?? null });
    }
    return { changed: true, result: { created: id === undefined } };
  });
}

/** Throws `not-found`, and `precondition-failed` for the last vhost. */
export async function deleteVhost(context: EngineContext, name: string): Promise<void> {
  const { main } = context.database;
  const version = await main.transaction(async (tx) => {
    // The locks of the queues come before that of the topology, here as everywhere.
    const id = await mustFindVhost(tx, name);
    const known = await queueIdsOfVhost(tx, id);
    await enterQueues(tx, await readTopologyVersion(tx), known);
    await lockTopology(tx);
    await mustFindVhost(tx, name);
    if ((await countVhosts(tx)) === 1) {
      throw new BrokerError("precondition-failed", `'${name}' is the last vhost; there must always be one.`);
    }
    await deleteQueues(tx, await queueIdsOfVhost(tx, id));
    await deleteVhostRow(tx, id);
    return bumpTopology(tx);
  });
  context.topology.changed(version);
}

function withoutId({ name, description, tags, createdAt }: Vhost): Vhost {
  return { name, description, tags, createdAt };
}
