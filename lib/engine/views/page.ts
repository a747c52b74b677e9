import type { PeekedMessage } from "@/lib/broker/message";
import type { MessageFilter } from "@/lib/broker/requests";
import { maxSearchedBytes, messageTest } from "@/lib/broker/rules/message-filter";
import type { EngineContext } from "@/lib/engine/context";
import { beginReading, type Order, type Position, type PositionRow } from "@/lib/engine/sql/entry-scan";
import { type HeaderNeedles, type MessageRow, messageRead } from "@/lib/engine/sql/message-read";
import type { Queryable } from "@/lib/engine/statement";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { decodeCursor, encodeCursor } from "@/lib/engine/views/cursor";
import { peekedOf, withBodyLimit } from "@/lib/engine/views/peeked";

/** A walk over positions in one order. A step that brings fewer than `limit` is the last. */
export interface Walk {
  readonly order: Order;
  /** Positions per step at most, where a step over many costs more than they are worth. */
  readonly maxStep?: number;
  step(db: Queryable, after: Position | null, limit: number): Promise<PositionRow[]>;
  /** Those that count; the others were only passed. */
  accept(position: PositionRow): boolean;
}

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly bodyLimit: number;
  readonly filter?: MessageFilter;
}

/** A message that was read, with the row that it was made of. */
export interface ReadMessage {
  readonly row: MessageRow;
  readonly message: PeekedMessage;
}

interface ReadPage {
  readonly items: readonly ReadMessage[];
  readonly next: string | null;
}

/** One statement of a page may take this long, in ms. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** A page ends after so much looking, even if it found nothing: its cursor goes on from there. */
const budget = { positions: 20_000, bodyBytes: 64 * 1_048_576, ms: 1_500 };
/** Positions per step when something is sifted out. */
const SIFTED_STEP = 1_000;
/** So many bytes of bodies are in memory at a time. */
const BATCH_BYTES = 16 * 1_048_576;

/**
 * Walks until the page is full, the walk ends, or the budget is used up. Takes no locks; each step sees one snapshot.
 * A page may be short of its limit, or empty, and have a `next` all the same.
 */
export async function readPage(
  context: EngineContext,
  topology: TopologySnapshot,
  walk: Walk,
  request: PageRequest,
): Promise<ReadPage> {
  const sieve = sieveOf(request.filter, request.bodyLimit);
  const deadline = Date.now() + budget.ms;
  const found: ReadMessage[] = [];
  let after = decodeCursor(walk.order, request.cursor);
  let seen = 0;
  let bytes = 0;
  // One more than asked for, to know whether there is a next page.
  const maxStep = walk.maxStep ?? SIFTED_STEP;
  let step = Math.min(request.limit + 1, maxStep);
  for (;;) {
    const batch = await readStep(context, topology, walk, after, step, sieve);
    for (const item of batch.matching) {
      if (found.length === request.limit) return { items: found, next: encodeCursor(walk.order, lastOf(found)) };
      found.push({ ...item, message: withBodyLimit(item.message, request.bodyLimit) });
    }
    if (batch.last === null) return { items: found, next: null };
    after = batch.last;
    seen += batch.seen;
    bytes += batch.bytes;
    if (seen >= budget.positions || bytes >= budget.bodyBytes || Date.now() > deadline) {
      return { items: found, next: encodeCursor(walk.order, after) };
    }
    step = maxStep;
  }
}

/** What a filter needs of a body, what the database sifts out beforehand, and the rest of the test. */
interface Sieve {
  readonly bodyBytes: number;
  readonly needles: HeaderNeedles;
  readonly test: (message: PeekedMessage) => boolean;
}

function sieveOf(filter: MessageFilter | undefined, bodyLimit: number): Sieve {
  if (filter === undefined) return { bodyBytes: bodyLimit, needles: noNeedles, test: () => true };
  const searchesBody = filter.text !== undefined || (filter.fields ?? []).some(({ path }) => path.startsWith("body."));
  return {
    bodyBytes: searchesBody ? Math.max(bodyLimit, maxSearchedBytes) : bodyLimit,
    needles: { exchange: needleOf(filter.exchange), routingKey: needleOf(filter.routingKey) },
    test: messageTest(filter),
  };
}

const noNeedles: HeaderNeedles = { exchange: null, routingKey: null };

/** Only of ASCII do Postgres and JavaScript agree what is lower case. */
function needleOf(text: string | undefined): string | null {
  return text !== undefined && text !== "" && /^[\x20-\x7e]+$/.test(text) ? text.toLowerCase() : null;
}

interface Step {
  readonly matching: ReadMessage[];
  /** Where to go on; null at the end of the walk. */
  readonly last: Position | null;
  readonly seen: number;
  readonly bytes: number;
}

async function readStep(
  context: EngineContext,
  topology: TopologySnapshot,
  walk: Walk,
  after: Position | null,
  limit: number,
  sieve: Sieve,
): Promise<Step> {
  return context.database.main.transaction(async (tx) => {
    const [, passed] = await Promise.all([beginReading(tx, STATEMENT_TIMEOUT_MS), walk.step(tx, after, limit)]);
    const cut = cutByBytes(passed, sieve.bodyBytes);
    const rows = await messageRead(tx, cut.positions.filter(walk.accept), sieve.bodyBytes, sieve.needles);
    const matching: ReadMessage[] = [];
    for (const row of rows) {
      const queue = topology.queuesById.get(row.queue_id);
      if (!queue) continue;
      const message = peekedOf(row, queue);
      if (sieve.test(message)) matching.push({ row, message });
    }
    const complete = passed.length < limit && cut.positions.length === passed.length;
    return {
      matching,
      last: complete ? null : (cut.positions.at(-1) ?? null),
      seen: cut.positions.length,
      bytes: cut.bytes,
    };
  });
}

/** As many of the first positions as fit into memory together, at least one. */
function cutByBytes(passed: readonly PositionRow[], bodyBytes: number) {
  let bytes = 0;
  let count = 0;
  for (const position of passed) {
    const size = Math.min(position.bytes, bodyBytes);
    if (count > 0 && bytes + size > BATCH_BYTES) break;
    bytes += size;
    count++;
  }
  return { positions: passed.slice(0, count), bytes };
}

function lastOf(found: readonly ReadMessage[]): Position {
  const last = found.at(-1);
  if (!last) throw new Error("a page of no messages has no last one");
  return last.row;
}
