import { isUnforeseen, toAmqpError } from "@/lib/amqp/broker-errors";
import { ChannelConsumers } from "@/lib/amqp/channel-consumers";
import { closingFrame } from "@/lib/amqp/closing";
import { Confirms } from "@/lib/amqp/confirms";
import type { Connection } from "@/lib/amqp/connection";
import { handleBasic } from "@/lib/amqp/methods/basic";
import { handleExchange } from "@/lib/amqp/methods/exchange";
import { checkPublish, publish } from "@/lib/amqp/methods/publish";
import { handleQueue } from "@/lib/amqp/methods/queue";
import { Tally } from "@/lib/amqp/tally";
import { Transaction } from "@/lib/amqp/transaction";
import { type Held, Unacknowledged } from "@/lib/amqp/unacknowledged";
import { type Content, ContentAssembler, type ContentMethod, idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments, Method, MethodName } from "@/lib/amqp/wire/methods";
import { channelCounters } from "@/lib/broker/presence";
import type { Settlement } from "@/lib/broker/requests";

/**
 * One channel. Its methods take effect in the order in which they came: publishes overlap each other, and everything
 * that has to be answered waits for those before it and holds up those behind it.
 */
export class Channel {
  readonly connection: Connection;
  readonly number: number;
  readonly unacknowledged = new Unacknowledged();
  readonly consumers = new ChannelConsumers(this);
  /** What it has done, for whoever watches. */
  readonly tally = new Tally(channelCounters, Date.now());
  /** Of the deliveries that are not acknowledged, those that count against the channel's prefetch limit. */
  heldByConsumers = 0;
  /** `basic.qos` with global: how many the channel may hold; 0 for no limit. */
  prefetch = 0;
  /** `basic.qos` without: for consumers to come. */
  consumerPrefetch = 0;
  /** How long messages that `basic.get` took from a queue may stay unacknowledged, in ms; null for the server's limit. */
  readonly getTimeouts = new Map<string, number | null>();
  /** What an empty queue name means: the last one that was declared here. */
  lastQueue = "";
  /** Where replies to this channel arrive, once it consumes from the pseudo-queue for them. */
  replyName: string | undefined;
  replyTag = "";
  readonly #assembler: ContentAssembler;
  readonly #waiting: (() => void | Promise<void>)[] = [];
  #busy = false;
  #closing = false;
  #released: Promise<void> | undefined;
  readonly #finished: (() => void)[] = [];
  #publishes = 0;
  #publishesDone: (() => void) | undefined;
  /** What went back to its queue, or to be dead-lettered, is there. */
  #givenBack: Promise<void> = Promise.resolve();
  #confirms: Confirms | undefined;
  #transaction: Transaction | undefined;
  #timeoutCheck: NodeJS.Timeout | undefined;
  #timeoutCheckMs = Number.POSITIVE_INFINITY;

