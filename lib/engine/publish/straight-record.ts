import type { EngineLog } from "@/lib/engine/context";
import type { Database } from "@/lib/engine/database";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import type { Trail } from "@/lib/engine/history/trail";
import type { Routed } from "@/lib/engine/publish/store";
import { insertMessages, type NewMessage } from "@/lib/engine/sql/publish";
import { queueDeltaTaken } from "@/lib/engine/sql/queue-delta";
import type { TopologyCache } from "@/lib/engine/topology/cache";

/** How long it is gathered, in ms: a node that is killed has not counted what was given away in this time. */
const gatherMs = 100;
/** How long it is waited, in ms, when the database is away. */
const retryMs = 1_000;
/** So much is kept of what is given away, in messages and bytes per second; of a burst as much at once. */
const keptPerSecond = 2_000;
const keptBytesPerSecond = 8 * 1024 * 1024;
/** How often what was gathered is written anew because the topology changed meanwhile. */
const attempts = 20;

interface Kept {
  readonly row: NewMessage;
  readonly taken: readonly { readonly queueId: number; readonly holder: string }[];
}

/** In messages. */
interface Counts {
  readonly queues: Map<number, number>;
  readonly exchanges: Map<number, { publishIn: number; publishOut: number }>;
}

/**
 * Writes down, in the background, what went straight to consumers: the counters of all of it, and the messages
 * themselves, for retention and their timeline, as far as they don't come faster than a part of the database's time can
 * keep. Never throws.
 */
export class StraightRecord {
  readonly #database: Database;
  readonly #topology: TopologyCache;
  readonly #trail: Trail;
  readonly #log: EngineLog;
  #kept: Kept[] = [];
  #counts: Counts = { queues: new Map(), exchanges: new Map() };
  #mayKeep = keptPerSecond;
  #mayKeepBytes = keptBytesPerSecond;
  #refilledAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #flight: Promise<void> = Promise.resolve();

  constructor(database: Database, topology: TopologyCache, trail: Trail, log: EngineLog) {
    this.#database = database;
    this.#topology = topology;
    this.#trail = trail;
    this.#log = log;
  }

  /** @param takers who has it, in the order of its queues */
  given(one: Routed, takers: readonly { readonly queueId: number; readonly holder: string }[]): void {
    const { queues, exchanges } = one;
    for (const { id } of queues) count(this.#counts.queues, id, 1);
    const [first] = exchanges;
    if (first) use(this.#counts.exchanges, first.id, 1, queues.length);
    const { body, encoded } = one.message;
    if (this.#mayKeep >= 1 && this.#mayKeepBytes >= body.length + encoded.length) this.#keep(one, takers);
    this.#timer ??= setTimeout(() => void this.flush(), gatherMs).unref();
  }

  /** Resolves when what was given so far is written, or couldn't be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flight = this.#flight.then(() => this.#write());
    return this.#flight;
  }

  #keep({ message, vhostId }: Routed, takers: Kept["taken"]): void {
    const { exchange, routingKey, encoded, body, publishedBy } = message;
    this.#mayKeep--;
    this.#mayKeepBytes -= body.length + encoded.length;
    // Copies: what came are views of much larger pieces, which would not be free before they are written.
    const [properties, copy] = [Buffer.from(encoded), Buffer.from(body)];
    const row = { vhostId, publishedBy, exchange, routingKey, properties, body: copy, delayMs: 0, placements: [] };
    this.#kept.push({ row, taken: takers.map(({ queueId, holder }) => ({ queueId, holder })) });
  }

  async #write(): Promise<void> {
    this.#refill();
    const kept = this.#kept;
    const counts = this.#counts;
    if (counts.queues.size === 0) return;
    this.#kept = [];
    this.#counts = { queues: new Map(), exchanges: new Map() };
    try {
      this.#note(kept, await this.#store(kept, counts));
    } catch (error) {
      const isAway = isConnectionTrouble(error);
      if (!isAway) this.#log.error("Messages that went straight to consumers could not be kept.", error);
      // The messages have arrived: what is given up is to find them again. What is wrong with one must not take the counters along.
      if (isAway || kept.length > 0) this.#again(counts);
    }
  }

  /** @returns the numbers of the messages */
  async #store(kept: readonly Kept[], { queues, exchanges }: Counts): Promise<readonly number[]> {
    const rows = kept.map(({ row }) => row);
    const uses = [...exchanges].map(([exchangeId, used]) => ({ exchangeId, ...used, dropUnroutable: 0 }));
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { version } = await this.#topology.current();
      const inserted = await this.#database.relaxed.transaction(async (tx) => {
        const done = await insertMessages(tx, version, rows, uses);
        if (done) await queueDeltaTaken(tx, queues);
        return done;
      });
      if (inserted) return inserted.ids;
      // Which is also how a node hears of a change that it was not told of.
      await this.#topology.reload();
    }
    throw new Error("the topology changes too quickly");
  }

  #note(kept: readonly Kept[], ids: readonly number[]): void {
    const notes = new Map<string, { queueId: number; holder: string; seqs: number[] }>();
    kept.forEach(({ taken }, index) => {
      for (const { queueId, holder } of taken) {
        const key = `${queueId} ${holder}`;
        const note = notes.get(key) ?? { queueId, holder, seqs: [] };
        notes.set(key, note);
        note.seqs.push(ids[index] ?? 0);
      }
    });
    for (const { queueId, holder, seqs } of notes.values()) this.#trail.note("taken", queueId, holder, seqs);
  }

  #again({ queues, exchanges }: Counts): void {
    for (const [id, n] of queues) count(this.#counts.queues, id, n);
    for (const [id, { publishIn, publishOut }] of exchanges) {
      use(this.#counts.exchanges, id, publishIn, publishOut);
    }
    this.#timer ??= setTimeout(() => void this.flush(), retryMs).unref();
  }

  #refill(): void {
    const now = performance.now();
    const seconds = (now - this.#refilledAt) / 1000;
    this.#refilledAt = now;
    this.#mayKeep = Math.min(keptPerSecond, this.#mayKeep + seconds * keptPerSecond);
    this.#mayKeepBytes = Math.min(keptBytesPerSecond, this.#mayKeepBytes + seconds * keptBytesPerSecond);
  }
}

function count(counts: Map<number, number>, id: number, n: number): void {
  counts.set(id, (counts.get(id) ?? 0) + n);
}

function use(uses: Counts["exchanges"], id: number, publishIn: number, publishOut: number): void {
  const used = uses.get(id);
  if (!used) uses.set(id, { publishIn, publishOut });
  else {
    used.publishIn += publishIn;
    used.publishOut += publishOut;
  }
}
