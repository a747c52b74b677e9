import { batchesHeld, type ConsumeOptions, type Consumption, type Contestant } from "@/bench/contestants/contestant";
import { queueName, request, vhost } from "@/bench/contestants/warren";
import { Ahead } from "@/lib/amqp/ahead";
import { systemActor } from "@/lib/broker/actor";
import type { Broker, Given } from "@/lib/broker/broker";

/**
 * The engine as its AMQP door uses it: consumers of the publishers' node are given messages before they are stored, and what
 * they acknowledge within milliseconds never lies in its queue (decision 180).
 *
 * @param warren whose broker and queue it shares
 */
export function warrenAsDoor(warren: Contestant & { readonly broker: Broker }): Contestant {
  const { broker } = warren;
  const since = performance.now();
  const publish = async (body: string) => {
    await broker.publish(systemActor, { ...request("", queueName, body), unnumbered: true, connectedSince: since });
  };
  return {
    name: "warren, as over AMQP",
    empty: () => warren.empty(),
    publish,
    publishBatch: async (bodies) => {
      await Promise.all(bodies.map(publish));
    },
    consume: async (options) => new DoorConsumers(broker, options),
    close: async () => {},
  };
}

/** Consumers of one node, for whom one call takes messages as long as they have credit, as for those of a queue over AMQP. */
class DoorConsumers implements Consumption {
  readonly #broker: Broker;
  readonly #options: ConsumeOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #credit: number;
  /** Takes nothing ahead here, but knows how fast messages are taken. */
  readonly #pace = new Ahead();
  #taken: Given[] = [];
  #settling = new Set<Promise<void>>();
  #hasCredit: (() => void) | undefined;

  constructor(broker: Broker, options: ConsumeOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#credit = options.consumers * options.batch * batchesHeld;
    this.#running = this.#run(performance.now());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#hasCredit?.();
    await this.#running;
    await Promise.all(this.#settling);
  }

  async #run(waitingSince: number): Promise<void> {
    const { signal } = this.#stopping;
    const straight = {
      room: () => this.#credit,
      pace: () => this.#pace.pace(performance.now()),
      take: (messages: readonly Given[]) => this.#take(messages),
    };
    while (!signal.aborted) {
      if (this.#credit === 0) {
        await new Promise<void>((resolve) => {
          this.#hasCredit = resolve;
        });
        continue;
      }
      const found = await this.#broker.lease(systemActor, {
        ...{ vhost, queue: queueName, max: 500, visibilityTimeoutMs: 60_000, waitMs: 1000, waitingSince },
        ...{ autoAck: false, boundToNode: true, countAs: "deliver", signal, straight, room: straight.room },
      });
      if (found.length > 0) this.#take(found);
    }
  }

  #take(messages: readonly Given[]): void {
    this.#credit -= messages.length;
    this.#pace.delivered(messages.length, performance.now());
    for (const { body } of messages) this.#options.onMessage(body as Buffer);
    if (this.#taken.length === 0) setImmediate(() => this.#acknowledge());
    this.#taken.push(...messages);
  }

  /** What was taken with one turn of the event loop is acknowledged together, as what came with one read of a socket is. */
  #acknowledge(): void {
    const taken = this.#taken;
    this.#taken = [];
    const settlements = taken.flatMap(({ receipt }) =>
      receipt === null ? [] : [{ receipt, outcome: { kind: "ack" } as const }],
    );
    const settling = this.#broker.settle(systemActor, settlements).then((results) => {
      this.#credit += taken.length;
      this.#hasCredit?.();
      this.#settling.delete(settling);
      this.#options.onDone(results.filter(({ result }) => result === "settled").length);
    });
    this.#settling.add(settling);
  }
}