  constructor(connection: Connection, number: number) {
    this.connection = connection;
    this.number = number;
    this.#assembler = new ContentAssembler(
      {
        method: (method) => this.#inOrder(() => this.#handle(method)),
        content: (method, content) => this.#inOrder(() => this.#handleContent(method, content)),
      },
      connection.door.settings.maxMessageSize,
    );
  }

  /** How many more messages all its consumers together may be given. */
  get credit(): number {
    return this.prefetch === 0 ? Number.POSITIVE_INFINITY : this.prefetch - this.heldByConsumers;
  }

  get mayDeliver(): boolean {
    return !this.#closing && this.connection.mayDeliver;
  }

  /** Takes a frame. Throws AmqpError for what ends the connection. */
  frame(type: number, buffer: Buffer, start: number, end: number): void {
    if (this.#closing) {
      this.#frameWhileClosing(type, buffer, start, end);
      return;
    }
    try {
      this.#assembler.frame(type, buffer, start, end);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Closes the channel when it has held a message for too long (rabbitmq.com/consumers#acknowledgement-timeout). */
  endIfOverdue(now: number): void {
    const timeout = this.unacknowledged.overdue(now, this.connection.door.settings.acknowledgementTimeoutMs);
    if (timeout === null) return;
    this.fail(
      new AmqpError(
        "PRECONDITION_FAILED",
        `delivery acknowledgement on channel ${this.number} timed out. Timeout value used: ${timeout} ms. ` +
          "Declare the queue, or the consumer, with a higher x-consumer-timeout (in ms) to change it.",
      ),
    );
  }

  /** Looks more often than the server does if messages of a consumer or a queue have to be acknowledged sooner. */
  watchTimeout(timeoutMs: number | null): void {
    const everyMs = Math.min(60_000, timeoutMs ?? Number.POSITIVE_INFINITY);
    if (timeoutMs === null || everyMs >= this.#timeoutCheckMs || this.#closing) return;
    clearInterval(this.#timeoutCheck);
    this.#timeoutCheckMs = everyMs;
    this.#timeoutCheck = setInterval(() => this.endIfOverdue(Date.now()), everyMs);
  }

  send<N extends MethodName>(name: N, args: Arguments<N>): void {
    if (!this.#closing) this.connection.send(this.number, name, args);
  }

  /** Ends the channel, or with a hard error the connection. */
  fail(error: unknown, about?: Method): void {
    if (this.#closing) return;
    const told = toAmqpError(error, about && idOf(about.name));
    if (told.hard) {
      this.connection.fail(isUnforeseen(error) ? error : told);
      return;
    }
    this.send("channel.close", { replyCode: told.replyCode, replyText: told.replyText, ...told.about });
    this.#closing = true;
    void this.release();
  }

  /** Resolves when all that came so far is done, and what was published is stored, or when the channel ends before. */
  finished(): Promise<void> {
    if (this.#closing) return Promise.resolve();
    return new Promise((resolve) => {
      this.#finished.push(resolve);
      this.#inOrder(async () => {
        await this.#publishesStored();
        resolve();
      });
    });
  }

  /** Lets go of everything: consumers end, and what was not acknowledged goes back to its queue. */
  release(): Promise<void> {
    this.#closing = true;
    this.#waiting.length = 0;
    for (const resolve of this.#finished.splice(0)) resolve();
    clearInterval(this.#timeoutCheck);
    this.#released ??= this.#letGo();
    return this.#released;
  }

  /**
   * Settles deliveries and gives their consumers credit again: at once, but for what goes back to its queue only when it
   * is there, since it comes before what lies behind it.
   */
  settle(taken: ReadonlyMap<number, Held>, outcome: Settlement["outcome"], promised = false): void {
    const held = [...taken.values()];
    const now = Date.now();
    const relieve = () => {
      for (const one of held) one.consumer?.settled(one, outcome.kind, now);
      this.wakeConsumers();
    };
    if (outcome.kind === "ack") this.tally.totals.ack += held.length;
    const receipts = held.map(({ receipt }) => receipt);
    if (outcome.kind === "requeue") {
      // They are first in line again.
      for (const consumer of new Set(held.map((one) => one.consumer))) consumer?.cameBack();
      this.connection.settler.add(receipts, outcome, promised, relieve);
    } else {
      this.connection.settler.add(receipts, outcome, promised);
      relieve();
    }
    if (outcome.kind !== "ack") this.#givenBack = this.connection.settler.settledSoFar();
  }

  wakeConsumers(): void {
    this.consumers.wake();
  }

  /** Counts a publish; returns what to call with its outcome. `stored` is false when it is to be nacked. */
  publishBegins(bytes: number): (stored: boolean) => void {
    const confirms = this.#confirms;
    const number = confirms?.next() ?? 0;
    this.#publishes++;
    this.tally.totals.publish++;
    this.connection.publishBegins(bytes);
    return (stored) => {
      this.connection.publishEnds(bytes);
      if (--this.#publishes === 0) this.#publishesDone?.();
      if (confirms !== undefined) this.tally.totals.confirm++;
      if (confirms?.settle(number, stored)) setImmediate(() => this.#flushConfirms());
    };
  }

  /** It takes no more consumers. */
  get isClosing(): boolean {
    return this.#closing;
  }

  get confirms(): boolean {
    return this.#confirms !== undefined;
  }

  get transactional(): boolean {
    return this.#transaction !== undefined;
  }

  /** Publishes whose confirm is still due. */
  get unconfirmed(): number {
    return this.#confirms?.outstanding ?? 0;
  }

  #flushConfirms(): void {
    this.#confirms?.flush((name, deliveryTag, multiple) => {
      if (name === "basic.ack") this.send(name, { deliveryTag, multiple });
      else this.send(name, { deliveryTag, multiple, requeue: false });
    });
  }

  #inOrder(work: () => void | Promise<void>): void {
    if (this.#busy) {
      this.#waiting.push(work);
      return;
    }
    const done = work();
    if (done === undefined) return;
    this.#busy = true;
    void done.finally(() => {
      this.#busy = false;
      while (!this.#busy && this.#waiting.length > 0) this.#inOrder(this.#waiting.shift() as () => void);
    });
  }

  #handle(method: Exclude<Method, ContentMethod>): void | Promise<void> {
    if (this.#closing) return;
    switch (method.name) {
      case "basic.ack":
      case "basic.nack":
      case "basic.reject":
        try {
          this.#settleAs(method);
        } catch (error) {
          this.fail(error, method);
        }
        return;
      default:
        return this.#handleAlone(method);
    }
  }

  #handleContent(method: ContentMethod, content: Content): void | Promise<void> {
    if (this.#closing) return;
    try {
      if (method.name !== "basic.publish") throw new AmqpError("COMMAND_INVALID", "unimplemented method");
      if (this.#transaction !== undefined) return this.#publishAtCommit(this.#transaction, method, content);
      publish(this, method.args, content);
    } catch (error) {
      this.fail(error, method);
    }
  }

  /** What is wrong with it is told at once; it is published when the transaction is committed. */
  async #publishAtCommit(
    transaction: Transaction,
    method: Extract<ContentMethod, { name: "basic.publish" }>,
    content: Content,
  ): Promise<void> {
    try {
      await checkPublish(this, method.args, content);
      transaction.addPublish(() => publish(this, method.args, content));
    } catch (error) {
      this.fail(error, method);
    }
  }

  async #handleAlone(method: Exclude<Method, ContentMethod>): Promise<void> {
    try {
      await this.#publishesStored();
      // A client that gives a message back and asks for one next expects to get it.
      await this.#givenBack;
      if (this.#closing) return;
      await this.#dispatch(method);
    } catch (error) {
      this.fail(error, method);
    }
  }

  async #dispatch(method: Exclude<Method, ContentMethod>): Promise<void> {
    switch (method.name) {
      case "channel.close":
        this.#flushConfirms();
        await this.release();
        this.connection.send(this.number, "channel.close-ok", {});
        this.connection.channelClosed(this);
        return;
      case "channel.flow":
        if (!method.args.active) throw new AmqpError("NOT_IMPLEMENTED", "active=false");
        this.send("channel.flow-ok", { active: true });
        return;
      case "confirm.select":
        if (this.#transaction !== undefined) throw cannotSwitch("tx", "confirm");
        this.#confirms ??= new Confirms();
        if (!method.args.noWait) this.send("confirm.select-ok", {});
        return;
      case "tx.select":
        if (this.#confirms !== undefined) throw cannotSwitch("confirm", "tx");
        this.#transaction ??= new Transaction();
        this.send("tx.select-ok", {});
        return;
      case "tx.commit":
        await this.#commit();
        this.send("tx.commit-ok", {});
        return;
      case "tx.rollback":
        for (const { taken } of this.#openTransaction().take().settlings) this.unacknowledged.restore(taken);
        this.send("tx.rollback-ok", {});
        return;
      case "channel.open":
        throw new AmqpError("CHANNEL_ERROR", "second 'channel.open' seen");
    }
    const handled =
      (await handleExchange(this, method)) || (await handleQueue(this, method)) || (await handleBasic(this, method));
    if (!handled) throw new AmqpError("COMMAND_INVALID", "unimplemented method");
  }

  #settleAs(method: Extract<Method, { name: "basic.ack" | "basic.nack" | "basic.reject" }>): void {
    const { deliveryTag } = method.args;
    const isNack = method.name === "basic.nack";
    const multiple = method.name !== "basic.reject" && method.args.multiple;
    const taken = this.unacknowledged.take(deliveryTag, multiple);
    // A nack does not count towards the delivery limit, a reject does (rabbitmq.com/quorum-queues, since 4.0).
    const outcome: Settlement["outcome"] =
      method.name === "basic.ack"
        ? { kind: "ack" }
        : method.args.requeue
          ? { kind: "requeue", counts: !isNack }
          : { kind: "reject" };
    if (this.#transaction === undefined) this.settle(taken, outcome);
    else this.#transaction.addSettling({ taken, outcome });
  }

  /** Publishes first: what a failure leaves undone are acknowledgements, and their messages come again. */
  async #commit(): Promise<void> {
    const { publishes, settlings } = this.#openTransaction().take();
    for (const publishNow of publishes) publishNow();
    await this.#publishesStored();
    for (const { taken, outcome } of settlings) this.settle(taken, outcome, true);
    await this.connection.settler.idle();
  }

  #openTransaction(): Transaction {
    if (this.#transaction !== undefined) return this.#transaction;
    throw new AmqpError("PRECONDITION_FAILED", "channel is not transactional");
  }

  #frameWhileClosing(type: number, buffer: Buffer, start: number, end: number): void {
    const frame = closingFrame("channel", type, buffer, start, end);
    if (frame === "close") this.connection.send(this.number, "channel.close-ok", {});
    // The number is free at once: the peer may open it again in its next frame.
    if (frame === "close-ok") this.connection.channelClosed(this);
  }

  async #publishesStored(): Promise<void> {
    if (this.#publishes === 0) return;
    await new Promise<void>((resolve) => {
      this.#publishesDone = resolve;
    });
    this.#publishesDone = undefined;
  }

  async #letGo(): Promise<void> {
    if (this.replyName !== undefined) this.connection.door.replies.close(this.replyName);
    for (const { taken } of this.#transaction?.take().settlings ?? []) this.unacknowledged.restore(taken);
    // First what it held, then who follows: a single active consumer goes on where this one was.
    this.#loseConsumers();
    await this.connection.settler.idle();
    await this.consumers.cancelAll();
  }

  /** What is still held goes back: that it was held for too long, or that its consumer is gone. */
  #loseConsumers(): void {
    const usual = this.connection.door.settings.acknowledgementTimeoutMs;
    const now = Date.now();
    const held = [...this.unacknowledged.takeAll()];
    const isOverdue = ([, { since, timeoutMs }]: [number, Held]) => now - since >= (timeoutMs ?? usual);
    const lost = held.filter((one) => !isOverdue(one));
    this.settle(new Map(held.filter(isOverdue)), { kind: "requeue", counts: true, because: "timeout" });
    this.settle(new Map(lost), { kind: "requeue", counts: true, because: "consumer_lost" });
  }
}

function cannotSwitch(from: string, to: string): AmqpError {
  return new AmqpError("PRECONDITION_FAILED", `cannot switch from ${from} to ${to} mode`);
}
