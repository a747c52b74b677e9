import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { AlarmReason } from "@/lib/amqp/alarm";
import { isUnforeseen, toAmqpError } from "@/lib/amqp/broker-errors";
import { certificateName } from "@/lib/amqp/certificate-name";
import { Channel } from "@/lib/amqp/channel";
import { closingFrame } from "@/lib/amqp/closing";
import type { Door } from "@/lib/amqp/door";
import { type Endpoints, endpointsOf } from "@/lib/amqp/endpoints";
import { Handshake, type Session, type Tuning } from "@/lib/amqp/handshake";
import { Heartbeat } from "@/lib/amqp/heartbeat";
import { Outbox } from "@/lib/amqp/outbox";
import { deleteOwnQueues } from "@/lib/amqp/own-queues";
import { PublishPressure } from "@/lib/amqp/publish-pressure";
import { Settler } from "@/lib/amqp/settler";
import { Tally } from "@/lib/amqp/tally";
import { defaultFrameMax, frameMinSize, frameType, protocolHeader } from "@/lib/amqp/wire/constants";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import { FrameParser, ProtocolMismatchError } from "@/lib/amqp/wire/frame-parser";
import { decodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Arguments, ContentMethodName, MethodName } from "@/lib/amqp/wire/methods";
import type { Actor } from "@/lib/broker/actor";

/** `leaving`: the peer has said goodbye, and what it asked for before is done first; `closing`: we have said it. */
type State = "handshake" | "running" | "leaving" | "closing" | "closed";

/** Above this many bytes that the peer has not read yet, its consumers are given no more. */
const outputLimit = 4 * 1024 * 1024;
const closeTimeoutMs = 5000;
/** Others don't wait for longer for what a peer holds that is told to go and doesn't answer. */
const answerLimitMs = 3000;
/** While the database is away, a client isn't left for longer without being told that its connection ends. */
const deletionLimitMs = 1000;

let count = 0;

/** One client's connection: its socket, what is open on it, and its end. The Handshake comes first. */
export class Connection {
  /** Grows with the order in which connections were made. */
  readonly number = ++count;
  /** By `performance.now()`. */
  readonly since = performance.now();
  readonly door: Door;
  readonly #socket: Socket;
  readonly #parser: FrameParser;
  readonly #outbox: Outbox;
  readonly #channels = new Map<number, Channel>();
  readonly #onClosed: () => void;
  readonly #handshake: Handshake;
  readonly #pressure = new PublishPressure();
  #state: State = "handshake";
  /** Frames that came while a step of the handshake was under way. */
  #early: (() => void)[] = [];
  #heartbeat: Heartbeat | undefined;
  #timer: NodeJS.Timeout | undefined;
  #released: Promise<void> | undefined;
  /** The peer knows that the connection ends, and why. */
  #told: Promise<void> = Promise.resolve();
  #publishes = false;
  #blocked = false;
  #session: Session | undefined;
  #settler: Settler | undefined;
  readonly endpoints: Endpoints;
  readonly #octets = new Tally(["received", "sent"], Date.now());

