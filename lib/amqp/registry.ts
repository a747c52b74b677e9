import type { Connection } from "@/lib/amqp/connection";
import type { AmqpLog } from "@/lib/amqp/door";
import { type Presence, presenceOf } from "@/lib/amqp/presence";
import type { Changes, PresenceBoard, Report } from "@/lib/broker/presence";

/** How often what goes on is told, and how soon what comes and goes is, in ms. */
const everyMs = 1000;
const soonMs = 50;
/** A connection without a byte in or out for so long, in ms, has no rates left: nothing about it can change. */
const calmMs = 10_000;

/** A connection as it was last looked at. */
interface Known {
  readonly presence: Presence;
  readonly bytes: number;
  /** Since when the bytes are these, and when it was looked at, in ms since 1970. */
  readonly since: number;
  readonly at: number;
}

/**
 * Tells the broker who is connected to this door: in one call about once a second, and only what changed since the
 * last one. A broker that doesn't want to know isn't told.
 */
export class Registry {
  readonly #board: PresenceBoard | undefined;
  readonly #log: AmqpLog;
  readonly #connections = new Map<Connection, Known | undefined>();
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
      for (const connection of this.#connections.keys())
        if (String(connection.number) === key) connection.close(reason);
    });
  }

  add(connection: Connection): void {
    this.#connections.set(connection, undefined);
    this.#tellSoon();
  }

  remove(connection: Connection): void {
    if (this.#connections.delete(connection)) this.#tellSoon();
  }

  /** Something of it was opened or closed: it is told soon, together with what happens just now. */
  changed(connection: Connection): void {
    if (!this.#connections.has(connection)) return;
    this.#connections.set(connection, undefined);
    this.#tellSoon();
  }

  /** How many channels a user has open at this node. */
  channelsOf(user: string): number {
    let channels = 0;
    for (const connection of this.#connections.keys()) {
      if (connection.actor.user === user) channels += connection.channels.length;
    }
    return channels;
  }

  #tellSoon(): void {
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

  /** A calm connection costs nothing but this look: there may be thousands. */
  #look(connection: Connection, now: number): Presence {
    const known = this.#connections.get(connection);
    const { received, sent } = connection.octets.totals;
    const bytes = received + sent;
    const since = known?.bytes === bytes ? known.since : now;
    if (known !== undefined && known.at - since > calmMs) return known.presence;
    const presence = presenceOf(connection, now);
    this.#connections.set(connection, { presence, bytes, since, at: now });
    return presence;
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
    for (const connection of this.#connections.keys()) {
      const presence = this.#look(connection, Date.now());
      for (const [key, report] of presence.connections) now.connections.set(key, report);
      for (const [key, report] of presence.channels) now.channels.set(key, report);
      for (const [key, report] of presence.consumers) now.consumers.set(key, report);
    }
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

interface Telling {
  readonly report: object;
  readonly text: string;
}

/** What was told of one kind of thing, by key. */
class Told {
  #told = new Map<string, Telling>();
  #next = new Map<string, Telling>();

  /** What has to be told for it to be known that `now` is so. */
  changes<T>(now: ReadonlyMap<string, Report<T>>): Changes<T> {
    const changed = new Map<string, Report<T>>();
    this.#next = new Map();
    for (const [key, report] of now) {
      const told = this.#told.get(key);
      const next = told?.report === report ? told : { report, text: JSON.stringify(report) };
      this.#next.set(key, next);
      if (next.text !== told?.text) changed.set(key, report);
    }
    const gone = [...this.#told.keys()].filter((key) => !now.has(key));
    // Until it is confirmed nobody knows whether it arrived: it will have to be told again, or told to be gone.
    for (const key of changed.keys()) this.#told.set(key, unknown);
    return { now: changed, gone };
  }

  confirm(): void {
    this.#told = this.#next;
  }

  forget(): void {
    this.#told.clear();
  }
}

const unknown: Telling = { report: {}, text: "" };
