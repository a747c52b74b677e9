import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { FrameParser } from "@/lib/amqp/wire/frame-parser";
import { decodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Method } from "@/lib/amqp/wire/methods";
import type { Broker } from "@/lib/broker/broker";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { mutatedStreams, xorshift } from "@/test/amqp/mutations";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { methodBytes } from "@/test/support/amqp/frames";

export interface HostileReport {
  /** Mutated frames that were sent. */
  frames: number;
  connections: number;
  /** How many connections the server closed, by reply code. */
  closed: Record<number, number>;
}

/** A broker grows with what mutated frames declare: after so many connections comes a new one. */
const connectionsPerServer = 400;
/** So many streams go over one connection, unless it is closed before. */
const streamsPerConnection = 12;

/**
 * Sends streams of damaged frames over connections that were opened properly, while another connection goes on working.
 * Throws when something internal fails, when the server answers with anything but whole frames, when the other one is
 * disturbed, or when a connection remains.
 * @param frames how many frames to send at least
 * @param seed the same seed gives the same streams
 * @param broker what they do it to; without one, to a fresh one in memory again and again
 */
export async function attack(frames: number, seed: number, broker?: Broker): Promise<HostileReport> {
  const random = xorshift(seed);
  const next = mutatedStreams(random);
  const report: HostileReport = { frames: 0, connections: 0, closed: {} };
  while (report.frames < frames) {
    const server = await startAmqpServer({ handshakeTimeoutMs: 60_000 }, broker);
    try {
      await attackOne(server, next, frames, report);
    } finally {
      await server.close();
    }
  }
  return report;
}

async function attackOne(
  server: TestServer,
  next: ReturnType<typeof mutatedStreams>,
  frames: number,
  report: HostileReport,
) {
  const bystander = await server.connect();
  const channel = await bystander.createConfirmChannel();
  const { queue } = await channel.assertQueue("", { exclusive: true });
  for (let i = 0; i < connectionsPerServer && report.frames < frames; i++) {
    const client = new HostileClient();
    report.connections++;
    server.server.accept(client as unknown as Socket);
    await client.open();
    for (let n = 0; n < streamsPerConnection && client.closedWith === null; n++) {
      const stream = next();
      report.frames += stream.frames;
      client.push(stream.bytes);
      await turn();
      client.mustBeWell(stream.bytes);
    }
    if (client.closedWith !== null) report.closed[client.closedWith] = (report.closed[client.closedWith] ?? 0) + 1;
    client.destroy();
    if (i % 100 === 99) await mustWork(channel, queue);
  }
  await mustWork(channel, queue);
  if (server.errors.length > 0) throw new Error(`logged: ${String(server.errors[0])}`, { cause: server.errors[1] });
  while (server.server.connections > 1) await turn();
  await bystander.close();
}

async function mustWork(channel: import("amqplib").ConfirmChannel, queue: string): Promise<void> {
  channel.sendToQueue(queue, Buffer.from("still here"));
  await channel.waitForConfirms();
  const message = await channel.get(queue, { noAck: true });
  if (message === false || message.content.toString() !== "still here") throw new Error("the other one is disturbed");
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** In place of a socket: what is pushed is what the client sends. */
class HostileClient extends Duplex {
  readonly remoteAddress = "127.0.0.1";
  bytesRead = 0;
  bytesWritten = 0;
  /** The reply code of connection.close; 0 for its own goodbye. */
  closedWith: number | null = null;
  readonly #heardOf = new Set<string>();
  #failure: unknown;
  readonly #parser = new FrameParser({
    frameMax: 131_072,
    expectHeader: false,
    onFrame: (type, _channel, buffer, start, end) => {
      if (type === 1) this.#heard(decodeMethod(buffer, start, end));
    },
  });

  setNoDelay(): void {}

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#failure = error;
    }
    done();
  }

  /** Logs in and opens channel 1. */
  async open(): Promise<void> {
    const [response, tuned] = [Buffer.from("\0guest\0guest"), { channelMax: 2047, frameMax: 131_072, heartbeat: 0 }];
    this.push(Buffer.from("AMQP\0\0\x09\x01", "latin1"));
    const login = { clientProperties: emptyTable, mechanism: "PLAIN", response, locale: "en_US" };
    this.push(methodBytes(0, { name: "connection.start-ok", args: login }));
    while (!this.#heardOf.has("connection.tune")) await turn();
    this.push(methodBytes(0, { name: "connection.tune-ok", args: tuned }));
    this.push(methodBytes(0, { name: "connection.open", args: { virtualHost: "/" } }));
    this.push(methodBytes(1, { name: "channel.open", args: {} }));
    while (!this.#heardOf.has("channel.open-ok")) await turn();
  }

  /** Throws when the server's answers to these bytes can't be right. */
  mustBeWell(bytes: Buffer): void {
    if (this.#failure !== undefined) {
      throw new Error(`no whole frames in answer to ${bytes.toString("hex")}`, { cause: this.#failure });
    }
    if (this.closedWith === 541) throw new Error(`an internal error for ${bytes.toString("hex")}`);
  }

  #heard(method: Method): void {
    this.#heardOf.add(method.name);
    if (method.name === "connection.close") this.closedWith = method.args.replyCode;
    if (method.name === "connection.close-ok") this.closedWith = 0;
    if (method.name === "channel.close") this.push(methodBytes(1, { name: "channel.close-ok", args: {} }));
    if (method.name === "channel.close") this.push(methodBytes(1, { name: "channel.open", args: {} }));
  }
}
