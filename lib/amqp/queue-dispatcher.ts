import { Ahead, longestMs } from "@/lib/amqp/ahead";
import type { Consumer } from "@/lib/amqp/consumer";
import type { AmqpLog } from "@/lib/amqp/door";
import { untilDone } from "@/lib/amqp/until-done";
import { systemActor } from "@/lib/broker/actor";
import type { Broker, Given, Taken } from "@/lib/broker/broker";
import type { Standing } from "@/lib/broker/door-cluster";
import { isBrokerError } from "@/lib/broker/errors";
import type { StraightTaker } from "@/lib/broker/requests";

/** How long one look for messages waits, in ms, and how many it takes at most. */
const waitMs = 20_000;
const most = 500;
const retryPauseMs = 1000;
/** What one look takes is meant to stay below this, in bytes: of large messages it takes fewer. */
const batchBytes = 8 * 1024 * 1024;
/** As large as that messages are held to be until some have been seen, in bytes. */
const unseenBytes = 64 * 1024;

/** What of a queue decides how its messages are handed out. */
export interface QueueFacts {
  readonly vhost: string;
  readonly name: string;
  /** To be deleted when its last consumer has gone. */
  readonly autoDelete: boolean;
  /** Only the oldest consumer is given messages (`x-single-active-consumer`). */
  readonly singleActive: boolean;
}

/**
 * One queue's consumers on this node, and the loop that takes messages for them: no more than they have credit for,
 * handed out one by one in turn, to the highest priority first (rabbitmq.com/consumer-priority).
 */
