import type { Connection } from "@/lib/amqp/connection";
import type { AmqpLog } from "@/lib/amqp/door";
import { type Presence, presenceOf } from "@/lib/amqp/presence";
import type { Changes, PresenceBoard, Report } from "@/lib/broker/presence";

/** How often what goes on is told, and how soon what comes and goes is, in ms. */
const everyMs = 1000;
const soonMs = 50;

/**
 * Tells the broker who is connected to this door: in one call about once a second, and only what changed since the
 * last one. A broker that doesn't want to know isn't told.
 */
export class Registry {
  readonly #board: PresenceBoard | undefined;
  readonly #log: AmqpLog;
  readonly #connections = new Set<Connection>();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #told = { connections: new Told(), channels: new Told(), consumers: new Told() };
  #generation = 0;
  #soon: NodeJS.Timeout | undefined;
  #reporting: Promise<void> = Promise.resolve();
  #waiting = 0;
  #failed = false;

  constructor(board: PresenceBoard | undefined, log: AmqpLog) {
    this.#board = board;
    this.#log = log;
    if (board === undefined) return;
    this.#timer = setInterval(() => {
      if (this.#waiting === 0) void this.flushed();
    }, everyMs);
    board.onClose(({ key, reason }) => {
      for (const connection of this.#connections) if (String(connection.number) === key) connection.close(reason);
    });
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    this.changed();
  }

  remove(connection: Connection): void {
    if (this.#connections.delete(connection)) this.changed();
  }

  /** Something was opened or closed: it is told soon, together with what happens just now. */
  changed(): void {
    if (this.#board === undefined || this.#soon !== undefined) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.flushed();
    }, soonMs);
  }

  /** Resolves when what is so now has been told, or could not be. Never rejects. */
  flushed(): Promise<void> {
    if (this.#board === undefined) return this.#reporting;
    this.#waiting++;
    this.#reporting = this.#reporting.then(() => {
      this.#waiting--;
      return this.#report(this.#board as PresenceBoard);
    });
    return this.#reporting;
  }

  /** Ends the reports, the last one included. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await this.flushed();
  }

  async #report(board: PresenceBoard): Promise<void> {
    const { generation } = board;
    if (generation === 0) return;
    const { connections, channels, consumers } = this.#told;
    if (generation !== this.#generation) {
      this.#generation = generation;
      for (const told of [connections, channels, consumers]) told.forget();
    }
    const now: Presence = { connections: new Map(), channels: new Map(), consumers: new Map() };
    for (const connection of this.#connections) presenceOf(connection, now, Date.now());
    const changes = {
      connections: connections.changes(now.connections),
      channels: channels.changes(now.channels),
      consumers: consumers.changes(now.consumers),
    };
    const counts = Object.values(changes).map((each) => each.now.size + each.gone.length);
    if (counts.every((count) => count === 0)) return;
    try {
      await board.report(changes);
      for (const told of [connections, channels, consumers]) told.confirm();
      this.#failed = false;
    } catch (error) {
      // It is tried again with what is so then; once is enough to say so.
      if (!this.#failed) this.#log.error("Could not report who is connected.", error);
      this.#failed = true;
    }
  }
}

/** What was told of one kind of thing, as text, by key. */
class Told {
  #texts = new Map<string, string>();
  #next = new Map<string, string>();

  /** What has to be told for it to be known that `now` is so. */
  changes<T>(now: ReadonlyMap<string, Report<T>>): Changes<T> {
    this.#next = new Map([...now].map(([key, report]) => [key, JSON.stringify(report)]));
    const changed = [...now].filter(([key]) => this.#texts.get(key) !== this.#next.get(key));
    const gone = [...this.#texts.keys()].filter((key) => !now.has(key));
    // Until it is confirmed nobody knows whether it arrived: it will have to be told again, or told to be gone.
    for (const [key] of changed) this.#texts.set(key, "");
    return { now: new Map(changed), gone };
  }

  confirm(): void {
    this.#texts = this.#next;
  }

  forget(): void {
    this.#texts.clear();
  }
}
