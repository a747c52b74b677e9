import { systemActor } from "@/lib/broker/actor";
import { isBrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { orphanedQueues } from "@/lib/engine/sql/queue-owner";
import { queuesOfGoneConsumers, subscriptionExpire } from "@/lib/engine/sql/subscription";
import { deleteQueue } from "@/lib/engine/topology/queues";

/**
 * Does what a node that died could not do any more: deletes the exclusive queues of its connections, and the auto-delete
 * queues whose last consumers it had, and ends its consumers, so that others take over.
 */
export const departed: Duty = {
  name: "departed nodes",
  everyMs: 1000,
  run: async (context) => {
    const { main } = context.database;
    for (const queue of await orphanedQueues(main)) await remove(context, queue, false);
    for (const queue of await queuesOfGoneConsumers(main)) await remove(context, queue, true);
    await subscriptionExpire(main);
    return false;
  },
};

/** Somebody else may have deleted it, or begun to consume from it. */
async function remove(
  context: EngineContext,
  { vhost, name }: { readonly vhost: string; readonly name: string },
  ifUnused: boolean,
): Promise<void> {
  try {
    await deleteQueue(context, systemActor, vhost, name, { ifUnused, ifEmpty: false });
  } catch (error) {
    if (!isBrokerError(error) || (error.code !== "not-found" && error.code !== "precondition-failed")) throw error;
  }
}