export class QueueDispatcher {
  readonly queue: QueueFacts;
  readonly #broker: Broker;
  readonly #log: AmqpLog;
  readonly #holdMs: number;
  #consumers: Consumer[] = [];
  /** Since when there have been consumers, by `performance.now()`. */
  #since = 0;
  #running = false;
  /** Ends when there are no consumers any more. */
  #loop: Promise<void> = Promise.resolve();
  /** Taken for consumers that don't acknowledge, when none of them could be given more. */
  readonly #kept: Taken[] = [];
  readonly #straight: StraightTaker = {
    room: () => (this.#kept.length === 0 && this.#takesStraight() ? this.#room() : 0),
    pace: () => (this.#takesStraight() && this.#isCongested() ? { perMs: Number.POSITIVE_INFINITY, before: 0 } : null),
    take: (messages) => this.#give(messages),
  };
  /** The same for consumers that acknowledge. */
  readonly #inHand: StraightTaker = {
    room: () => (this.#ahead.size === 0 && this.#takesInHand() ? this.#room() : 0),
    pace: () => (this.#takesInHand() ? this.#ahead.pace(performance.now()) : null),
    take: (messages) => this.#deal(messages),
  };
  readonly #ahead = new Ahead();
  #aheadTimer: NodeJS.Timeout | undefined;
  /** What was taken ahead is on its way back. */
  #givingBack: Promise<void> | undefined;
  /** Nothing more is taken for the moment, since the last consumer is about to go. */
  #resting = false;
  /** Who waits until the consumers have been given what lies there. */
  #served: (() => void)[] = [];
  /** The call that takes messages that are acknowledged as they are taken. */
  #taking: Promise<unknown> | undefined;
  #wake: (() => void) | undefined;
  #standing: Standing | undefined;
  /** How large the largest of the messages has been lately, in bytes. */
  #largest = unseenBytes;
  #abort = new AbortController();

  constructor(queue: QueueFacts, broker: Broker, log: AmqpLog, holdMs: number) {
    this.queue = queue;
    this.#broker = broker;
    this.#log = log;
    this.#holdMs = holdMs;
  }

  get consumers(): readonly Consumer[] {
    return this.#consumers;
  }

  /** False for one that waits for its turn at a queue with a single active consumer. */
  isActive(consumer: Consumer): boolean {
    return !this.queue.singleActive || this.#standing?.active === consumer.subscription.id;
  }

  /** Whether it has to be known who else consumes, and not only that the queue is there. */
  get dependsOnOthers(): boolean {
    return this.queue.singleActive || (this.#standing?.mixed ?? false);
  }

  /** Takes note of how the queue's consumers stand on all nodes. Returns whether another one is the active one now. */
  stand(standing: Standing): boolean {
    const isNew = this.queue.singleActive && this.#standing?.active !== standing.active;
    this.#standing = standing;
    if (this.#credit() === 0) this.#stopLooking();
    if (this.dependsOnOthers) void this.giveBack();
    this.wake();
    return isNew;
  }

  add(consumer: Consumer): void {
    if (this.#consumers.length === 0) this.#since = performance.now();
    // What is acknowledged as it is taken is not for somebody who wants to do that.
    if (!consumer.noAck && this.#isAutoAck()) this.#stopLooking();
    this.#consumers.push(consumer);
    this.stand(consumer.subscription.standing);
    if (!this.#running) this.#loop = this.#run();
    this.wake();
  }

  /**
   * Resolves when nothing is under way any more that would be lost if this consumer, the last one, went now, or that the
   * next single active one has to come after.
   */
  async quiet(consumer: Consumer): Promise<void> {
    if (!this.queue.singleActive && (!consumer.noAck || this.#consumers.length > 1)) return;
    this.#resting = true;
    this.#stopLooking();
    await this.#taking?.catch(() => {});
    // It has been taken for this one, and is nowhere else, however much its socket holds.
    if (consumer.noAck) for (const message of this.#kept.splice(0)) consumer.give(message);
    await this.giveBack();
  }

  /**
   * Gives back what was taken ahead, since it is somebody else's turn, or something that comes before it. Resolves when
   * it is in the queue again, with what else is on its way there. Never rejects.
   */
  giveBack(): Promise<void> {
    const messages = this.#ahead.takeAll();
    this.#ahead.pause(performance.now());
    if (messages.length === 0) return this.#givingBack ?? Promise.resolve();
    const before = this.#givingBack;
    const returned = Promise.all([before, this.#requeue(messages)]).then(() => {
      if (this.#givingBack !== returned) return;
      this.#givingBack = undefined;
      this.wake();
    });
    this.#givingBack = returned;
    return returned;
  }

  /** Resolves when the last consumer has gone and all that was taken for it ahead is in the queue again. Never rejects. */
  async emptied(): Promise<void> {
    await this.#loop;
    await this.giveBack();
  }

  /**
   * Resolves when consumers of this node that have room have been given what lies in the queue now: in RabbitMQ a message
   * goes to them the moment it is there, so that a `basic.get` finds only what they leave. Never rejects.
   */
  async consumersFirst(): Promise<void> {
    if (this.#room() === 0) return;
    const served = new Promise<void>((resolve) => void this.#served.push(resolve));
    this.#stopLooking();
    this.wake();
    await served;
  }

  /** Returns whether this was the last one. */
  remove(consumer: Consumer): boolean {
    const before = this.#consumers.length;
    this.#resting = false;
    this.#consumers = this.#consumers.filter((one) => one !== consumer);
    this.wake();
    if (this.#consumers.length > 0 || before === 0) return false;
    this.#stopLooking();
    void this.giveBack();
    return true;
  }

  /** Ends the look for messages that is under way: nobody may be given any. */
  #stopLooking(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Somebody may have credit now who had none. */
  wake(): void {
    if (this.#kept.length > 0) this.#dealKept();
    if (this.#ahead.size > 0) this.#dealAhead();
    this.#wake?.();
  }

  /** The queue has gone: tells the consumers, and ends. */
  queueGone(): void {
    for (const consumer of this.#consumers.slice()) consumer.queueGone();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#consumers.length > 0) {
      if (this.#givingBack) {
        await this.#givingBack;
        continue;
      }
      if (this.#wanted() === 0) {
        this.#areServed(this.#served.splice(0));
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
        continue;
      }
      let asking: (() => void)[] = [];
      try {
        asking = this.#served.splice(0);
        const autoAck = this.#isAutoAck();
        const taking = this.#takeAndDeal(autoAck, asking.length > 0 ? 0 : waitMs);
        this.#taking = autoAck || this.queue.singleActive ? taking : undefined;
        const found = await taking;
        if (found && this.#room() > 0) this.#served.push(...asking);
        else this.#areServed(asking);
      } catch (error) {
        this.#areServed(asking);
        if (isBrokerError(error) && error.code === "not-found") {
          this.queueGone();
          continue;
        }
        this.#log.error(`Taking messages from queue '${this.queue.name}' failed; it is tried again.`, error);
        await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
      }
    }
    this.#running = false;
    this.#areServed(this.#served.splice(0));
  }

  #areServed(asking: readonly (() => void)[]): void {
    for (const served of asking) served();
  }

  /** Nobody acknowledges, so that taken is gone, as it is with a client whose connection breaks. */
  #isAutoAck(): boolean {
    return this.#consumers.every(({ noAck }) => noAck);
  }

  /**
   * @param forMs how long to wait for messages when there are none, in ms
   * @returns whether there were any
   */
  async #takeAndDeal(autoAck: boolean, forMs: number): Promise<boolean> {
    if (this.#kept.length > 0) {
      this.#dealKept();
      return true;
    }
    const { signal } = this.#abort;
    const { actor } = this.#consumers[0] as Consumer;
    const { vhost, name } = this.queue;
    const messages = await this.#broker.lease(actor, {
      vhost,
      queue: name,
      max: most,
      visibilityTimeoutMs: this.#visibilityMs(),
      waitMs: forMs,
      waitingSince: this.#since,
      autoAck,
      boundToNode: true,
      countAs: "deliver",
      room: () => (autoAck && !this.#isAutoAck() ? 0 : this.#room()),
      straight: autoAck ? this.#straight : this.#inHand,
      ahead: () => this.#aheadRoom(),
      signal,
    });
    if (autoAck) {
      this.#give(messages);
      return messages.length > 0;
    }
    this.#deal(messages);
    // It is no queue that messages are taken from ahead.
    if (messages.length === 0 && this.#room() === 0) this.#ahead.pause(performance.now());
    return messages.length > 0;
  }

  #deal(messages: readonly Given[]): void {
    this.#measure(messages);
    this.#ahead.add(messages);
    // These were just being taken when those before them began to go back.
    if (this.#givingBack) {
      void this.giveBack();
      return;
    }
    this.#dealAhead();
    this.#watchAhead();
  }

  /** What is taken ahead stays for as long as consumers are likely to take it soon. */
  #watchAhead(): void {
    if (this.#ahead.isTooMuch(performance.now(), most)) void this.giveBack();
    else if (this.#ahead.size > 0) {
      this.#aheadTimer ??= setTimeout(() => {
        this.#aheadTimer = undefined;
        this.#watchAhead();
      }, longestMs).unref();
    }
  }

  /** Hands out what was taken ahead, as far as there is credit. */
  #dealAhead(): void {
    let count = 0;
    for (let message = this.#ahead.first(); message !== undefined; message = this.#ahead.first()) {
      const consumer = this.#next();
      if (consumer === undefined) break;
      this.#ahead.drop();
      consumer.deliver(message);
      count++;
    }
    if (count > 0) this.#ahead.delivered(count, performance.now());
  }

  async #requeue(messages: readonly Given[]): Promise<void> {
    const settlements = messages.flatMap(({ receipt }) =>
      receipt === null ? [] : [{ receipt, outcome: { kind: "requeue", undelivered: true } as const }],
    );
    if (settlements.length === 0) return;
    try {
      await untilDone(() => this.#broker.settle(systemActor, settlements));
    } catch (error) {
      this.#log.error(`Messages could not go back to queue '${this.queue.name}'.`, error);
    }
  }

  #measure(messages: readonly Taken[]): void {
    if (messages.length === 0) return;
    let largest = this.#largest / 2;
    for (const { body } of messages) if (body.length > largest) largest = body.length;
    this.#largest = largest;
  }

  /** How many messages to take now. */
  #wanted(): number {
    if (this.#resting) return 0;
    const room = this.#room();
    if (room > 0) return room;
    const ahead = this.#aheadRoom();
    // Not one by one, but when half of them have gone.
    return ahead >= this.#ahead.size ? ahead : 0;
  }

  /** How many messages consumers have credit for. Nothing may pass what is on its way back. */
  #room(): number {
    return this.#resting || this.#givingBack ? 0 : Math.min(this.#credit(), this.#most());
  }

  /** How many more may be taken ahead. */
  #aheadRoom(): number {
    if (this.#resting || this.dependsOnOthers || this.#isAutoAck()) return 0;
    return Math.max(0, Math.min(this.#ahead.wanted(performance.now(), most), this.#most()) - this.#ahead.size);
  }

  /** How many messages to take at once at most. */
  #most(): number {
    return Math.min(most, Math.max(1, Math.floor(batchBytes / this.#largest)));
  }

  /** Whether consumers may be given what comes past the queue: it is no other node's turn. */
  #takesStraight(): boolean {
    return !this.#resting && (this.#standing?.elsewhere ?? null) === null && this.#isAutoAck();
  }

  /** Somebody has to read what he was sent. */
  #isCongested(): boolean {
    return this.#consumers.some(({ connection }) => connection.isCongested);
  }

  /** The same for what consumers acknowledge: it must not matter who else consumes, nor come before what goes back. */
  #takesInHand(): boolean {
    if (this.#resting || this.#givingBack || this.dependsOnOthers) return false;
    return this.#consumers.length > 0 && (this.#standing?.elsewhere ?? null) === null;
  }

  /** Hands out in turn what was acknowledged as it was taken, and keeps what nobody has credit for any more. */
  #give(messages: readonly Taken[]): void {
    this.#measure(messages);
    this.#kept.push(...messages);
    this.#dealKept();
  }

  #dealKept(): void {
    let given = 0;
    for (const message of this.#kept) {
      const consumer = this.#next(true);
      if (consumer === undefined) break;
      consumer.give(message);
      given++;
    }
    this.#kept.splice(0, given);
  }

  /**
   * The consumer whose turn it is; its next turn comes after those of the others.
   * @param taken only one that doesn't acknowledge, if there is any
   */
  #next(taken = false): Consumer | undefined {
    const [only] = this.#consumers;
    if (only !== undefined && this.#consumers.length === 1 && !this.dependsOnOthers) {
      return only.credit > 0 ? only : undefined;
    }
    const open = this.#open();
    const consumer = taken && this.#consumers.some(({ noAck }) => noAck) ? open.find(({ noAck }) => noAck) : open[0];
    if (consumer !== undefined) this.#consumers.push(...this.#consumers.splice(this.#consumers.indexOf(consumer), 1));
    return consumer;
  }

  /** Consumers that may be given a message now, in the order of their turn. */
  #open(): Consumer[] {
    const open = this.#consumers.filter((consumer) => consumer.credit > 0);
    if (this.queue.singleActive) return open.filter((consumer) => this.isActive(consumer));
    const highest = Math.max(...open.map((consumer) => consumer.priority));
    // It is another node's turn.
    if ((this.#standing?.elsewhere ?? highest) > highest) return [];
    return open.filter((consumer) => consumer.priority === highest);
  }

  /** Longer than any of the consumers may hold a message; its channel is closed before. */
  #visibilityMs(): number {
    const longest = Math.max(0, ...this.#consumers.map(({ timeoutMs }) => timeoutMs ?? 0));
    return Math.max(this.#holdMs, longest + 2 * 60_000);
  }

  #credit(): number {
    const [only] = this.#consumers;
    if (only !== undefined && this.#consumers.length === 1 && !this.dependsOnOthers) return only.credit;
    return this.#open().reduce((sum, consumer) => sum + consumer.credit, 0);
  }
}
