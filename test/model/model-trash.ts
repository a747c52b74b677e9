import { randomUUID } from "node:crypto";
import { BrokerError } from "@/lib/broker/errors";
import type { TrashBatch } from "@/lib/broker/message";
import {
  becomeReady,
  insertInOrder,
  type ModelEntry,
  type ModelQueue,
  type ModelTrash,
} from "@/test/model/model-state";
import type { ModelTopology } from "@/test/model/model-topology";

const dropTogetherMs = 10 * 60_000;

interface Thrown {
  readonly queue: ModelQueue;
  readonly entry: ModelEntry;
}

/** What was discarded, purged or dropped, until it expires or is restored. */
export class ModelTrashBin {
  readonly #topology: ModelTopology;
  readonly #now: () => number;
  readonly #keepMs: number;
  readonly #batches: ModelTrash[] = [];

  constructor(topology: ModelTopology, now: () => number, keepMs: number) {
    this.#topology = topology;
    this.#now = now;
    this.#keepMs = keepMs;
  }

  list(vhost?: string): TrashBatch[] {
    return this.#current()
      .map(({ batch }) => batch)
      .filter((batch) => vhost === undefined || batch.vhost === vhost)
      .reverse();
  }

  /** Everything that could still be restored. */
  contents(): readonly ModelEntry[] {
    return this.#current().flatMap(({ batch, entries }) =>
      batch.restoredAt === null ? entries.map(({ entry }) => entry) : [],
    );
  }

  /** Into the trash as one batch; null when there is nothing to throw. */
  throwAway(
    action: TrashBatch["action"],
    from: { readonly vhost: string; readonly queue: string | null },
    by: string,
    thrown: readonly Thrown[],
  ): string | null {
    if (thrown.length === 0) return null;
    const id = randomUUID();
    const now = this.#now();
    for (const { entry } of thrown) becomeReady(entry);
    this.#batches.push({
      batch: {
        id,
        action,
        ...from,
        count: thrown.length,
        by,
        at: new Date(now),
        expiresAt: new Date(now + this.#keepMs),
        restoredAt: null,
        deletedQueue: null,
      },
      entries: thrown.map(({ queue, entry }) => ({ queueId: queue.id, entry })),
    });
    return id;
  }

  /** One that nobody takes as a dead letter; a batch collects what a queue drops within ten minutes. */
  drop(queue: ModelQueue, entry: ModelEntry): void {
    const { vhost, name } = queue.queue;
    const open = this.#current().find(
      ({ batch }) =>
        batch.action === "drop" &&
        batch.vhost === vhost &&
        batch.queue === name &&
        batch.restoredAt === null &&
        batch.at.getTime() > this.#now() - dropTogetherMs,
    );
    if (!open) {
      this.throwAway("drop", { vhost, queue: name }, "system", [{ queue, entry }]);
      return;
    }
    becomeReady(entry);
    open.entries.push({ queueId: queue.id, entry });
    open.batch = { ...open.batch, count: open.entries.length };
  }

  restore(id: string): { restored: number } {
    const found = this.#current().find(({ batch }) => batch.id === id);
    if (!found) throw new BrokerError("not-found", `There is no batch '${id}' in the trash.`);
    if (found.batch.restoredAt) throw new BrokerError("conflict", `The batch '${id}' was restored before.`);
    const back = found.entries.flatMap(({ queueId, entry }) => {
      const queue = this.#topology.queueById(queueId);
      return queue ? [{ queue, entry }] : [];
    });
    if (back.length === 0) throw new BrokerError("not-found", `The queue of batch '${id}' is gone.`);
    for (const { queue, entry } of back) insertInOrder(queue, entry);
    found.batch = { ...found.batch, restoredAt: new Date(this.#now()) };
    return { restored: back.length };
  }

  #current(): ModelTrash[] {
    return this.#batches.filter(({ batch }) => batch.expiresAt.getTime() > this.#now());
  }
}
