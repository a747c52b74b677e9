/** A message as it is stored; never changed. */
export interface StoredMessage {
  readonly exchange: string;
  readonly routingKey: string;
  /** As in AMQP's content header. */
  readonly properties: Uint8Array;
  readonly body: Uint8Array;
}

interface Cached {
  readonly message: StoredMessage;
  /** Of `performance.now()`. */
  readonly since: number;
  /** How many queues it lies in that are asked for messages here. */
  readers: number;
}

const mostBytes = 32 * 1024 * 1024;
/** What was not asked for within this time, in ms, makes room for others. */
const longestMs = 10_000;
/** What a message takes besides its contents, in bytes, about. */
const overhead = 300;
/** A queue that nobody on this node has asked for messages for so long, in ms, is of no interest. */
const interestMs = 10_000;

/**
 * Messages that this node has just stored, for consumers that it has itself: they need not be read back. Messages never
 * change, so what is here is right; it may be missing at any time.
 */
export class MessageCache {
  readonly #messages = new Map<number, Cached>();
  #bytes = 0;
  /** Queues that messages are asked for, when last (of `performance.now()`), and whether the last ones were here. */
  readonly #queues = new Map<number, { askedAt: number; wereHere: boolean }>();

  /** Somebody here asks for messages of this queue. */
  asked(queueId: number): void {
    const queue = this.#queues.get(queueId);
    if (queue) queue.askedAt = performance.now();
    else {
      if (this.#queues.size >= 10_000) this.#queues.clear();
      this.#queues.set(queueId, { askedAt: performance.now(), wereHere: true });
    }
  }

  /** Whether what is taken out of this queue next is probably here. */
  isLikely(queueId: number): boolean {
    return this.#messages.size > 0 && this.#queues.get(queueId)?.wereHere === true;
  }

  /** Tells how many of the messages that were taken from a queue were here. */
  taken(queueId: number, found: number, all: number): void {
    const queue = this.#queues.get(queueId);
    if (queue && all > 0) queue.wereHere = found * 8 >= all;
  }

  /** Of these queues, how many are asked for messages here. */
  readersOf(queueIds: readonly number[]): number {
    if (this.#queues.size === 0) return 0;
    const since = performance.now() - interestMs;
    let readers = 0;
    for (const id of queueIds) if ((this.#queues.get(id)?.askedAt ?? 0) > since) readers++;
    return readers;
  }

  /**
   * Keeps a message that was stored, for so many readers. When there is no room, this one is left out, and not one of
   * those that are asked for before it.
   */
  add(messageId: number, message: StoredMessage, readers: number): void {
    const size = sizeOf(message);
    const now = performance.now();
    for (const [oldest, cached] of this.#messages) {
      if (this.#bytes + size <= mostBytes) break;
      if (now - cached.since < longestMs) return;
      this.#remove(oldest, cached);
    }
    this.#messages.set(messageId, { message, since: now, readers });
    this.#bytes += size;
  }

  /** The number of the message that has been here for longest; 0 for none. */
  get oldest(): number {
    return this.#messages.keys().next().value ?? 0;
  }

  /** Whether it is here. */
  has(messageId: number): boolean {
    return this.#messages.has(messageId);
  }

  /** A message that is handed out once; undefined when it has to be read. */
  take(messageId: number): StoredMessage | undefined {
    const cached = this.#messages.get(messageId);
    if (!cached) return undefined;
    if (--cached.readers <= 0) this.#remove(messageId, cached);
    return cached.message;
  }

  /** The database may have gone back to an earlier moment, and give their numbers to others. */
  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }

  #remove(messageId: number, { message }: Cached): void {
    this.#messages.delete(messageId);
    this.#bytes -= sizeOf(message);
  }
}

function sizeOf({ properties, body }: StoredMessage): number {
  return properties.length + body.length + overhead;
}
