import type { EngineLog } from "@/lib/engine/context";
import type { Database } from "@/lib/engine/database";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import type { Trail } from "@/lib/engine/history/trail";
import { Allowance } from "@/lib/engine/publish/allowance";
import type { Routed } from "@/lib/engine/publish/store";
import { insertMessages, type NewMessage } from "@/lib/engine/sql/publish";
import { queueDeltaPassed } from "@/lib/engine/sql/queue-delta";
import type { TopologyCache } from "@/lib/engine/topology/cache";

/** How long it is gathered, in ms: a node that is killed has not counted what was done with in this time. */
const gatherTakenMs = 100;
const gatherAcknowledgedMs = 25;
/** How long it is waited, in ms, when the database is away. */
const retryMs = 1_000;
/** So much is kept a second of what was taken without acknowledgement, and of a burst as much at once. */
const keptTaken = { messages: 2_000, bytes: 8 * 1024 * 1024 };
/** The same for what was acknowledged, and of a burst more. Large messages keep the database so busy that it holds up all others. */
const keptAcknowledged = { messages: 50_000, bytes: 32 * 1024 * 1024 };
const largeBody = 16 * 1024;
const keptLarge = { messages: 1_000, bytes: 8 * 1024 * 1024 };
const keptAtOnce = { messages: 100_000, bytes: 64 * 1024 * 1024 };
/** One statement writes at most so much. */
const chunk = { messages: 1_000, bytes: 8 * 1024 * 1024 };
/** How often what was gathered is written anew because the topology changed meanwhile. */
const attempts = 20;

/** Who has had a message in which queue. */
export interface Passage {
  readonly queueId: number;
  readonly holder: string;
  /** Who acknowledged it; null where it was taken without. */
  readonly acknowledgedBy: string | null;
}

interface Kept {
  readonly row: NewMessage;
  readonly passages: readonly Passage[];
}

/** In messages. */
interface Counts {
  readonly queues: Map<number, { taken: number; acknowledged: number }>;
  readonly exchanges: Map<number, { publishIn: number; publishOut: number }>;
}

/**
 * Writes down, in the background, what went straight to consumers and was done with before it was stored: the counters of
 * all of it, and the messages themselves, for retention and their timeline, as far as they don't come faster than a part of
 * the database's time can keep. Never throws.
 */
export class StraightRecord {
  readonly #database: Database;
  readonly #topology: TopologyCache;
  readonly #trail: Trail;
  readonly #log: EngineLog;
  #kept: Kept[] = [];
  #counts: Counts = { queues: new Map(), exchanges: new Map() };
  readonly #takenAllowance = new Allowance(keptTaken);
  readonly #acknowledgedAllowance = new Allowance(keptAcknowledged, keptAtOnce);
  readonly #largeAllowance = new Allowance(keptLarge, keptAtOnce);
  #timer: NodeJS.Timeout | undefined;
  #flight: Promise<void> = Promise.resolve();

  constructor(database: Database, topology: TopologyCache, trail: Trail, log: EngineLog) {
    this.#database = database;
    this.#topology = topology;
    this.#trail = trail;
    this.#log = log;
  }

