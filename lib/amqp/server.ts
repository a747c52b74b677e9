import { createServer, type Server, type Socket } from "node:net";
import { Alarm, type AlarmReason } from "@/lib/amqp/alarm";
import { Connection } from "@/lib/amqp/connection";
import { DirectReplies } from "@/lib/amqp/direct-replies";
import { QueueDispatchers } from "@/lib/amqp/dispatch";
import { type AmqpLog, type AmqpSettings, type Authenticate, type Door, holdMs, overdueCheckMs } from "@/lib/amqp/door";
import { Registry } from "@/lib/amqp/registry";
import { defaultChannelMax, defaultFrameMax } from "@/lib/amqp/wire/constants";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import type { PresenceBoard } from "@/lib/broker/presence";

/** RabbitMQ's defaults. */
export const defaultSettings: AmqpSettings = {
  frameMax: defaultFrameMax,
  channelMax: defaultChannelMax,
  heartbeat: 60,
  maxMessageSize: 128 * 1024 * 1024,
  handshakeTimeoutMs: 10_000,
  acknowledgementTimeoutMs: 30 * 60 * 1000,
};

const closeTimeoutMs = 5000;

export interface AmqpServerOptions {
  readonly broker: Broker;
  readonly authenticate: Authenticate;
  readonly log: AmqpLog;
  readonly settings?: Partial<AmqpSettings>;
  /** Where to tell who is connected; without it nobody is told. */
  readonly presence?: PresenceBoard;
}

/** The AMQP 0-9-1 door of a broker. */
export class AmqpServer {
  readonly #door: Door;
  readonly #server: Server;
  readonly #overdueCheck: NodeJS.Timeout;
  readonly #connections = new Set<Connection>();

  constructor({ broker, authenticate, log, settings, presence }: AmqpServerOptions) {
    const all = { ...defaultSettings, ...settings };
    const alarm = new Alarm(broker, (reason) => this.#alarm(log, reason));
    const watched: AmqpLog = {
      error: (message, error) => {
        // That the database is away is said once, and not by each who needs it.
        if (isBrokerError(error) && error.code === "unavailable") alarm.failed(error);
        else log.error(message, error);
      },
    };
    this.#door = {
      broker,
      authenticate,
      log: watched,
      settings: all,
      alarm,
      dispatchers: new QueueDispatchers(broker, watched, holdMs(all)),
      replies: new DirectReplies(),
      registry: new Registry(presence, watched),
    };
    this.#overdueCheck = setInterval(() => {
      for (const connection of this.#connections) connection.endOverdueChannels(Date.now());
    }, overdueCheckMs(all));
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Connections at this moment. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Begins to accept connections. Rejects with the system's error, such as EADDRINUSE.
   * @param port 0 for any free one
   * @returns the port
   */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        this.#server.on("error", (error) => this.#door.log.error("The AMQP server failed.", error));
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new connections, tells every client, and resolves when all that they held has gone back. */
  async close(): Promise<void> {
    clearInterval(this.#overdueCheck);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close("the broker is shutting down");
    const deadline = Date.now() + closeTimeoutMs + 1000;
    while (this.#connections.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    await closed;
    await this.#door.registry.close();
    this.#door.alarm.close();
  }

  #alarm(log: AmqpLog, reason: AlarmReason): void {
    if (reason !== null) log.error("AMQP clients are told not to publish for now:", new Error(reason));
    for (const connection of this.#connections) connection.alarmed(reason);
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#door, () => this.#connections.delete(connection));
    this.#connections.add(connection);
  }
}
