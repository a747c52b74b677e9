import type { Socket } from "node:net";
import { Admission } from "@/lib/amqp/admission";
import { Alarm, type AlarmReason } from "@/lib/amqp/alarm";
import type { LoginFrom } from "@/lib/amqp/certificate-name";
import { Connection } from "@/lib/amqp/connection";
import { DirectReplies } from "@/lib/amqp/direct-replies";
import {
  type AmqpLog,
  type AmqpSettings,
  type Authenticate,
  type Door,
  holdMs,
  type Identify,
  overdueCheckMs,
} from "@/lib/amqp/door";
import { Listeners, type TlsIdentity } from "@/lib/amqp/listeners";
import { LocalCluster } from "@/lib/amqp/local-cluster";
import { QueueDispatchers } from "@/lib/amqp/queue-dispatchers";
import { Registry } from "@/lib/amqp/registry";
import { Standings } from "@/lib/amqp/standings";
import { defaultChannelMax, defaultFrameMax } from "@/lib/amqp/wire/constants";
import type { AuditLine } from "@/lib/broker/audit";
import type { Broker } from "@/lib/broker/broker";
import type { DoorCluster } from "@/lib/broker/door-cluster";
import { isBrokerError } from "@/lib/broker/errors";
import type { PresenceBoard } from "@/lib/broker/presence";

/** RabbitMQ's defaults. */
const defaultSettings: AmqpSettings = {
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
  /** For EXTERNAL; without it that is not offered. */
  readonly identify?: Identify;
  /** By default the common name. */
  readonly loginFrom?: LoginFrom;
  readonly log: AmqpLog;
  /** Where to write down what destroys something; without it that isn't. */
  readonly audit?: (line: AuditLine) => void;
  readonly settings?: Partial<AmqpSettings>;
  /** Where to tell who is connected; without it nobody is told. */
  readonly presence?: PresenceBoard;
  /** What it agrees on with other nodes' doors; without it there are no others. */
  readonly cluster?: DoorCluster;
}

/** The AMQP 0-9-1 door of a broker. */
export class AmqpServer {
  readonly #door: Door;
  readonly #listeners: Listeners;
  readonly #overdueCheck: NodeJS.Timeout;
  readonly #connections = new Set<Connection>();

  constructor(options: AmqpServerOptions) {
    const { broker, authenticate, identify, loginFrom = "common_name", log, settings, presence } = options;
    const { cluster = new LocalCluster() } = options;
    const all = { ...defaultSettings, ...settings };
    const alarm = new Alarm(broker, (reason) => this.#alarm(log, reason));
    const watched: AmqpLog = {
      error: (message, error) => {
        // That the database is away is said once, and not by each who needs it.
        if (isBrokerError(error) && error.code === "unavailable") alarm.failed(error);
        else log.error(message, error);
      },
    };
    const registry = new Registry(presence, watched);
    this.#door = {
      broker,
      authenticate,
      identify,
      loginFrom,
      log: watched,
      settings: all,
      alarm,
      admission: new Admission(broker, registry),
      audit: options.audit ?? (() => {}),
      dispatchers: new QueueDispatchers(broker, watched, holdMs(all), cluster),
      replies: new DirectReplies(cluster),
      registry,
      cluster,
      standings: new Standings(cluster, watched, ({ connection }) => registry.changed(connection)),
    };
    this.#overdueCheck = setInterval(() => {
      for (const connection of this.#connections) connection.endOverdueChannels(Date.now());
    }, overdueCheckMs(all));
    this.#listeners = new Listeners({
      onSocket: (socket) => this.accept(socket),
      onError: (error) => watched.error("The AMQP server failed.", error),
      handshakeTimeoutMs: all.handshakeTimeoutMs,
    });
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
    return this.#listeners.listen(port, host);
  }

  /** As `listen`, for `amqps`. */
  listenTls(port: number, host: string, identity: TlsIdentity): Promise<number> {
    return this.#listeners.listenTls(port, host, identity);
  }

  /** Shows another certificate from the next connection on. */
  renewTls(identity: TlsIdentity): void {
    this.#listeners.renewTls(identity);
  }

  /** Takes over a connection that was accepted elsewhere. */
  accept(socket: Socket): void {
    const connection = new Connection(socket, this.#door, () => this.#connections.delete(connection));
    this.#connections.add(connection);
  }

  /** Takes no new connections, tells every client, and resolves when all that they held has gone back. */
  async close(): Promise<void> {
    clearInterval(this.#overdueCheck);
    const closed = this.#listeners.close();
    for (const connection of this.#connections) connection.close("the broker is shutting down");
    const deadline = Date.now() + closeTimeoutMs + 1000;
    while (this.#connections.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#listeners.dropUnfinished();
    await closed;
    await this.#door.registry.close();
    this.#door.standings.close();
    this.#door.alarm.close();
  }

  #alarm(log: AmqpLog, reason: AlarmReason): void {
    if (reason !== null) log.error("AMQP clients are told not to publish for now:", new Error(reason));
    for (const connection of this.#connections) connection.alarmed(reason);
  }
}
