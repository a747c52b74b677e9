import type { Actor } from "@/lib/broker/actor";

/** `removing` lasts until the broker process has deleted the sample's vhost. */
const sampleStates = ["absent", "running", "stopped", "removing"] as const;
export type SampleState = (typeof sampleStates)[number];

export interface SampleStatus {
  readonly state: SampleState;
  /** When it came into this state; null if it was never switched. */
  readonly since: Date | null;
}

/** Where it is kept whether the sample is to run: a fact of the whole cluster, so that any node can act on it. */
export interface SampleStore {
  read(): Promise<{ readonly state: unknown; readonly since: Date } | null>;
  /** Writes it; with `was`, only if that stands there still. */
  write(actor: Actor, state: SampleState, was?: SampleState): Promise<void>;
}

/**
 * The sample workload's three switches. They only say what is wanted; the broker process that leads carries it out
 * within about a second (`runSample`).
 */
export class SampleControl {
  readonly #store: SampleStore;

  constructor(store: SampleStore) {
    this.#store = store;
  }

  async status(): Promise<SampleStatus> {
    const stored = await this.#store.read();
    const state = sampleStates.find((known) => known === stored?.state) ?? "absent";
    return { state, since: stored?.since ?? null };
  }

  /** Makes its vhost, if needed, and starts producer and workers. */
  async start(actor: Actor): Promise<void> {
    if ((await this.status()).state !== "running") await this.#store.write(actor, "running");
  }

  /** Stops producer and workers; its queues and messages stay. */
  stop(actor: Actor): Promise<void> {
    return this.#store.write(actor, "stopped", "running");
  }

  /** Stops, and deletes its vhost with all that is in it. */
  async remove(actor: Actor): Promise<void> {
    const { state } = await this.status();
    if (state !== "absent") await this.#store.write(actor, "removing");
  }

  /** Says that the vhost is gone, unless it was started again meanwhile. */
  removed(actor: Actor): Promise<void> {
    return this.#store.write(actor, "absent", "removing");
  }
}