  /** @param passages in each of its queues, in their order; all of one kind */
  passed(one: Routed, passages: readonly Passage[]): void {
    const { queues, exchanges } = one;
    const isTaken = passages[0]?.acknowledgedBy === null;
    for (const { queueId } of passages) count(this.#counts.queues, queueId, isTaken ? 1 : 0, isTaken ? 0 : 1);
    const [first] = exchanges;
    if (first) use(this.#counts.exchanges, first.id, 1, queues.length);
    const { body, encoded } = one.message;
    if (this.#allowanceOf(isTaken, body.length).take(body.length + encoded.length)) this.#keep(one, passages);
    this.#timer ??= setTimeout(() => void this.flush(), isTaken ? gatherTakenMs : gatherAcknowledgedMs).unref();
  }

  /** Resolves when what was given so far is written, or couldn't be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flight = this.#flight.then(() => this.#write());
    return this.#flight;
  }

  #allowanceOf(isTaken: boolean, bytes: number): Allowance {
    if (isTaken) return this.#takenAllowance;
    return bytes < largeBody ? this.#acknowledgedAllowance : this.#largeAllowance;
  }

  #keep({ message, vhostId }: Routed, passages: readonly Passage[]): void {
    const { exchange, routingKey, encoded, body, publishedBy } = message;
    // Copies: what came are views of much larger pieces, which would not be free before they are written.
    const [properties, copy] = [Buffer.from(encoded), Buffer.from(body)];
    const row = { vhostId, publishedBy, exchange, routingKey, properties, body: copy, delayMs: 0, placements: [] };
    this.#kept.push({ row, passages });
  }

  async #write(): Promise<void> {
    this.#takenAllowance.refill();
    this.#acknowledgedAllowance.refill();
    this.#largeAllowance.refill();
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
    const chunks = chunksOf(kept.map(({ row }) => row));
    const uses = [...exchanges].map(([exchangeId, used]) => ({ exchangeId, ...used, dropUnroutable: 0 }));
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { version } = await this.#topology.current();
      const ids = await this.#database.relaxed.transaction(async (tx) => {
        const all: number[] = [];
        for (const [index, rows] of chunks.entries()) {
          const done = await insertMessages(tx, version, rows, index === 0 ? uses : []);
          if (!done) return null;
          for (const id of done.ids) all.push(id);
        }
        await queueDeltaPassed(tx, queues);
        return all;
      });
      if (ids) return ids;
      // Which is also how a node hears of a change that it was not told of.
      await this.#topology.reload();
    }
    throw new Error("the topology changes too quickly");
  }

  #note(kept: readonly Kept[], ids: readonly number[]): void {
    const notes = new Map<string, Passage & { seqs: number[] }>();
    kept.forEach(({ passages }, index) => {
      for (const { queueId, holder, acknowledgedBy } of passages) {
        const key = `${queueId} ${holder} ${acknowledgedBy}`;
        const note = notes.get(key) ?? { queueId, holder, acknowledgedBy, seqs: [] };
        notes.set(key, note);
        note.seqs.push(ids[index] ?? 0);
      }
    });
    for (const { queueId, holder, acknowledgedBy, seqs } of notes.values()) {
      this.#trail.note(acknowledgedBy === null ? "taken" : "delivered", queueId, holder, seqs);
      if (acknowledgedBy !== null) this.#trail.note("acknowledged", queueId, acknowledgedBy, seqs);
    }
  }

  #again({ queues, exchanges }: Counts): void {
    for (const [id, { taken, acknowledged }] of queues) count(this.#counts.queues, id, taken, acknowledged);
    for (const [id, { publishIn, publishOut }] of exchanges) {
      use(this.#counts.exchanges, id, publishIn, publishOut);
    }
    this.#timer ??= setTimeout(() => void this.flush(), retryMs).unref();
  }
}

/** At least one, perhaps empty: the counters go with it. */
function chunksOf(rows: readonly NewMessage[]): NewMessage[][] {
  let last: NewMessage[] = [];
  const chunks = [last];
  let bytes = 0;
  for (const row of rows) {
    if (last.length > 0 && (last.length >= chunk.messages || bytes + row.body.length > chunk.bytes)) {
      last = [];
      chunks.push(last);
      bytes = 0;
    }
    last.push(row);
    bytes += row.body.length;
  }
  return chunks;
}

function count(counts: Counts["queues"], id: number, taken: number, acknowledged: number): void {
  const passed = counts.get(id);
  if (!passed) counts.set(id, { taken, acknowledged });
  else {
    passed.taken += taken;
    passed.acknowledged += acknowledged;
  }
}

function use(uses: Counts["exchanges"], id: number, publishIn: number, publishOut: number): void {
  const used = uses.get(id);
  if (!used) uses.set(id, { publishIn, publishOut });
  else {
    used.publishIn += publishIn;
    used.publishOut += publishOut;
  }
}
