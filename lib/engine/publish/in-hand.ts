import { BrokerError } from "@/lib/broker/errors";
import type { PublishOutcome } from "@/lib/broker/requests";
import type { Database } from "@/lib/engine/database";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import type { StandingTaker } from "@/lib/engine/lease/standing-takers";
import { InHandMessage } from "@/lib/engine/publish/in-hand-message";
import { mustSurvive, outcomeOf, type Routed, usesOf } from "@/lib/engine/publish/store";
import type { StraightRecord } from "@/lib/engine/publish/straight-record";
import { claimToken } from "@/lib/engine/sql/lease";
import { type HandoverOffer, type InHandStored, insertMessagesInHand, type NewMessage } from "@/lib/engine/sql/publish";
import type { TopologyCache } from "@/lib/engine/topology/cache";
import type { QueueRecord } from "@/lib/engine/topology/records";

/** One statement stores at most so much. */
const maxMessages = 1000;
const maxBytes = 8 * 1024 * 1024;

/** While more than this is in hand, in bytes, every publisher waits until his message is done with: that bounds the memory. */
const maxPromisedBytes = 16 * 1024 * 1024;

/** How often it is looked, in ms, for messages that have waited for their acknowledgement for long enough. */
const lookEveryMs = 5;

/** How often messages are stored anew because the topology changed meanwhile. */
const attempts = 100;

/**
 * Somebody who is just taking messages of a queue that is believed to be empty (who looks into it, a basic.get) is done within
 * milliseconds: it is tried again so often, after so many ms each. What is stored beside him has no place among the others.
 */
const triesBeside = 25;
const besideMs = 2;

/** Who hears of what happens to them. */
export interface InHandEvents {
  /** These are stored, in such rows, and held by who has them. */
  stored(messages: readonly InHandMessage[], rows: readonly NewMessage[]): void;
  /** One claim holds these, in ascending order. */
  granted(claim: { queueId: number; rank: number; token: number; seqs: readonly number[] }): void;
  /** A claim may have been made. */
  lost(queueId: number, leaseToken: number): void;
  /** Messages are ready in these queues that nobody has announced. */
  ready(queueIds: Iterable<number>): void;
  /** Whether nothing is ready in a queue as far as is known here. */
  isEmpty(queueId: number): boolean;
  /** Somebody has less in hand. */
  relieved(): void;
}

/**
 * Messages of this node that consumers were given before they were stored. What is acknowledged soon is never stored in its
 * queue, and its publisher has his answer then; all else is stored as held by who has it, in the order in which it was given.
 */
export class InHand {
  readonly #database: Database;
  readonly #topology: TopologyCache;
  readonly #record: StraightRecord;
  readonly #events: InHandEvents;
  /** In the order in which they were given. */
  readonly #given = new Set<InHandMessage>();
  /** How large their bodies are together. */
  #givenBytes = 0;
  /** How many in each queue are given or being stored. */
  readonly #open = new Map<number, number>();
  /** Those of `given` that need not be stored yet, by queue, in the same order. */
  readonly #early = new Map<number, Set<InHandMessage>>();
  /** The others, which are to be stored now, in the same order within each queue. */
  readonly #due = new Set<InHandMessage>();
  /** What is being stored. */
  #batch: readonly InHandMessage[] = [];
  #timer: NodeJS.Timeout | undefined;
  #storing = false;

  constructor(database: Database, topology: TopologyCache, record: StraightRecord, events: InHandEvents) {
    this.#database = database;
    this.#topology = topology;
    this.#record = record;
    this.#events = events;
  }

