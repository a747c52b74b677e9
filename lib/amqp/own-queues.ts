import type { Door } from "@/lib/amqp/door";
import { untilDone } from "@/lib/amqp/until-done";
import { systemActor } from "@/lib/broker/actor";
import { isBrokerError } from "@/lib/broker/errors";

/** Deletes the exclusive queues of a connection, however long the database is away. Never rejects: what goes wrong is logged. */
export async function deleteOwnQueues({ dispatchers, broker, log }: Door, vhost: string, owner: object): Promise<void> {
  for (const queue of dispatchers.ownedBy(vhost, owner)) {
    dispatchers.queueGone(vhost, queue);
    try {
      await untilDone(() => broker.deleteQueue(systemActor, vhost, queue, { ifUnused: false, ifEmpty: false }));
    } catch (error) {
      if (!isBrokerError(error) || error.code !== "not-found") {
        log.error(`The exclusive queue '${queue}' could not be deleted.`, error);
      }
    }
  }
}
