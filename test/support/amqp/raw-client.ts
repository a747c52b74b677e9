import { connect, type Socket } from "node:net";
import { protocolHeader } from "@/lib/amqp/wire/constants";
import { FrameParser } from "@/lib/amqp/wire/frame-parser";
import { decodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Arguments, Method, MethodName } from "@/lib/amqp/wire/methods";
import { noProperties } from "@/lib/broker/properties/properties";
import { frameBytes, headerPayload, methodBytes } from "@/test/support/amqp/frames";

export interface Received {
  readonly channel: number;
  /** A method's name, or the frame's type. */
  readonly name: MethodName | "header" | "body" | "heartbeat";
  readonly method: Method | undefined;
  readonly payload: Buffer;
}

const names = { 2: "header", 3: "body", 8: "heartbeat" } as const;

/** A client that sends exactly the frames it is told to, right or wrong. */
export class RawClient {
  readonly socket: Socket;
  readonly received: Received[] = [];
  readonly #waiting: (() => void)[] = [];
  ended = false;

  /** @param socket in place of a TCP connection to the port of this machine */
  constructor(port: number, socket: Socket = connect(port, "127.0.0.1")) {
    this.socket = socket;
    const parser = new FrameParser({
      frameMax: 1 << 20,
      expectHeader: false,
      onFrame: (type, channel, buffer, start, end) => {
        const method = type === 1 ? decodeMethod(buffer, start, end) : undefined;
        const name = method?.name ?? names[type as 2 | 3 | 8];
        this.received.push({ channel, name, method, payload: buffer.subarray(start, end) });
        this.#wake();
      },
    });
    this.socket.on("data", (chunk: Buffer) => parser.push(chunk));
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.ended = true;
      this.#wake();
    });
  }

  send<N extends MethodName>(channel: number, name: N, args: Arguments<N>): void {
    this.socket.write(methodBytes(channel, { name, args } as unknown as Method));
  }

  frame(type: number, channel: number, payload: Uint8Array): void {
    this.socket.write(frameBytes(type, channel, payload));
  }

  /** A whole `basic.publish` to the default exchange, in one body frame. */
  publish(channel: number, routingKey: string, body: Uint8Array): void {
    this.send(channel, "basic.publish", { exchange: "", routingKey, mandatory: false, immediate: false });
    this.frame(2, channel, headerPayload(body.length, noProperties));
    if (body.length > 0) this.frame(3, channel, body);
  }

  /** The arguments of the next method of this name, skipping heartbeats. Throws for any other frame, and at the end. */
  async expect<N extends MethodName>(name: N): Promise<Arguments<N>> {
    const next = await this.next();
    if (next.name !== name) throw new Error(`${name} expected, got ${next.name} ${JSON.stringify(next.method?.args)}`);
    return next.method?.args as Arguments<N>;
  }

  /** The next frame that is no heartbeat. Throws when the connection ends instead. */
  async next(): Promise<Received> {
    for (;;) {
      const next = this.received.shift();
      if (next !== undefined && next.name !== "heartbeat") return next;
      if (next !== undefined) continue;
      if (this.ended) throw new Error("the connection has ended");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async closed(): Promise<void> {
    if (!this.ended) await new Promise((resolve) => this.socket.once("close", resolve));
  }

  /** Sends the protocol header and answers up to `connection.open-ok`. */
  async open(tune: Partial<Arguments<"connection.tune-ok">> = {}): Promise<void> {
    await this.logIn();
    const offered = await this.expect("connection.tune");
    this.send(0, "connection.tune-ok", { ...offered, heartbeat: 0, ...tune });
    this.send(0, "connection.open", { virtualHost: "/" });
    await this.expect("connection.open-ok");
  }

  async logIn(response = "\0guest\0guest", mechanism = "PLAIN"): Promise<void> {
    this.socket.write(protocolHeader);
    await this.expect("connection.start");
    this.send(0, "connection.start-ok", {
      clientProperties: new Map(),
      mechanism,
      response: Buffer.from(response, "latin1"),
      locale: "en_US",
    });
  }

  async openChannel(channel = 1): Promise<void> {
    this.send(channel, "channel.open", {});
    await this.expect("channel.open-ok");
  }

  async declare(channel: number, queue: string): Promise<void> {
    const flags = { passive: false, durable: true, exclusive: false, autoDelete: false, noWait: false };
    this.send(channel, "queue.declare", { queue, ...flags, arguments: new Map() });
    await this.expect("queue.declare-ok");
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
