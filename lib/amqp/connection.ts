import type { Socket } from "node:net";
import type { AlarmReason } from "@/lib/amqp/alarm";
import { isUnforeseen, toAmqpError } from "@/lib/amqp/broker-errors";
import { Channel } from "@/lib/amqp/channel";
import type { AmqpUser, Door } from "@/lib/amqp/door";
import { Heartbeat } from "@/lib/amqp/heartbeat";
import { mechanisms, readCredentials } from "@/lib/amqp/login";
import { Outbox } from "@/lib/amqp/outbox";
import { clientCapabilities, serverProperties } from "@/lib/amqp/server-properties";
import { Settler } from "@/lib/amqp/settler";
import { Tally } from "@/lib/amqp/tally";
import { checkTuning } from "@/lib/amqp/tuning";
import { defaultFrameMax, frameType, protocolHeader } from "@/lib/amqp/wire/constants";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import { FrameParser, ProtocolMismatchError } from "@/lib/amqp/wire/frame-parser";
import { decodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Arguments, ContentMethodName, MethodName } from "@/lib/amqp/wire/methods";
import type { Actor } from "@/lib/broker/actor";
import { isBrokerError } from "@/lib/broker/errors";
import { emptyTable } from "@/lib/broker/properties/field-value";

type State = "header" | "start-ok" | "tune-ok" | "open" | "running" | "closing" | "closed";

/** Above this many bytes that the peer has not read yet, its consumers are given no more. */
const outputLimit = 4 * 1024 * 1024;
/** Above this much published and not stored yet, no more is read from the peer. */
const publishLimit = { bytes: 16 * 1024 * 1024, messages: 4000 };
const closeTimeoutMs = 5000;

let count = 0;

/** One client's connection: from the protocol header to the close, with its channels. */
export class Connection {
  /** Grows with the order in which connections were made. */
  readonly number = ++count;
  readonly door: Door;
  readonly #socket: Socket;
  readonly #parser: FrameParser;
  readonly #outbox: Outbox;
  readonly #channels = new Map<number, Channel>();
  readonly #onClosed: () => void;
  #state: State = "header";
  #heartbeat: Heartbeat | undefined;
  #timer: NodeJS.Timeout | undefined;
  #released: Promise<void> | undefined;
  #frameMax: number = defaultFrameMax;
  #channelMax = 0;
  #publishing = { bytes: 0, messages: 0 };
  #publishes = false;
  #blocked = false;
  #user: AmqpUser | undefined;
  #actor: Actor | undefined;
  #settler: Settler | undefined;
  #capabilities: ReadonlySet<string> = new Set();
  #vhost = "";
  /** What the client said of itself. */
  client = { properties: emptyTable, mechanism: "", connectedAt: 0 };
  tuned = { channelMax: 0, frameMax: 0, heartbeat: 0 };
  /** Kept from the beginning: a closed socket has forgotten them. */
  readonly endpoints: Readonly<{ host: string; port: number; peerHost: string; peerPort: number; tls: boolean }>;
  readonly #octets = new Tally(["received", "sent"], Date.now());

