import type { Changes, CloseRequest, Listener, PresenceBoard, PresenceChanges, Report } from "@/lib/broker/presence";
import type { Database } from "@/lib/engine/database";
import { listenerReplace } from "@/lib/engine/sql/listener";
import { connectionCloseTake, presenceReport } from "@/lib/engine/sql/presence";

/** Keeps what this process's doors report in the database, under the process's row among the nodes. */
export class PostgresPresence implements PresenceBoard {
  readonly #database: Database;
  readonly #closers = new Set<(request: CloseRequest) => void>();
  #nodeId: number | undefined;
  #generation = 0;
  #listeners: readonly Listener[] = [];
  /** The node whose listeners are noted in the database. */
  #listenersOf: number | undefined;
  #noting: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  get generation(): number {
    return this.#generation;
  }

  /**
   * The process is on the list of nodes.
   * @param wasAway it was not seen for so long that its reports may have been deleted
   */
  registered(nodeId: number, wasAway: boolean): void {
    if (nodeId !== this.#listenersOf) this.#noteListeners(nodeId);
    if (nodeId === this.#nodeId && !wasAway) return;
    this.#nodeId = nodeId;
    this.#generation++;
  }

  async report({ connections, channels, consumers }: PresenceChanges): Promise<void> {
    if (this.#nodeId === undefined) return;
    await presenceReport(
      this.#database.main,
      this.#nodeId,
      rows(connections, ({ name, vhost }) => ({ name, vhost })),
      rows(channels, ({ connection, vhost }) => ({ connection, vhost })),
      rows(consumers, ({ vhost, queue, full }) => ({ vhost, queue, full })),
    );
  }

  onClose(listener: (request: CloseRequest) => void): void {
    this.#closers.add(listener);
  }

  listens(listeners: readonly Listener[]): void {
    this.#listeners = listeners;
    this.#listenersOf = undefined;
    if (this.#nodeId !== undefined) this.#noteListeners(this.#nodeId);
  }

  /** One after the other: side by side, what was so before could be written last. */
  #noteListeners(nodeId: number): void {
    this.#noting = this.#noting.then(() => this.#tryToNote(nodeId));
  }

  /** When the database is away, it is tried again with the next beat. */
  async #tryToNote(nodeId: number): Promise<void> {
    if (nodeId === this.#listenersOf) return;
    const listeners = this.#listeners;
    try {
      const rows = listeners.map(({ certificateUntil, ...rest }) => ({ ...rest, certificate_until: certificateUntil }));
      await listenerReplace(this.#database.main, nodeId, rows);
      if (listeners === this.#listeners) this.#listenersOf = nodeId;
    } catch {
      // Nobody needs to know before that.
    }
  }

  /** Looks for connections that this process is to close. */
  async takeCloses(): Promise<void> {
    if (this.#nodeId === undefined || this.#closers.size === 0) return;
    const requests = await connectionCloseTake(this.#database.main, this.#nodeId);
    for (const request of requests) for (const close of this.#closers) close(request);
  }
}

function rows<T>({ now, gone }: Changes<T>, columns: (report: Report<T>) => object) {
  const all = [...now].map(([key, report]) => ({ key, ...columns(report), report }));
  return { now: storable(JSON.stringify(all)), gone };
}

/** Names and properties are the client's, and may hold what Postgres can't: NUL and halves of surrogate pairs. */
function storable(json: string): string {
  return json.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, "$1\\ufffd");
}
