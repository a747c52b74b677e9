import type { Database } from "@/lib/engine/database";
import { touchQueue } from "@/lib/engine/sql/queue-use";

/** A queue's time is written down this often within it, so that it is never much shorter than it should be. */
const touchesPerLife = 10;

/**
 * Keeps queues with `x-expires` alive while they are used, that is declared or asked for messages
 * (https://www.rabbitmq.com/docs/ttl#queue-ttl). Other queues cost nothing.
 */
export class QueueUsage {
  readonly #database: Database;
  readonly #touched = new Map<number, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves to false when it turns out that the queue has gone. */
  async used(queue: { readonly id: number; readonly limits: { readonly expiresMs: number | null } }): Promise<boolean> {
    const { expiresMs } = queue.limits;
    if (expiresMs === null) return true;
    const now = performance.now();
    const last = this.#touched.get(queue.id);
    if (last !== undefined && now - last < expiresMs / touchesPerLife) return true;
    this.#touched.set(queue.id, now);
    return touchQueue(this.#database.relaxed, queue.id);
  }

  /** Forgets a queue that is gone. */
  forget(queueId: number): void {
    this.#touched.delete(queueId);
  }
}
