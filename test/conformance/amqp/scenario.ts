import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, GetMessage, Options } from "amqplib";

/** What a scenario can use; connections are closed after it. */
export interface Client {
  connection(): Promise<ChannelModel>;
  /** A channel on a connection of its own. */
  channel(): Promise<Channel>;
  confirmChannel(): Promise<ConfirmChannel>;
}

/** Does something and gives back everything that was seen of it, for comparison. */
export type Scenario = (client: Client) => Promise<unknown>;

/** Mostly long enough for whatever is still to come, in ms, where nothing tells that it has. */
const graceMs = 400;
let patience = 1;

/** Makes pauses so many times as long: a busy machine may need it. */
export function setPatience(times: number): void {
  patience = times;
}

export function pause(ms = graceMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms * patience));
}

/** The server's words when it closes a channel or a connection for this, or "fine". */
export async function complaint(client: Client, provoke: (channel: ConfirmChannel) => unknown): Promise<string> {
  const connection = await client.connection();
  const channel = await connection.createConfirmChannel();
  const words = new Promise<string>((resolve) => {
    channel.once("error", (error: Error) => resolve(`channel: ${serverWords(error)}`));
    connection.once("error", (error: Error) => resolve(`connection: ${serverWords(error)}`));
  });
  const done = (async () => {
    await provoke(channel);
    await channel.waitForConfirms();
    await pause(50);
    return "fine";
  })().catch(() => words);
  return Promise.race([done, words]);
}

function serverWords(error: Error): string {
  const words = /with message "(.*)"$/s.exec(error.message)?.[1] ?? error.message;
  // Where RabbitMQ goes on with an Erlang term, Warren says a sentence.
  return words.replace(/(invalid (?:expiration|arg) '[^']*'[^:]*: ).*/s, "$1...");
}

export function shown(message: GetMessage | ConsumeMessage | false | null): unknown {
  if (message === null || message === false) return message;
  const { deliveryTag, redelivered, exchange, routingKey } = message.fields;
  const { headers, expiration, priority, contentType, deliveryMode, correlationId, replyTo } = message.properties;
  return {
    body: message.content.length > 100 ? message.content.length : message.content.toString(),
    deliveryTag,
    redelivered,
    exchange,
    routingKey,
    headers: withoutTimes(headers),
    properties: { expiration, priority, contentType, deliveryMode, correlationId, replyTo: replyTo && "a name" },
  };
}

/** Times differ, of course. RabbitMQ 3.10 has no x-last-death-*. */
function withoutTimes(headers: unknown): unknown {
  return JSON.parse(JSON.stringify(headers ?? {}), (key, value) =>
    key === "time" ? "a time" : key.startsWith("x-last-death") ? undefined : value,
  );
}

export function publish(channel: Channel, queue: string, ...bodies: string[]): void {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
}

export async function takeAll(channel: Channel, queue: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return seen;
    seen.push(shown(message));
  }
}

/** Consumes, and notes what comes; null is a cancellation by the server. */
export async function listen(channel: Channel, queue: string, options: Options.Consume = {}) {
  const seen: (ConsumeMessage | null)[] = [];
  const { consumerTag } = await channel.consume(queue, (message) => seen.push(message), options);
  return { seen, consumerTag, shown: () => seen.map(shown) };
}

export async function patiently(channel: Channel, queue: string): Promise<GetMessage | false> {
  for (let i = 0; i < 600; i++) {
    const message = await channel.get(queue);
    if (message !== false) return message;
    await pause(50);
  }
  return false;
}
