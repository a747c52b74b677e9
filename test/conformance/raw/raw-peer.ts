import { connect, type Socket } from "node:net";
import type { Arguments, MethodName } from "@/lib/amqp/wire/methods";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { noProperties } from "@/lib/broker/properties/properties";
import { frameBytes, headerPayload, methodPayload } from "@/test/support/amqp/frames";
import { RawClient, type Received } from "@/test/support/amqp/raw-client";

/** How long, in ms, nothing may come before it is said that nothing comes. */
const patienceMs = 10_000;

type Tune = Partial<Arguments<"connection.tune-ok">>;

/** One connection to whichever broker, frame by frame, and what came back in words that can be compared. */
export class RawPeer {
  readonly client: RawClient;

  constructor(port: number) {
    this.client = new RawClient(port);
  }

  /** A connection with channel 1. */
  async ready(tune: Tune = {}): Promise<void> {
    await this.client.open(tune);
    await this.client.openChannel();
  }

  send<N extends MethodName>(channel: number, name: N, args: Partial<Arguments<N>> = {}): void {
    const whole = { ...defaults[name], ...args } as unknown as Arguments<N>;
    this.client.send(channel, name, whole);
  }

  bytes(hex: string): void {
    this.client.socket.write(Buffer.from(hex, "hex"));
  }

  frame(type: number, channel: number, payload: Uint8Array, end?: number): void {
    this.client.socket.write(frameBytes(type, channel, payload, end));
  }

  /** A method's frame whose payload is cut off or goes on. */
  wrongLength<N extends MethodName>(channel: number, name: N, by: number, args: Partial<Arguments<N>> = {}): void {
    const payload = methodPayload({ name, args: { ...defaults[name], ...args } } as never);
    this.frame(1, channel, by < 0 ? payload.subarray(0, by) : Buffer.concat([payload, Buffer.alloc(by, 1)]));
  }

  header(channel: number, size: number | bigint, properties: Uint8Array = noProperties, classId = 60): void {
    this.frame(2, channel, headerPayload(size, properties, classId));
  }

  publish(channel: number, body: Uint8Array, args: Partial<Arguments<"basic.publish">> = {}): void {
    this.send(channel, "basic.publish", args);
    this.header(channel, body.length);
    if (body.length > 0) this.frame(3, channel, body);
  }

  /** What comes until a question to the channel is answered, the channel or the connection is closed, or it ends. */
  async answers(channel = 1): Promise<string[]> {
    this.send(channel, "basic.qos");
    const lines: string[] = [];
    for (;;) {
      const next = await this.#frame();
      if (typeof next === "string") return [...lines, next];
      if (next.name === "basic.qos-ok") return lines;
      lines.push(words(next));
      // When it ends after its own goodbye is the client's decision.
      if (next.name === "connection.close-ok") return lines;
      if (next.name === "channel.close" && next.channel === channel) {
        this.send(channel, "channel.close-ok");
        return lines;
      }
      if (next.name === "connection.close") {
        this.send(0, "connection.close-ok");
        await this.client.closed();
        return lines;
      }
    }
  }

  /** The next so many frames. */
  async next(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) {
      const next = await this.#frame();
      if (typeof next === "string") return [...lines, next];
      lines.push(words(next));
    }
    return lines;
  }

  /** The next frame, or a word for there being none. */
  async #frame(): Promise<Received | "end" | "silence"> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<"silence">((resolve) => {
      timer = setTimeout(() => resolve("silence"), patienceMs);
    });
    try {
      return await Promise.race([this.client.next(), silence]);
    } catch {
      return "end";
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What a server answers to bytes that are no protocol header, up to the end of the connection. */
export function answerTo(port: number, bytes: Buffer): Promise<string> {
  const socket: Socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.write(bytes);
  return new Promise((resolve) => socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1"))));
}

function words({ channel, name, method, payload }: Received): string {
  if (name === "header") return `${channel} header ${payload.readBigUInt64BE(4)}`;
  if (name === "body") return `${channel} body ${payload.length}`;
  const args = Object.entries(method?.args ?? {}).map(([key, value]) => (value instanceof Map ? key : value));
  return withoutErlang([channel, name, ...args].join(" "));
}

/** Some texts quote frames and values as Erlang terms: what comes before them is compared. */
function withoutErlang(line: string): string {
  return line
    .replace(/(501 FRAME_ERROR) - .*( \d+ \d+)$/s, "$1 ...$2")
    .replace(/(505 UNEXPECTED_FRAME) - (type \d|content on channel 0|heartbeat on).*( \d+ \d+)$/s, "$1 ...$3")
    .replace(/(invalid arg '[^']*'[^:]*: ).*( \d+ \d+)$/s, "$1...$2");
}

const flags = { durable: false, passive: false, exclusive: false, autoDelete: false, noWait: false };

/** What most scenarios don't care for. */
const defaults: { readonly [N in MethodName]?: Partial<Arguments<N>> } = {
  "connection.start-ok": { clientProperties: emptyTable, mechanism: "PLAIN", locale: "en_US" },
  "connection.open": { virtualHost: "/" },
  "connection.close": { replyCode: 200, replyText: "bye", classId: 0, methodId: 0 },
  "channel.close": { replyCode: 200, replyText: "bye", classId: 0, methodId: 0 },
  "channel.flow": { active: true },
  "channel.flow-ok": { active: true },
  "exchange.declare": { ...flags, type: "direct", internal: false, arguments: emptyTable },
  "exchange.delete": { ifUnused: false, noWait: false },
  "exchange.bind": { routingKey: "", noWait: false, arguments: emptyTable },
  "exchange.unbind": { routingKey: "", noWait: false, arguments: emptyTable },
  "queue.declare": { ...flags, queue: "", arguments: emptyTable },
  "queue.bind": { queue: "", routingKey: "", noWait: false, arguments: emptyTable },
  "queue.unbind": { queue: "", routingKey: "", arguments: emptyTable },
  "queue.purge": { queue: "", noWait: false },
  "queue.delete": { queue: "", ifUnused: false, ifEmpty: false, noWait: false },
  "basic.qos": { prefetchSize: 0, prefetchCount: 0, global: false },
  "basic.consume": {
    queue: "",
    consumerTag: "c",
    noLocal: false,
    noAck: false,
    exclusive: false,
    noWait: false,
    arguments: emptyTable,
  },
  "basic.cancel": { consumerTag: "c", noWait: false },
  "basic.publish": { exchange: "", routingKey: "", mandatory: false, immediate: false },
  "basic.get": { queue: "", noAck: true },
  "basic.ack": { deliveryTag: 1, multiple: false },
  "basic.nack": { deliveryTag: 1, multiple: false, requeue: true },
  "basic.reject": { deliveryTag: 1, requeue: true },
  "basic.recover": { requeue: true },
  "basic.recover-async": { requeue: true },
  "confirm.select": { noWait: false },
};
