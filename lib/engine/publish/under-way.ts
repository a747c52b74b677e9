import type { Routed } from "@/lib/engine/publish/store";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** What is known of a message on its way: where it goes by a picture of the topology. */
export interface Way {
  readonly snapshot: TopologySnapshot;
  readonly routed: Routed;
}

/**
 * To which queues messages of this node are on their way into the database. Where that isn't known for all of them, by the
 * same picture of the topology, none of the queues is free.
 */
export class UnderWay {
  #snapshot: TopologySnapshot | undefined;
  #total = 0;
  #sure = 0;
  readonly #counts = new Map<number, number>();

  begins(way: Way | undefined): void {
    this.#total++;
    if (way === undefined) return;
    if (way.snapshot !== this.#snapshot) this.#turn(way.snapshot);
    this.#sure++;
    for (const { id } of way.routed.queues) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  /** @param way what `begins` was told */
  ends(way: Way | undefined): void {
    this.#total--;
    if (way === undefined || way.snapshot !== this.#snapshot) return;
    this.#sure--;
    for (const { id } of way.routed.queues) {
      const left = (this.#counts.get(id) ?? 0) - 1;
      if (left > 0) this.#counts.set(id, left);
      else this.#counts.delete(id);
    }
  }

  /** How many are on their way to this queue, of those of which it is known. */
  count(queueId: number): number {
    return this.#counts.get(queueId) ?? 0;
  }

  /** Whether nothing is on its way to any of these queues. */
  isFree(snapshot: TopologySnapshot, queues: readonly QueueRecord[]): boolean {
    if (this.#total === 0) return true;
    if (this.#sure < this.#total || snapshot !== this.#snapshot) return false;
    return queues.every(({ id }) => !this.#counts.has(id));
  }

  #turn(snapshot: TopologySnapshot): void {
    this.#snapshot = snapshot;
    this.#sure = 0;
    this.#counts.clear();
  }
}
