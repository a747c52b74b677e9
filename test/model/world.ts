import { expect } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import type { PeekedMessage } from "@/lib/broker/message";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { fromPlain, toPlain } from "@/lib/broker/properties/plain";
import type { ExchangeType } from "@/lib/broker/topology";
import { ModelBroker } from "@/test/model/model-broker";
import type { NodesForTest } from "@/test/model/nodes-for-test";

export const minuteMs = 60_000;

/** The same thing as the model and as the engine know it: a receipt, or the id of a batch in the trash. */
export interface Pair {
  readonly model: string;
  readonly engine: string;
}

/** What a sequence of commands begins with. Times to live end in 5 minutes, so that no step of ten ever meets one. */
const queues: Readonly<Record<string, Record<string, unknown>>> = {
  dead: {},
  plain: {},
  work: { "x-dead-letter-exchange": "dlx", "x-delivery-limit": 2 },
  quorum: { "x-queue-type": "quorum", "x-delivery-limit": 1 },
  ttl: { "x-message-ttl": 65 * minuteMs, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" },
  short: { "x-max-length": 3, "x-dead-letter-exchange": "dlx" },
  small: { "x-max-length-bytes": 20 },
  refusing: { "x-max-length": 2, "x-overflow": "reject-publish" },
  returning: { "x-max-length": 2, "x-overflow": "reject-publish-dlx", "x-dead-letter-exchange": "dlx" },
  urgent: { "x-max-priority": 3, "x-max-length": 4, "x-dead-letter-exchange": "dlx" },
  there: { "x-message-ttl": 45 * minuteMs, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "back" },
  back: { "x-message-ttl": 15 * minuteMs, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "there" },
};
/** `temp` comes and goes. */
export const queueNames: readonly string[] = [...Object.keys(queues), "temp"];
const exchanges: Readonly<Record<string, ExchangeType>> = { dlx: "fanout", events: "topic", rest: "fanout" };
const bindings: readonly [string, string, string][] = [
  ["dlx", "dead", ""],
  ["events", "work", "a.#"],
  ["events", "plain", "*.b"],
  ["events", "short", "#.c"],
  ["events", "urgent", "a.*"],
  ["rest", "ttl", ""],
];

/** The model and the engine, in the same state as far as anybody can see. */
export class World {
  readonly model: ModelBroker;
  readonly engine: NodesForTest;
  readonly vhost: string;
  /** Every receipt that was ever given out, settled or not; but those of a queue that was deleted. */
  receipts: (Pair & { readonly queue: string })[] = [];
  readonly trash: Pair[] = [];
  #now = Date.now();
  #bodies = 0;

  constructor(engine: NodesForTest, vhost: string) {
    this.engine = engine;
    this.vhost = vhost;
    this.model = new ModelBroker({ now: () => this.#now, node: () => engine.node });
  }

  async setUp(): Promise<void> {
    const { vhost } = this;
    await this.both((broker) => broker.putVhost(systemActor, { name: vhost }));
    for (const [name, type] of Object.entries(exchanges)) {
      const alternate: Record<string, unknown> = name === "events" ? { "alternate-exchange": "rest" } : {};
      const declared = { vhost, name, type, durable: true, autoDelete: false, internal: false };
      await this.both((broker) =>
        broker.declareExchange(systemActor, { ...declared, arguments: fromPlain(alternate) }),
      );
    }
    for (const name of Object.keys(queues)) await this.declareQueue(name);
    for (const [source, queue, routingKey] of bindings) await this.bind(source, queue, routingKey);
  }

  declareQueue(name: string): Promise<void> {
    const declared = { vhost: this.vhost, name, durable: true, autoDelete: false, exclusive: false };
    return this.same((broker) =>
      broker.declareQueue(systemActor, { ...declared, arguments: fromPlain(queues[name] ?? {}) }),
    );
  }

  bind(source: string, queue: string, routingKey: string): Promise<void> {
    const destination = { kind: "queue", name: queue } as const;
    return this.same(async (broker) => {
      const { vhost } = this;
      await broker.bind(systemActor, { vhost, source, destination, routingKey, arguments: emptyTable });
    });
  }

  nextBody(bytes: number): Uint8Array {
    return Buffer.from(String(++this.#bodies).padEnd(bytes, "."));
  }

  /** Asks both; an error that the contract provides for is an answer like others. */
  async both<T>(call: (broker: Broker, side: "model" | "engine") => Promise<T>): Promise<[T | string, T | string]> {
    return [await answer(() => call(this.model, "model")), await answer(() => call(this.engine.broker, "engine"))];
  }

  /** Asks both; the answers must be the same. */
  async same<T>(call: (broker: Broker, side: "model" | "engine") => Promise<T>): Promise<void> {
    const [model, engine] = await this.both(call);
    expect(engine).toEqual(model);
  }

  /** Lets time pass, and everything happen that it brings. */
  async advance(minutes: number): Promise<void> {
    this.#now += minutes * minuteMs;
    await this.engine.shift(minutes * minuteMs);
  }

  /** The node whose turn it is ends, one way or another: what it held for those connected to it comes back. */
  async loseNode(end: (nodes: NodesForTest) => Promise<void>): Promise<void> {
    const lost = this.engine.node;
    await end(this.engine);
    this.model.loseNode(lost);
  }

  async settleDown(): Promise<void> {
    this.model.sweep();
    await this.engine.runDuties();
  }

  /**
   * Does one step. Afterwards everything that can be seen must be the same: messages in their order with all that
   * belongs to them, and all counts.
   */
  async step(run: () => Promise<void>): Promise<void> {
    const before = this.model.lastId;
    await run();
    await this.settleDown();
    await this.#adoptOrder(before);
    const [model, engine] = await Promise.all([this.#seen(this.model), this.#seen(this.engine.broker)]);
    expect(engine).toEqual(model);
  }

  async #seen(broker: Broker): Promise<unknown> {
    const { vhost } = this;
    const [messages, status, trash] = await Promise.all([
      this.#messages(broker),
      broker.listQueues(systemActor, { vhost }),
      broker.listTrash(systemActor, vhost),
    ]);
    return {
      messages: byQueue(messages),
      counts: Object.fromEntries(
        status.map(({ name, counts, deadLettersHere }) => [name, { ...counts, deadLettersHere }]),
      ),
      trash: trash
        .map(
          ({ action, queue, count, restoredAt }) =>
            `${action} ${queue} ${count} ${restoredAt === null ? "" : "restored"}`,
        )
        .sort(),
    };
  }

  async #messages(broker: Broker): Promise<PeekedMessage[]> {
    const all: PeekedMessage[] = [];
    let cursor: string | null = null;
    do {
      const request = { vhost: this.vhost, order: "oldest", limit: 1000, bodyLimit: 1000 } as const;
      const page = await broker.peek(systemActor, { ...request, ...(cursor !== null && { cursor }) });
      all.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  }

  /**
   * Messages of several queues that die at the same moment come to their dead-letter queues in any order: the model
   * takes over the engine's. But what comes from one queue for one reason must come in its order.
   */
  async #adoptOrder(before: number): Promise<void> {
    const late = (await this.#messages(this.model)).filter(({ id }) => id > before);
    if (late.length < 2) return;
    const ids = namesakes(await this.#messages(this.engine.broker));
    const counterparts = new Map<string, number>();
    for (const [name, ours] of namesakes(late)) {
      // Of several that nobody can tell apart, the first is the first; those that were there before come earlier.
      const theirs = ids.get(name)?.slice(-ours.length) ?? [];
      for (const [i, id] of ours.entries()) counterparts.set(`${name} ${id}`, theirs[i] ?? 0);
    }
    const orderOf = (message: PeekedMessage) => counterparts.get(`${nameOf(message)} ${message.id}`) ?? 0;
    for (const stream of new Set(late.map(streamOf))) {
      const order = late.filter((message) => streamOf(message) === stream).map(orderOf);
      expect(order, "the order in which messages of one queue died").toEqual(order.toSorted((a, b) => a - b));
    }
    this.model.renumber(before, orderOf);
  }
}

/** Where a message lies, and all that can be seen of it. */
function nameOf(message: PeekedMessage): string {
  return `${message.queue} ${JSON.stringify(visible(message))}`;
}

/** The numbers, ascending, of those that look the same. */
function namesakes(messages: readonly PeekedMessage[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const message of messages) {
    const name = nameOf(message);
    found.set(
      name,
      [...(found.get(name) ?? []), message.id].sort((a, b) => a - b),
    );
  }
  return found;
}

/** What comes this way keeps its order. Leases end in any order, so those that died of it have none to keep. */
function streamOf({ id, queue, priority, death }: PeekedMessage): string {
  const alone = death?.reason === "delivery_limit" ? id : "";
  return `${queue} ${priority} ${death?.originQueue} ${death?.reason} ${alone}`;
}

async function answer<T>(call: () => Promise<T>): Promise<T | string> {
  try {
    return await call();
  } catch (error) {
    if (isBrokerError(error)) return `error: ${error.code}`;
    throw error;
  }
}

/** Per queue in the order of service. */
function byQueue(messages: readonly PeekedMessage[]): Record<string, unknown[]> {
  const queued: Record<string, PeekedMessage[]> = {};
  for (const message of messages) {
    const siblings = queued[message.queue];
    if (siblings) siblings.push(message);
    else queued[message.queue] = [message];
  }
  const sorted = Object.entries(queued).map(([queue, all]): [string, unknown[]] => [
    queue,
    all.sort((a, b) => b.priority - a.priority || a.id - b.id).map(visible),
  ]);
  return Object.fromEntries(sorted);
}

/** A message without its numbers and times, which are each side's own. */
export function visible(message: PeekedMessage): unknown {
  const { body, exchange, routingKey, state, redelivered, deliveryCount, priority, death, lease, properties } = message;
  return {
    body: Buffer.from(body).toString(),
    exchange,
    routingKey,
    state,
    redelivered,
    deliveryCount,
    priority,
    expires: message.expiresAt !== null,
    holder: lease?.holder ?? null,
    death: death && { ...death, at: null, group: null },
    headers: withoutTimes(toPlain(properties.headers ?? emptyTable)),
    expiration: properties.expiration ?? null,
  };
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, name === "time" ? null : withoutTimes(inner)]));
}