  constructor(socket: Socket, door: Door, onClosed: () => void) {
    this.#socket = socket;
    this.endpoints = endpointsOf(socket);
    this.door = door;
    this.#onClosed = onClosed;
    this.#outbox = new Outbox(socket, () => this.#heartbeat?.sent());
    this.#handshake = new Handshake(door, {
      peerHost: this.endpoints.peerHost,
      certifiedName: certificateName(socket, door.loginFrom),
      send: (name, args) => this.send(0, name, args),
      fail: (error) => this.fail(error),
      hangUp: () => this.#hangUp(),
      tuned: (tuning) => this.#tuned(tuning),
      opened: (session) => this.#opened(session),
      stepDone: () => this.#takeEarly(),
    });
    this.#parser = new FrameParser({
      // Until something else is agreed, the least that both must take (section 4.2.3).
      frameMax: frameMinSize,
      expectHeader: true,
      onHeader: () => this.#handshake.begin(),
      onFrame: (type, channel, buffer, start, end) => this.#frame(type, channel, buffer, start, end),
    });
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#wakeConsumers());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => void this.#closed());
    this.#timer = setTimeout(() => socket.destroy(), door.settings.handshakeTimeoutMs);
  }

  /** Who is connected, and what was agreed. Throws before the connection is open. */
  get session(): Session {
    if (this.#session === undefined) throw new Error("used before it was open");
    return this.#session;
  }

  get actor(): Actor {
    return this.session.actor;
  }

  get vhost(): string {
    return this.session.vhost;
  }

  get settler(): Settler {
    if (this.#settler === undefined) throw new Error("used before it was open");
    return this.#settler;
  }

  get channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  /** Bytes in and out. */
  get octets(): Tally<"received" | "sent"> {
    this.#octets.totals.received = this.#socket.bytesRead;
    this.#octets.totals.sent = this.#socket.bytesWritten;
    return this.#octets;
  }

  /** It is read no further for the moment. */
  get isHeldBack(): boolean {
    return this.#socket.isPaused();
  }

  /** What the client announced that it understands. */
  get capabilities(): ReadonlySet<string> {
    return this.session.capabilities;
  }

  /** False while the peer doesn't read what it was sent, or is on its way out. */
  get mayDeliver(): boolean {
    return this.#state === "running" && this.#outbox.backlog < outputLimit;
  }

  /** The peer has to read what it was sent before it is given more. */
  get isCongested(): boolean {
    return this.#state === "running" && this.#outbox.backlog >= outputLimit;
  }

  /** Sends a method. Nothing is sent any more once the connection is being closed. */
  send<N extends MethodName>(channel: number, name: N, args: Arguments<N>): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#outbox.frames.method(channel, name, args);
    this.#outbox.flushSoon();
  }

  /** Sends a method with content; `properties` are encoded. */
  sendContent<N extends ContentMethodName>(
    channel: number,
    name: N,
    args: Arguments<N>,
    properties: Uint8Array,
    body: Uint8Array,
  ): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#outbox.frames.content(channel, name, args, properties, body, this.session.tuned.frameMax);
    this.#outbox.flushSoon();
  }

  /** Counts what is on its way to the broker; the peer is read no further while it is too much. */
  publishBegins(bytes: number): void {
    this.#pressure.begins(bytes);
    this.door.alarm.publishBegins();
    if (!this.#publishes) {
      this.#publishes = true;
      this.alarmed(this.door.alarm.reason);
    }
    if (this.#pressure.isHigh) this.#socket.pause();
  }

  publishEnds(bytes: number): void {
    this.#pressure.ends(bytes);
    this.door.alarm.publishEnds();
    if (this.#socket.isPaused() && this.#pressure.isLow) this.#socket.resume();
  }

  /**
   * Publishing is no use for now, or is again (null): tells clients that publish and understand it
   * (rabbitmq.com/connection-blocked).
   */
  alarmed(reason: AlarmReason): void {
    if (!this.#publishes || !this.capabilities.has("connection.blocked") || this.#blocked === (reason !== null)) return;
    this.#blocked = reason !== null;
    if (reason === null) this.send(0, "connection.unblocked", {});
    else this.send(0, "connection.blocked", { reason });
  }

  /** Closes the channels that have held a message for longer than is allowed. */
  endOverdueChannels(now: number): void {
    for (const channel of this.#channels.values()) channel.endIfOverdue(now);
  }

  /** The channel's number is free again. */
  channelClosed(channel: Channel): void {
    if (this.#channels.get(channel.number) === channel) this.#channels.delete(channel.number);
    this.door.registry.changed(this);
  }

  /** Ends the connection with an error: everything of it is released, and the peer is told. */
  fail(error: unknown): void {
    this.#end(error, false);
  }

  /**
   * Ends the connection from this side, without a fault of the peer's. What it holds goes back when it has answered, so that
   * nobody is given what the peer still believes to hold.
   */
  close(reason: string): void {
    this.#end(new AmqpError("CONNECTION_FORCED", reason), true);
  }

  #end(error: unknown, inGoodOrder: boolean): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    if (isUnforeseen(error)) this.door.log.error(`AMQP connection ${this.number} is closed.`, error);
    // Who has said goodbye waits for one answer only.
    if (this.#state === "leaving") return;
    const told = toAmqpError(error);
    if (!this.#handshake.hasBegun) {
      this.#socket.destroy();
      return;
    }
    this.#told = this.#beginClosing(
      { replyCode: told.replyCode, replyText: told.replyText, ...told.about },
      inGoodOrder,
    );
  }

  #read(chunk: Buffer): void {
    this.#heartbeat?.received();
    if (this.#state === "closed") return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      if (error instanceof ProtocolMismatchError) {
        this.#socket.end(protocolHeader);
        return;
      }
      // As RabbitMQ: whoever isn't known yet is told nothing of what is wrong with the frames.
      if (this.#state === "handshake") {
        this.#hangUp();
        return;
      }
      // Where the next frame begins can't be told any more: nothing more is read.
      this.fail(error);
      this.#socket.removeAllListeners("data");
      this.#socket.resume();
      void this.#told.then(() => this.#socket.end());
    }
  }

  #frame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    if (this.#handshake.isBusy) {
      this.#early.push(() => this.#frame(type, number, buffer, start, end));
      this.#socket.pause();
      return;
    }
    if (this.#state === "leaving" || this.#state === "closed") return;
    try {
      if (type === frameType.heartbeat) {
        if (number !== 0) throw new AmqpError("UNEXPECTED_FRAME", `heartbeat on channel ${number}`);
        return;
      }
      if (this.#state === "closing") this.#frameWhileClosing(type, number, buffer, start, end);
      else if (number === 0) this.#controlFrame(type, buffer, start, end);
      else if (this.#state === "running") this.#channelFrame(type, number, buffer, start, end);
      else throw new AmqpError("CHANNEL_ERROR", `frame on channel ${number} before the connection is open`);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Goes on with what came meanwhile, up to the next step that takes time. */
  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const take of early) take();
    if (this.#early.length === 0) this.#socket.resume();
  }

  #controlFrame(type: number, buffer: Buffer, start: number, end: number): void {
    if (type !== frameType.method) throw new AmqpError("UNEXPECTED_FRAME", "content on channel 0");
    const method = decodeMethod(buffer, start, end);
    if (method.name === "connection.close") void this.#closedByPeer();
    else if (this.#state === "handshake") this.#handshake.method(method);
    // RabbitMQ takes it too, and forgets it, where users log in with passwords: only a token's rights can run out.
    else if (method.name === "connection.update-secret") this.send(0, "connection.update-secret-ok", {});
    else throw new AmqpError("CHANNEL_ERROR", "unexpected method in connection state running", idOf(method.name));
  }

  #channelFrame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    const channel = this.#channels.get(number);
    if (channel !== undefined) {
      channel.frame(type, buffer, start, end);
      return;
    }
    if (type !== frameType.method) {
      throw new AmqpError("UNEXPECTED_FRAME", "expected method frame, got non method frame instead");
    }
    const { name } = decodeMethod(buffer, start, end);
    if (name !== "channel.open") throw new AmqpError("CHANNEL_ERROR", "expected 'channel.open'", idOf(name));
    const { channelMax } = this.session.tuned;
    if (channelMax !== 0 && this.#channels.size >= channelMax) {
      const { size } = this.#channels;
      const text = `number of channels opened (${size}) has reached the negotiated channel_max (${channelMax})`;
      throw new AmqpError("NOT_ALLOWED", text);
    }
    const { userChannels } = this.session.admitted;
    if (userChannels !== null && this.door.registry.channelsOf(this.actor.user) >= userChannels) {
      const text = `number of channels opened for user '${this.actor.user}' has reached the maximum allowed user limit of (${userChannels})`;
      throw new AmqpError("NOT_ALLOWED", text);
    }
    this.#channels.set(number, new Channel(this, number));
    this.door.registry.changed(this);
    this.send(number, "channel.open-ok", {});
  }

  #frameWhileClosing(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    const frame = number === 0 ? closingFrame("connection", type, buffer, start, end) : null;
    if (frame === null) return;
    void this.#release();
    if (frame === "close") this.#outbox.frames.method(0, "connection.close-ok", {});
    this.#outbox.flush();
    this.#socket.end();
  }

  #tuned({ frameMax, heartbeat }: Tuning): void {
    this.#parser.frameMax = frameMax === 0 ? defaultFrameMax : frameMax;
    this.#heartbeat = new Heartbeat(
      heartbeat,
      () => {
        this.#outbox.frames.heartbeat();
        this.#outbox.flushSoon();
      },
      () => {
        // A peer that isn't read can't show that it lives.
        if (!this.#socket.isPaused()) this.#socket.destroy();
      },
    );
  }

  #opened(session: Session): void {
    if (this.#state !== "handshake") return;
    clearTimeout(this.#timer);
    this.#session = session;
    this.#settler = new Settler(this.door.broker, session.actor, (error) =>
      this.door.log.error("Settling messages failed; it is tried again.", error),
    );
    this.#state = "running";
    this.door.registry.add(this);
    this.send(0, "connection.open-ok", {});
  }

  #hangUp(): void {
    this.#state = "closed";
    this.#socket.end();
  }

  /** What it asked for before is done before it is answered; nothing is that comes after. */
  async #closedByPeer(): Promise<void> {
    this.#state = "leaving";
    await Promise.all(this.channels.map((channel) => channel.finished()));
    await this.#release();
    if (this.#state !== "leaving") return;
    this.send(0, "connection.close-ok", {});
    this.#outbox.flush();
    this.#hangUp();
  }

  /** As RabbitMQ: who is told has no exclusive queues any more, and may declare them again at once. */
  async #beginClosing(why: Arguments<"connection.close">, inGoodOrder: boolean): Promise<void> {
    this.#state = "closing";
    this.#outbox.flush();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), closeTimeoutMs);
    const owns = this.#session !== undefined && this.door.dispatchers.ownedBy(this.vhost, this).length > 0;
    const gone = inGoodOrder ? this.#deleteOwnQueues() : this.#release();
    if (owns) await Promise.race([gone, pause(deletionLimitMs, undefined, { ref: false })]);
    if (this.#state !== "closing") return;
    this.#outbox.frames.method(0, "connection.close", why);
    this.#outbox.flush();
    if (inGoodOrder) setTimeout(() => void this.#release(), answerLimitMs).unref();
  }

  async #closed(): Promise<void> {
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#heartbeat?.stop();
    await this.#release();
    this.#onClosed();
  }

  /** Gives back what the channels hold, and deletes the queues that were this connection's alone; once. */
  #release(): Promise<void> {
    this.#released ??= this.#letGo();
    return this.#released;
  }

  async #letGo(): Promise<void> {
    this.door.registry.remove(this);
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    await Promise.all(channels.map((channel) => channel.release()));
    await this.#deleteOwnQueues();
  }

  async #deleteOwnQueues(): Promise<void> {
    if (this.#session !== undefined) await deleteOwnQueues(this.door, this.vhost, this);
  }

  #wakeConsumers(): void {
    for (const channel of this.#channels.values()) channel.wakeConsumers();
  }
}