  /**
   * @returns what the publisher is to be told, when it is acknowledged or stored; at once of one that need not survive, for
   * then who answers a request it makes can't be faster than its confirm (as in RabbitMQ, which writes no such message)
   */
  give(one: Routed, queue: QueueRecord, taker: StandingTaker): Promise<PublishOutcome> {
    const message = new InHandMessage({ routed: one, queue, taker, now: performance.now() }, this.#acknowledge);
    this.#given.add(message);
    this.#givenBytes += message.bytes;
    const early = this.#early.get(queue.id);
    if (early) early.add(message);
    else this.#early.set(queue.id, new Set([message]));
    this.#open.set(queue.id, (this.#open.get(queue.id) ?? 0) + 1);
    taker.give(message.given);
    if (this.#patienceMs(taker) === 0) this.#storeFrom([message]);
    else this.#lookLater();
    if (mustSurvive(one) || this.#givenBytes > maxPromisedBytes) return message.outcome;
    // That it couldn't be stored is nothing its publisher was promised.
    message.outcome.catch(() => {});
    return Promise.resolve(outcomeOf(one));
  }

  /** Whether any of these queues has messages that are not stored yet. */
  isIn(queueIds: Iterable<number>): boolean {
    if (this.#open.size === 0) return false;
    for (const id of queueIds) if (this.#open.has(id)) return true;
    return false;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  readonly #acknowledge = (message: InHandMessage, by: string): boolean => {
    message.took(performance.now());
    const { taker } = message;
    if (message.state !== "given") return false;
    const { routed } = message;
    this.#take(message);
    this.#close(message);
    this.#record.passed(routed, [{ queueId: taker.queueId, holder: taker.holder, acknowledgedBy: by }]);
    message.isOver(outcomeOf(routed));
    this.#events.relieved();
    return true;
  };

  /** Resolves when what consumers have in hand of these queues is stored; of all queues if omitted. Never rejects. */
  async stored(queueIds?: ReadonlySet<number>): Promise<void> {
    if (this.#open.size === 0) return;
    const isMeant = ({ queue }: InHandMessage) => !queueIds || queueIds.has(queue.id);
    const given = [...this.#given].filter(isMeant);
    for (const message of given) this.#isDue(message);
    if (given.length > 0) this.#start();
    await Promise.all([...this.#batch.filter(isMeant), ...given].map((message) => message.ended()));
  }

  /** These, and what was given of their queues before them, are to be stored now. */
  #storeFrom(messages: readonly InHandMessage[]): void {
    const last = new Map(messages.map((message) => [message.queue.id, message]));
    for (const [queueId, message] of last) {
      const early = this.#early.get(queueId);
      // It may be acknowledged already.
      if (!early?.has(message)) continue;
      for (const one of early) {
        this.#isDue(one);
        if (one === message) break;
      }
    }
    if (this.#due.size > 0) this.#start();
  }

  #isDue(message: InHandMessage): void {
    this.#due.add(message);
    this.#isNotEarly(message);
  }

  #isNotEarly(message: InHandMessage): void {
    const early = this.#early.get(message.queue.id);
    early?.delete(message);
    if (early?.size === 0) this.#early.delete(message.queue.id);
  }

  #start(): void {
    if (this.#storing) return;
    this.#storing = true;
    // Everything that was given with the same turn of the event loop goes together.
    setImmediate(() => void this.#run());
  }

  #lookLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, lookEveryMs);
  }

  /** What has waited for long enough for its acknowledgement is stored. */
  #look(): void {
    const now = performance.now();
    const late: InHandMessage[] = [];
    for (const early of this.#early.values()) {
      for (const message of early) {
        const waited = now - message.givenAt;
        if (waited < this.#patienceMs(message.taker)) continue;
        // Perhaps it never is: that he takes at least so long is known.
        message.taker.acknowledgements.took(waited);
        late.push(message);
      }
    }
    if (late.length > 0) this.#storeFrom(late);
    if (this.#early.size > 0) this.#lookLater();
  }

  async #run(): Promise<void> {
    while (this.#due.size > 0) {
      this.#batch = this.#next();
      await this.#store(this.#batch);
    }
    this.#batch = [];
    this.#storing = false;
  }

  #next(): InHandMessage[] {
    const batch: InHandMessage[] = [];
    let bytes = 0;
    for (const message of this.#due) {
      bytes += message.bytes;
      if (batch.length > 0 && (bytes > maxBytes || batch.length === maxMessages)) break;
      batch.push(message);
    }
    for (const message of batch) {
      message.state = "storing";
      this.#take(message);
    }
    return batch;
  }

  async #store(batch: readonly InHandMessage[]): Promise<void> {
    try {
      await this.#storeNow(batch);
    } catch (error) {
      if (batch.length > 1 && !isConnectionTrouble(error)) {
        // One of them is what the database refuses; the others shall not suffer for it.
        for (const message of batch) await this.#store([message]);
        return;
      }
      for (const message of batch) {
        this.#close(message);
        message.failed(error);
      }
    }
  }

  async #storeNow(batch: readonly InHandMessage[]): Promise<void> {
    let left = batch;
    let tries = 0;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { version, queuesById } =
        attempt === tries ? await this.#topology.current() : await this.#topology.reload();
      // Its queue has gone, and it with it.
      for (const message of left) if (!queuesById.has(message.queue.id)) this.#isOver(message);
      left = left.filter(({ isOpen }) => isOpen);
      if (left.length === 0) return;
      const offers = offersOf(left);
      const pool = left.some(({ routed }) => mustSurvive(routed)) ? this.#database.durable : this.#database.relaxed;
      const now = performance.now();
      const rows = left.map((message, index) => rowOf(message, offers.of[index]?.number ?? 0, now));
      const uses = usesOf(left.map(({ routed }) => routed));
      const mayWait = tries < triesBeside && left.every(({ queue }) => this.#events.isEmpty(queue.id));
      const inserted = await insertMessagesInHand(pool, version, rows, uses, offers.all, mayWait).catch(
        (error: unknown) => {
          if (isConnectionTrouble(error))
            for (const { queueId, token } of offers.all) this.#events.lost(queueId, token + 1);
          throw error;
        },
      );
      if (inserted === "busy") {
        tries++;
        await new Promise((resolve) => setTimeout(resolve, besideMs));
      } else if (inserted !== "moved") {
        this.#areStored(left, rows, offers, inserted);
        return;
      }
    }
    throw new BrokerError("unavailable", "The topology changes too quickly to publish by it. Try again shortly.");
  }

  #areStored(
    messages: readonly InHandMessage[],
    rows: readonly NewMessage[],
    offers: Offers,
    { ids, open, behind, isGone }: InHandStored,
  ): void {
    const isOpen = new Set(open);
    const claimed = new Map<HandoverOffer, number[]>();
    let next = 0;
    const holds = offers.of.map((offer, index) => {
      const { queueId, token } = offer;
      if (isGone) return undefined;
      if (!isOpen.has(queueId)) return { queueId, rank: 0, seq: behind[next++] ?? 0, token: token + 1 };
      const seq = ids[index] ?? 0;
      const seqs = claimed.get(offer);
      if (seqs) seqs.push(seq);
      else claimed.set(offer, [seq]);
      return { queueId, rank: 0, seq, token };
    });
    for (const [{ queueId, token }, seqs] of claimed) this.#events.granted({ queueId, rank: 0, token, seqs });
    for (const [index, message] of messages.entries()) {
      this.#close(message);
      message.isStored(holds[index], { ...outcomeOf(message.routed), messageId: ids[index] ?? null });
    }
    if (isGone) this.#events.ready(new Set(messages.map(({ queue }) => queue.id)));
    else this.#events.stored(messages, rows);
  }

  #isOver(message: InHandMessage): void {
    this.#close(message);
    message.isOver(outcomeOf(message.routed));
  }

  #patienceMs({ acknowledgements }: StandingTaker): number {
    return acknowledgements.patienceMs(this.#given.size, this.#givenBytes);
  }

  #take(message: InHandMessage): void {
    this.#due.delete(message);
    this.#isNotEarly(message);
    if (this.#given.delete(message)) this.#givenBytes -= message.bytes;
  }

  /** It is no longer on its way. */
  #close({ queue }: InHandMessage): void {
    const left = (this.#open.get(queue.id) ?? 0) - 1;
    if (left > 0) this.#open.set(queue.id, left);
    else this.#open.delete(queue.id);
  }
}

interface Offers {
  readonly all: readonly HandoverOffer[];
  /** The one of each message. */
  readonly of: readonly HandoverOffer[];
}

/** One for each stretch of a queue that one holder has: ranges of claims don't overlap. */
function offersOf(messages: readonly InHandMessage[]): Offers {
  const all: (HandoverOffer & { count: number; bytes: number })[] = [];
  const last = new Map<number, { readonly taker: StandingTaker; readonly offer: (typeof all)[number] }>();
  const of = messages.map(({ queue, taker, bytes }) => {
    const before = last.get(queue.id);
    const offer = before?.taker === taker ? before.offer : newOffer(queue, taker, all.length + 1);
    if (offer !== before?.offer) {
      all.push(offer);
      last.set(queue.id, { taker, offer });
    }
    offer.count++;
    offer.bytes += bytes;
    return offer;
  });
  return { all, of };
}

function newOffer({ id: queueId }: QueueRecord, { holder, holding }: StandingTaker, number: number) {
  const { visibilityTimeoutMs = 0 } = holding ?? {};
  const token = claimToken(newLeaseToken());
  const node = holding?.node() ?? null;
  return { number, queueId, token, holder, node, visibilityTimeoutMs, isGet: false, count: 0, bytes: 0 };
}

function rowOf(message: InHandMessage, offer: number, now: number): NewMessage {
  const { vhostId, message: published } = message.routed;
  const { exchange, routingKey, encoded: properties, body, publishedBy } = published;
  const placement = { queueId: message.queue.id, rank: 0, ttlMs: message.ttlMs(now), groupKey: null };
  return {
    ...{ vhostId, publishedBy, exchange, routingKey, properties, body, delayMs: 0 },
    placements: [placement],
    offers: [offer],
  };
}
