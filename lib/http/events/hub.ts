import { systemActor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { type Batch, batchOf, nothingBefore } from "@/lib/http/events/batch";
import { overviewJson } from "@/lib/http/json/overview-json";

/** How often changes are looked for, in ms, while anybody listens: what happens is told within a second. */
const LOOK_EVERY_MS = 400;
/** A database that takes long is not asked all the time: looking may take at most this part of the time. */
const SHARE_OF_TIME = 0.25;
/** But however long looking takes, it is looked again after so long, in ms: pages say that they are live. */
const LONGEST_PAUSE_MS = 10_000;
/** The whole broker's figures are added up at most so often, and told at least so often, in ms. */
const OVERVIEW_EVERY_MS = 900;
const OVERVIEW_TOLD_EVERY_MS = 10_000;

/** Who listens. */
export interface Listener {
  changed(batch: Batch): void;
  /** The broker can't tell; it is asked again. */
  unavailable(error: unknown): void;
}

/**
 * Looks for changes on behalf of everybody who listens at this process: one look for all, and none while nobody does.
 * Positions come from the broker, so a listener may go on at another process.
 */
export class EventHub {
  readonly #broker: Broker;
  readonly #listeners = new Set<Listener>();
  #running = false;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Begins to tell a listener of everything from now on; returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#running) void this.#run();
    return () => this.#listeners.delete(listener);
  }

  /** What changed since a position, or lately with null, for somebody who has just come (back). */
  async since(position: string | null): Promise<Batch> {
    const from = position ?? (await this.#broker.changesSince(systemActor, null)).position;
    return batchOf(await this.#broker.changesSince(systemActor, from), nothingBefore());
  }

  async #run(): Promise<void> {
    this.#running = true;
    const before = nothingBefore();
    const overview = new OverviewWatch(this.#broker);
    let position: string | null = null;
    let tookBefore = 0;
    while (this.#listeners.size > 0) {
      const began = performance.now();
      try {
        const changes = await this.#broker.changesSince(systemActor, position);
        position = changes.position;
        const batch = { ...batchOf(changes, before), overview: await overview.look() };
        for (const listener of [...this.#listeners]) listener.changed(batch);
      } catch (error) {
        for (const listener of [...this.#listeners]) listener.unavailable(error);
      }
      const took = performance.now() - began;
      // A single look that takes long says nothing of the next: the machine may have stood still.
      const usual = Math.min(took, tookBefore);
      tookBefore = took;
      const rest = Math.min(usual / SHARE_OF_TIME - usual, LONGEST_PAUSE_MS);
      await pause(Math.max(LOOK_EVERY_MS - took, rest, 20));
    }
    this.#running = false;
  }
}

/** The figures of the whole broker, when they differ from those told before. */
class OverviewWatch {
  readonly #broker: Broker;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #told = "";

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  async look(): Promise<string | null> {
    const now = performance.now();
    if (now - this.#lookedAt < OVERVIEW_EVERY_MS) return null;
    this.#lookedAt = now;
    const overview = await this.#broker.overview(systemActor, { ageMs: 60_000, incrementMs: 5_000 });
    const json = overviewJson(overview, { rates: false, lengths: false });
    // Uptimes always differ.
    const figures = JSON.stringify([json.queue_totals, json.message_stats, json.object_totals]);
    if (figures === this.#told && now - this.#toldAt < OVERVIEW_TOLD_EVERY_MS) return null;
    this.#told = figures;
    this.#toldAt = now;
    return JSON.stringify(json);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
