import type { Database } from "@/lib/engine/database";
import type { Routed } from "@/lib/engine/publish/store";
import { partitionKeep, partitionOf } from "@/lib/engine/sql/partition";

/** More partitions than this are not written at the same time. */
const maxKnown = 100;

/**
 * Has partitions kept as long as the queues and exchanges want whose messages lie in them. What was marked is
 * remembered, so it costs one small statement for each partition and node, and nothing for each message.
 */
export class RetentionMarks {
  readonly #database: Database;
  readonly #marked = new Map<number, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** To be called after messages were stored. */
  async stored(messages: readonly Routed[]): Promise<void> {
    const wanted = new Map<number, number>();
    for (const { messageId, queues, exchanges } of messages) {
      if (messageId === null) continue;
      let keepMs = 0;
      for (const { limits } of queues) keepMs = Math.max(keepMs, limits.retentionMs ?? 0);
      for (const { retentionMs } of exchanges) keepMs = Math.max(keepMs, retentionMs ?? 0);
      const partition = partitionOf(messageId);
      if (keepMs > (this.#marked.get(partition) ?? 0)) {
        wanted.set(partition, Math.max(keepMs, wanted.get(partition) ?? 0));
      }
    }
    for (const [partition, keepMs] of wanted) {
      await partitionKeep(this.#database.main, partition, keepMs);
      if (this.#marked.size >= maxKnown) this.#marked.clear();
      this.#marked.set(partition, keepMs);
    }
  }
}