  constructor(socket: Socket, door: Door, onClosed: () => void) {
    this.#socket = socket;
    this.endpoints = {
      host: plainAddress(socket.localAddress),
      port: socket.localPort ?? 0,
      peerHost: plainAddress(socket.remoteAddress),
      peerPort: socket.remotePort ?? 0,
      tls: "encrypted" in socket,
    };
    this.door = door;
    this.#onClosed = onClosed;
    this.#outbox = new Outbox(socket, () => this.#heartbeat?.sent());
    this.#parser = new FrameParser({
      frameMax: Math.max(defaultFrameMax, door.settings.frameMax),
      expectHeader: true,
      onHeader: () => this.#start(),
      onFrame: (type, channel, buffer, start, end) => this.#frame(type, channel, buffer, start, end),
    });
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#wakeConsumers());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => void this.#closed());
    this.#timer = setTimeout(() => socket.destroy(), door.settings.handshakeTimeoutMs);
  }

  get actor(): Actor {
    if (this.#actor === undefined) throw new Error("used before login");
    return this.#actor;
  }

  get settler(): Settler {
    if (this.#settler === undefined) throw new Error("used before login");
    return this.#settler;
  }

  get vhost(): string {
    return this.#vhost;
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
    return this.#capabilities;
  }

  /** False while the peer doesn't read what it was sent, or is on its way out. */
  get mayDeliver(): boolean {
    return this.#state === "running" && this.#outbox.backlog < outputLimit;
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
    this.#outbox.frames.content(channel, name, args, properties, body, this.#frameMax);
    this.#outbox.flushSoon();
  }

  /** Counts what is on its way to the broker; the peer is read no further while it is too much. */
  publishBegins(bytes: number): void {
    this.#publishing.bytes += bytes;
    this.#publishing.messages++;
    this.door.alarm.publishBegins();
    if (!this.#publishes) {
      this.#publishes = true;
      this.alarmed(this.door.alarm.reason);
    }
    const { bytes: most, messages } = publishLimit;
    if (this.#publishing.bytes > most || this.#publishing.messages > messages) this.#socket.pause();
  }

  publishEnds(bytes: number): void {
    this.#publishing.bytes -= bytes;
    this.#publishing.messages--;
    this.door.alarm.publishEnds();
    const { bytes: most, messages } = publishLimit;
    if (this.#publishing.bytes < most / 2 && this.#publishing.messages < messages / 2 && this.#socket.isPaused()) {
      this.#socket.resume();
    }
  }

  /**
   * Publishing is no use for now, or is again (null): tells clients that publish and understand it
   * (rabbitmq.com/connection-blocked).
   */
  alarmed(reason: AlarmReason): void {
    if (!this.#publishes || !this.#capabilities.has("connection.blocked") || this.#blocked === (reason !== null))
      return;
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

  /** Ends the connection with an error: the peer is told, and everything of it is released. */
  fail(error: unknown): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    if (isUnforeseen(error)) this.door.log.error(`AMQP connection ${this.number} is closed.`, error);
    const told = toAmqpError(error);
    if (this.#state === "header") {
      this.#socket.destroy();
      return;
    }
    this.#outbox.frames.method(0, "connection.close", {
      replyCode: told.replyCode,
      replyText: told.replyText,
      ...told.about,
    });
    this.#beginClosing();
  }

  /** Ends the connection from this side. */
  close(reason: string): void {
    this.fail(new AmqpError("CONNECTION_FORCED", reason));
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
      // Where the next frame begins can't be told any more: nothing more is read.
      this.fail(error);
      this.#outbox.flush();
      this.#socket.removeAllListeners("data");
      this.#socket.resume();
      this.#socket.end();
    }
  }

  #frame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
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

  #controlFrame(type: number, buffer: Buffer, start: number, end: number): void {
    if (type !== frameType.method) throw new AmqpError("UNEXPECTED_FRAME", "content on channel 0");
    const method = decodeMethod(buffer, start, end);
    switch (`${this.#state} ${method.name}`) {
      case "start-ok connection.start-ok":
        void this.#logIn(method.args as Arguments<"connection.start-ok">);
        return;
      case "tune-ok connection.tune-ok":
        this.#tune(method.args as Arguments<"connection.tune-ok">);
        return;
      case "open connection.open":
        void this.#open((method.args as Arguments<"connection.open">).virtualHost);
        return;
    }
    if (method.name === "connection.close") void this.#closedByPeer();
    else if (method.name === "connection.update-secret" && this.#state === "running") this.#updateSecret(method.args);
    else
      throw new AmqpError("CHANNEL_ERROR", `unexpected method in connection state ${this.#state}`, idOf(method.name));
  }

  #channelFrame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    const channel = this.#channels.get(number);
    if (channel !== undefined) {
      channel.frame(type, buffer, start, end);
      return;
    }
    const method = type === frameType.method ? decodeMethod(buffer, start, end) : undefined;
    if (method?.name !== "channel.open") {
      throw new AmqpError("CHANNEL_ERROR", `expected 'channel.open' on channel ${number}`, method && idOf(method.name));
    }
    if (this.#channelMax !== 0 && this.#channels.size >= this.#channelMax) {
      const { size } = this.#channels;
      const text = `number of channels opened (${size}) has reached the negotiated channel_max (${this.#channelMax})`;
      throw new AmqpError("NOT_ALLOWED", text, idOf(method.name));
    }
    this.#channels.set(number, new Channel(this, number));
    this.door.registry.changed(this);
    this.send(number, "channel.open-ok", {});
  }

  /** Only the peer's answer, or its own close, means anything now. */
  #frameWhileClosing(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    if (number !== 0 || type !== frameType.method) return;
    const classId = buffer.readUInt16BE(start);
    const methodId = buffer.readUInt16BE(start + 2);
    const [closeClass, closeMethod] = [idOf("connection.close").classId, idOf("connection.close").methodId];
    if (end - start < 4 || classId !== closeClass) return;
    if (methodId === closeMethod) {
      this.#outbox.frames.method(0, "connection.close-ok", {});
      this.#outbox.flush();
      this.#socket.end();
    } else if (methodId === idOf("connection.close-ok").methodId) {
      this.#socket.end();
    }
  }

  #start(): void {
    this.#state = "start-ok";
    this.send(0, "connection.start", {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties,
      mechanisms: Buffer.from(mechanisms.join(" ")),
      locales: Buffer.from("en_US"),
    });
  }

  async #logIn({ mechanism, response, clientProperties }: Arguments<"connection.start-ok">): Promise<void> {
    this.#state = "tune-ok";
    this.#capabilities = clientCapabilities(clientProperties);
    this.client = { properties: clientProperties, mechanism, connectedAt: Date.now() };
    const address = this.endpoints.peerHost || null;
    try {
      const { user, password } = readCredentials(mechanism, response);
      this.#user = await this.door.authenticate(user, password, address);
    } catch (error) {
      this.#refuseLogin(error, mechanism);
      return;
    }
    this.#actor = { user: this.#user.name, tags: this.#user.tags, address, door: "amqp" };
    const { frameMax, channelMax, heartbeat } = this.door.settings;
    this.send(0, "connection.tune", { channelMax, frameMax, heartbeat });
  }

  /** Clients that don't know `authentication_failure_close` expect the socket to be closed (rabbitmq.com/auth-notification). */
  #refuseLogin(error: unknown, mechanism: string): void {
    const isRefused =
      (isBrokerError(error) && error.code === "unauthenticated") ||
      (error instanceof AmqpError && error.replyName === "ACCESS_REFUSED");
    if (!isRefused) this.fail(error);
    else if (this.#capabilities.has("authentication_failure_close")) {
      const text = `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`;
      this.fail(new AmqpError("ACCESS_REFUSED", text, undefined, true));
    } else {
      this.#state = "closed";
      this.#socket.end();
    }
  }

  #tune(tuning: Arguments<"connection.tune-ok">): void {
    if (this.#actor === undefined) {
      throw new AmqpError("CHANNEL_ERROR", "tune-ok before tune", idOf("connection.tune-ok"));
    }
    checkTuning(tuning, this.door.settings);
    const { frameMax, channelMax, heartbeat } = tuning;
    this.#frameMax = frameMax;
    this.#channelMax = channelMax;
    this.tuned = { frameMax, channelMax, heartbeat };
    if (frameMax !== 0) this.#parser.frameMax = frameMax;
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
    this.#state = "open";
  }

  async #open(vhost: string): Promise<void> {
    try {
      await this.door.broker.getVhost(this.actor, vhost);
    } catch (error) {
      const about = idOf("connection.open");
      const refused = isBrokerError(error) && error.code === "access-refused";
      const missing = isBrokerError(error) && error.code === "not-found";
      if (missing) this.fail(new AmqpError("NOT_ALLOWED", `vhost ${vhost} not found`, about));
      else if (refused) {
        const text = `access to vhost '${vhost}' refused for user '${this.actor.user}'`;
        this.fail(new AmqpError("NOT_ALLOWED", text, about));
      } else this.fail(error);
      return;
    }
    if (this.#state !== "open") return;
    clearTimeout(this.#timer);
    this.#vhost = vhost;
    this.#settler = new Settler(this.door.broker, this.actor, (error) =>
      this.door.log.error("Settling messages failed; it is tried again.", error),
    );
    this.#state = "running";
    this.door.registry.add(this);
    this.send(0, "connection.open-ok", {});
  }

  /** The new secret has to be right for the same user (rabbitmq.com/oauth2, token renewal). */
  #updateSecret({ newSecret }: Arguments<"connection.update-secret">): void {
    const { user, address } = this.actor;
    this.door.authenticate(user, newSecret.toString("utf8"), address).then(
      () => this.send(0, "connection.update-secret-ok", {}),
      (error: unknown) => this.fail(toAmqpError(error, idOf("connection.update-secret"))),
    );
  }

  async #closedByPeer(): Promise<void> {
    await this.#release();
    if (this.#state === "closing" || this.#state === "closed") return;
    this.send(0, "connection.close-ok", {});
    this.#outbox.flush();
    this.#state = "closed";
    this.#socket.end();
  }

  #beginClosing(): void {
    this.#state = "closing";
    this.#outbox.flush();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), closeTimeoutMs);
    void this.#release();
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
    if (this.#actor === undefined) return;
    const { dispatchers, broker, log } = this.door;
    for (const queue of dispatchers.ownedBy(this.#vhost, this)) {
      dispatchers.queueGone(this.#vhost, queue);
      try {
        await broker.deleteQueue(this.#actor, this.#vhost, queue, { ifUnused: false, ifEmpty: false });
      } catch (error) {
        if (!isBrokerError(error) || error.code !== "not-found") {
          log.error(`The exclusive queue '${queue}' could not be deleted.`, error);
        }
      }
    }
  }

  #wakeConsumers(): void {
    for (const channel of this.#channels.values()) channel.wakeConsumers();
  }
}

/** IPv4 addresses of a socket for both families come as `::ffff:127.0.0.1`. */
function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:/, "") ?? "";
}
