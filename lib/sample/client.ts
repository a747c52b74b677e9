import { setTimeout as sleep } from "node:timers/promises";
import type { ChannelModel } from "amqplib";
import type { SampleLogin } from "@/lib/sample/login";
import { sampleVhost } from "@/lib/sample/topology";

/** Where a broker process takes AMQP clients without TLS. */
export interface AmqpAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the sample's programs connect, and as whom. */
export interface Door {
  readonly address: AmqpAddress;
  readonly login: SampleLogin;
}

/** An open connection of one of the sample's programs. */
export interface Line {
  readonly connection: ChannelModel;
  /** Ends the work with this error; for what happens on a channel while nobody waits for an answer. */
  fail(error: unknown): void;
  /** Destroys the socket without a word, as when the program is killed. */
  cut(): void;
  /** Fires when the connection is over. */
  readonly over: AbortSignal;
}

const connectsWithinMs = 10_000;
const closesWithinMs = 2_000;
const heartbeatSeconds = 30;

/** What a server says to a name or a password that it doesn't take, or to a user without a permission (reply code 403). */
const refusal = /\b403\b/;

/**
 * Connects as an AMQP client, does the work, and closes the connection, whatever came of it. Rejects with what ended the
 * work or the connection.
 * @param name what the connection calls itself
 * @param signal the work is to end: if it doesn't soon, because the broker doesn't answer, the socket is destroyed
 */
export async function whileConnected(
  door: Door,
  name: string,
  signal: AbortSignal,
  work: (line: Line) => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const cut = () => over.abort();
  signal.addEventListener("abort", () => setTimeout(cut, closesWithinMs).unref(), { once: true, signal: over.signal });
  try {
    const connection = await connectAs(door, name, over.signal);
    let fail: (error: unknown) => void = () => {};
    const lost = new Promise<never>((_resolve, reject) => {
      fail = reject;
      connection.on("error", reject);
      connection.on("close", (error) => reject(error ?? new Error(`The connection '${name}' was closed.`)));
    });
    try {
      await Promise.race([lost, work({ connection, fail, cut, over: over.signal })]);
    } finally {
      const closed = connection.close().catch(() => undefined);
      await Promise.race([closed, sleep(closesWithinMs, undefined, { ref: false })]);
    }
  } finally {
    cut();
  }
}

async function connectAs({ address, login }: Door, name: string, signal: AbortSignal) {
  const credentials = await login.credentials();
  // The sample is seldom run: a broker needn't load a client for it.
  const { connect } = await import("amqplib");
  const { user: username, password } = credentials;
  const server = { protocol: "amqp", hostname: address.host, port: address.port, username, password };
  // Goes on to the socket, which the signal then destroys.
  const options = { signal, timeout: connectsWithinMs, clientProperties: { connection_name: name } };
  try {
    return await connect({ ...server, vhost: sampleVhost, heartbeat: heartbeatSeconds }, options);
  } catch (error) {
    if (error instanceof Error && refusal.test(error.message)) login.refused(credentials);
    throw error;
  }
}
