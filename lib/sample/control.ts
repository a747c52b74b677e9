import type { Actor } from "@/lib/broker/actor";

/** `removing` lasts until the broker process has deleted the sample's vhost. */
export type SampleState = "absent" | "running" | "stopped" | "removing";

/** Where it is kept whether the sample is to run: a fact of the whole cluster, so that any node can act on it. */
export interface SampleStore {
  read(): Promise<SampleState>;
  write(actor: Actor, state: SampleState): Promise<void>;
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

  state(): Promise<SampleState> {
    return this.#store.read();
  }

  /** Makes its vhost, if needed, and starts producer and workers. */
  start(actor: Actor): Promise<void> {
    return this.#store.write(actor, "running");
  }

  /** Stops producer and workers; its queues and messages stay. */
  async stop(actor: Actor): Promise<void> {
    if ((await this.#store.read()) === "running") await this.#store.write(actor, "stopped");
  }

  /** Stops, and deletes its vhost with all that is in it. */
  async remove(actor: Actor): Promise<void> {
    if ((await this.#store.read()) !== "absent") await this.#store.write(actor, "removing");
  }
}
