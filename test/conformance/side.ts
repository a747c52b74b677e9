import type { ExchangeType } from "@/lib/broker/topology";

/** A message as a client sends it; headers in the JSON form of `toPlain`. */
export interface Sent {
  readonly exchange: string;
  readonly key: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly expiration?: string;
}

/** What a client sees of a message that it is given. */
export interface Seen {
  readonly body: string;
  readonly exchange: string;
  readonly key: string;
  readonly redelivered: boolean;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly expiration: string | null;
}

/** A message in hand; `token` is the side's own. */
export interface Taken {
  readonly seen: Seen;
  readonly token: unknown;
}

export type Outcome = "ack" | "requeue" | "reject";

/** One of two brokers that are asked to do the same. Everything has happened when a promise resolves. */
export interface Side {
  exchange(
    name: string,
    type: ExchangeType,
    options?: { readonly internal?: boolean; readonly alternate?: string },
  ): Promise<void>;
  queue(name: string, queueArguments?: Readonly<Record<string, unknown>>): Promise<void>;
  bindQueue(
    source: string,
    queue: string,
    key: string,
    bindingArguments?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  bindExchange(source: string, exchange: string, key: string): Promise<void>;
  /** False when a queue refused it (a negative confirm). */
  publish(message: Sent): Promise<boolean>;
  /** One message, to be settled; null from an empty queue. */
  take(queue: string): Promise<Taken | null>;
  settle(taken: Taken, outcome: Outcome): Promise<void>;
  ready(queue: string): Promise<number>;
  close(): Promise<void>;
}

/** Takes and acknowledges everything that is in a queue, in its order. */
export async function drain(side: Side, queue: string): Promise<Seen[]> {
  const all: Seen[] = [];
  for (let taken = await side.take(queue); taken; taken = await side.take(queue)) {
    all.push(taken.seen);
    await side.settle(taken, "ack");
  }
  return all;
}

/** Gives up, rather than hang, when what is waited for doesn't come. */
export async function eventually(what: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`It did not happen within ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
