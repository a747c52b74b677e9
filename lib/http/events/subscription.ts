import type { BrokerEvent, PresenceKind } from "@/lib/broker/events";
import { type Batch, type Rendered, streamOf } from "@/lib/http/events/batch";

/** So many rows go into one piece, so that a slow reader holds up little. */
const ROWS_PER_PIECE = 300;
/** More events than this are not kept for a slow reader: it looks at everything anew. */
const MOST_EVENTS = 500;

/** What somebody may be told of. */
export interface Sight {
  /** Everything: who doesn't is told that the overview changed, but not the sums over all vhosts. */
  readonly whole: boolean;
  /** Of what is in this vhost; null asks for what is in none. */
  readonly vhost: (name: string | null) => boolean;
}

/**
 * What one client is still to be told. It grows with the number of queues at most, however slowly the client reads:
 * of each queue only the newest state is kept, and too many events become one "look at everything anew".
 */
export class Subscription {
  /** May be replaced while the client is connected: permissions change. */
  sight: Sight;
  #queues = new Map<string, Rendered>();
  #exchanges = new Map<string, Rendered>();
  #events = new Map<number, BrokerEvent>();
  #presence = new Set<PresenceKind>();
  #overview: string | null = null;
  #topologyMoved = false;
  #sampled = false;
  #reset = false;
  #position: string | null = null;
  #lastEvent = 0;

  constructor(sight: Sight) {
    this.sight = sight;
  }

  /** Where the client goes on when its connection breaks: everything up to here was sent. */
  get position(): string | null {
    return this.#position;
  }

  /** Whether there is anything to be told. */
  get waiting(): boolean {
    return (
      this.#reset ||
      this.#topologyMoved ||
      this.#sampled ||
      this.#overview !== null ||
      this.#queues.size + this.#exchanges.size + this.#events.size + this.#presence.size > 0
    );
  }

  /** Takes in what changed. A batch may come twice, or overlap with another. */
  add(batch: Batch): void {
    this.#position = batch.position;
    if (!batch.complete) this.#lookAnew();
    for (const [key, row] of batch.queues) if (this.sight.vhost(row.vhost)) this.#queues.set(key, row);
    for (const [key, row] of batch.exchanges) if (this.sight.vhost(row.vhost)) this.#exchanges.set(key, row);
    for (const kind of batch.presence) this.#presence.add(kind);
    this.#topologyMoved ||= batch.topologyMoved;
    this.#sampled ||= batch.sampled;
    if (batch.overview !== null) this.#overview = batch.overview;
    for (const event of batch.events) {
      if (event.id > this.#lastEvent && this.sight.vhost(event.vhost)) this.#events.set(event.id, event);
    }
    if (this.#events.size > MOST_EVENTS) this.#lookAnew();
  }

  /** The next piece as text of an event stream, and whether it was the last; null when there is nothing. */
  take(): string | null {
    if (!this.waiting) return null;
    const blocks: string[] = [];
    if (this.#reset) blocks.push(block("reset", "{}"));
    this.#reset = false;
    this.#takeEvents(blocks);
    this.#takeRows("queues", this.#queues, blocks);
    this.#takeRows("exchanges", this.#exchanges, blocks);
    if (this.#overview !== null) blocks.push(block("overview", this.sight.whole ? this.#overview : "null"));
    if (this.#sampled) blocks.push(block("sampled", "{}"));
    this.#overview = null;
    this.#sampled = false;
    // Only when nothing of it is left may the client go on from here.
    if (!this.waiting) blocks.push(this.beat());
    return blocks.join("");
  }

  /** Says that the connection lives, and where to go on from. */
  beat(): string {
    return block("beat", "{}", this.#position);
  }

  #takeEvents(blocks: string[]): void {
    const events = [...this.#events.values()].sort((a, b) => a.id - b.id);
    this.#lastEvent = events.at(-1)?.id ?? this.#lastEvent;
    const of = (stream: string) => events.filter((event) => streamOf(event) === stream);
    if (this.#topologyMoved) blocks.push(block("topology", JSON.stringify({ changes: of("topology") })));
    const presence = of("presence");
    if (presence.length > 0 || this.#presence.size > 0) {
      blocks.push(block("presence", JSON.stringify({ changes: presence, reported: [...this.#presence] })));
    }
    const lifecycle = of("lifecycle");
    if (lifecycle.length > 0) blocks.push(block("lifecycle", JSON.stringify({ changes: lifecycle })));
    this.#events.clear();
    this.#presence.clear();
    this.#topologyMoved = false;
  }

  #takeRows(name: string, rows: Map<string, Rendered>, blocks: string[]): void {
    const piece: string[] = [];
    for (const [key, row] of rows) {
      if (piece.length === ROWS_PER_PIECE) break;
      rows.delete(key);
      piece.push(row.json);
    }
    if (piece.length > 0) blocks.push(block(name, `{"${name}":[${piece.join(",")}]}`));
  }

  #lookAnew(): void {
    this.#reset = true;
    this.#queues.clear();
    this.#exchanges.clear();
    for (const id of this.#events.keys()) this.#lastEvent = Math.max(this.#lastEvent, id);
    this.#events.clear();
  }
}

/** One event of a stream: https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON has no line breaks. */
export function block(event: string, data: string, id: string | null = null): string {
  return `event: ${event}\n${id === null ? "" : `id: ${id}\n`}data: ${data}\n\n`;
}
