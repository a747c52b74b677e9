import { ByteParts } from "@/lib/engine/byte-parts";
import { int2Array, int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Placement } from "@/lib/engine/sql/entry-copies";
import { PackingSpace } from "@/lib/engine/sql/packing-space";
import { insertHanded, insertInHand, insertPlain, insertSpecial } from "@/lib/engine/sql/publish-statements";
import { shardsOf } from "@/lib/engine/sql/shards";
import type { Queryable, Statement } from "@/lib/engine/statement";

/** A message to be stored, with its places in queues. */
export interface NewMessage {
  readonly vhostId: number;
  readonly publishedBy: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** As in AMQP's content header. */
  readonly properties: Uint8Array;
  readonly body: Uint8Array;
  /** How long it waits in its queues before it is ready, in ms; 0: not at all. */
  readonly delayMs: number;
  readonly placements: readonly Placement[];
  /** For each placement: the number of the offer that the message is handed to, 0 for none; none at all if omitted. */
  readonly offers?: readonly number[];
}

/** Somebody who is given messages as they are stored. */
export interface HandoverOffer {
  /** Below 0 for one that acknowledges as it takes. */
  readonly number: number;
  readonly queueId: number;
  /** Of the claim, if there is one. */
  readonly token: number;
  readonly holder: string;
  readonly node: number | null;
  readonly visibilityTimeoutMs: number;
  readonly isGet: boolean;
  /** How many messages are for it, and how large their bodies are together. */
  readonly count: number;
  readonly bytes: number;
}

/** What was stored. */
export interface Inserted {
  readonly ids: readonly number[];
  /** The queues in which what was offered is in the hands of those whose offers they are; in the others it is ready. */
  readonly open: readonly number[];
  /** When the leases of those began, by the database's clock. */
  readonly at: Date;
}

/** What was stored of messages that were in hand. */
export interface InHandStored {
  readonly ids: readonly number[];
  /** Queues in which they are held by claims; their numbers there are their ids. */
  readonly open: readonly number[];
  /** The numbers in their queues of all others, in their order: each is held by itself, under its offer's token + 1. */
  readonly behind: readonly number[];
  /** The node was given up, so that nobody holds them: they are ready, and redelivered. */
  readonly isGone: boolean;
}

/** How often an exchange was used within one flush. */
export interface ExchangeUse {
  readonly exchangeId: number;
  readonly publishIn: number;
  readonly publishOut: number;
  readonly dropUnroutable: number;
}

const space = new PackingSpace();

/** From this size on, in bytes, a body is sent from where it lies. */
const largeBody = 4096;

/**
 * Stores messages and their entries, in the order given, and counts them, in one statement.
 * @param version of the topology by which they were routed
 * @param handover who is given some of them right away; not with delays and groups
 * @returns null when the topology has moved on and nothing was written
 */
export async function insertMessages(
  db: Queryable,
  version: number,
  messages: readonly NewMessage[],
  uses: readonly ExchangeUse[],
  handover?: HandoverParameters,
): Promise<Inserted | null> {
  const isSpecial = messages.some(
    (message) => message.delayMs > 0 || message.placements.some((place) => place.groupKey != null),
  );
  const statement = handover ? insertHanded : isSpecial ? insertSpecial : insertPlain;
  const row = await insert(db, statement, version, messages, uses, handover);
  if (!row?.ok) return null;
  const { open = [], at = new Date() } = row;
  return { ids: idsOf(row, messages), open, at };
}

/**
 * Stores messages that consumers of this node have in hand, each in one queue: as held by them.
 * @param offers who has them; all of one node
 * @param onlyOpen not where somebody else is just taking messages, or some are ready
 * @returns "moved" when the topology has moved on, and "busy" when somebody is there who must not be: nothing was written
 */
export async function insertMessagesInHand(
  db: Queryable,
  version: number,
  messages: readonly NewMessage[],
  uses: readonly ExchangeUse[],
  offers: readonly HandoverOffer[],
  onlyOpen: boolean,
): Promise<InHandStored | "moved" | "busy"> {
  const queueIds = [...new Set(offers.map(({ queueId }) => queueId))];
  const row = await insert(db, insertInHand, version, messages, uses, { queueIds, offers, onlyOpen });
  if (!row?.ok) return row?.entered ? "busy" : "moved";
  return { ids: idsOf(row, messages), open: row.open ?? [], behind: row.behind ?? [], isGone: row.alive === false };
}

interface HandoverParameters {
  readonly queueIds: readonly number[];
  readonly offers: readonly HandoverOffer[];
  /** Of what is in hand. */
  readonly onlyOpen?: boolean;
}

async function insert(
  db: Queryable,
  statement: Statement,
  version: number,
  messages: readonly NewMessage[],
  uses: readonly ExchangeUse[],
  handover: HandoverParameters | undefined,
): Promise<InsertedRow | undefined> {
  const pack = packed(messages);
  const entries = entriesOf(messages);
  const totals = totalsOf(messages);
  const isSpecial = statement === insertSpecial;
  const [row] = await db.query<InsertedRow>(statement, [
    version,
    shardsOf(totals.keys()),
    messages.length,
    int4Array(repeated(messages.map((message) => message.vhostId))),
    textArray(repeated(messages.map((message) => message.publishedBy))),
    textArray(repeated(messages.map((message) => message.exchange))),
    textArray(repeated(messages.map((message) => message.routingKey))),
    int4Array(pack.propertiesAt),
    int4Array(repeated(messages.map((message) => message.properties.length))),
    int4Array(pack.bodyAt),
    int4Array(repeated(messages.map((message) => message.body.length))),
    int4Array(entries.map((entry) => entry.ord)),
    int4Array(repeated(entries.map((entry) => entry.queueId))),
    int2Array(repeated(entries.map((entry) => entry.rank))),
    int8Array(repeated(entries.map((entry) => entry.ttlMs ?? -1))),
    int4Array(repeated(entries.map((entry) => entry.bytes))),
    int4Array([...totals.keys()]),
    int4Array([...totals.values()].map((total) => total.count)),
    int8Array([...totals.values()].map((total) => total.bytes)),
    int4Array(uses.map((use) => use.exchangeId)),
    int4Array(uses.map((use) => use.publishIn)),
    int4Array(uses.map((use) => use.publishOut)),
    int4Array(uses.map((use) => use.dropUnroutable)),
    ...(isSpecial
      ? [
          int8Array(entries.map((entry) => entry.delayMs)),
          int4Array([...totals.values()].map((total) => total.delayed)),
          textArray(entries.map((entry) => entry.groupKey ?? null)),
        ]
      : []),
    ...(handover ? handoverParameters(entries, handover) : []),
    pack.bytes,
  ]);
  // It is answered, so it was sent whole, and is not tried again. After a failure the buffer is left to whoever has it.
  space.giveBack(pack.copies);
  return row;
}

function idsOf({ first, ids }: InsertedRow, messages: readonly NewMessage[]): readonly number[] {
  return ids ?? messages.map((_, index) => (first ?? 0) + index);
}

interface InsertedRow {
  readonly ok: boolean;
  readonly first: number | null;
  /** Null when there are no others between them. */
  readonly ids: number[] | null;
  readonly open?: number[];
  readonly at?: Date;
  readonly entered?: boolean;
  readonly alive?: boolean;
  readonly behind?: number[] | null;
}

/** Only the first of values that are all the same, which the statements understand: an array costs both sides time. */
function repeated<T>(values: readonly T[]): readonly T[] {
  const [first] = values;
  for (const value of values) if (value !== first) return values;
  return values.slice(0, 1);
}

function handoverParameters(
  entries: readonly { offer: number }[],
  { queueIds, offers, onlyOpen }: HandoverParameters,
): unknown[] {
  return [
    int4Array(queueIds),
    offers.find(({ node }) => node !== null)?.node ?? null,
    int4Array(repeated(entries.map((entry) => entry.offer))),
    int4Array(offers.map((offer) => offer.number)),
    int4Array(offers.map((offer) => offer.queueId)),
    int8Array(offers.map((offer) => offer.token)),
    textArray(offers.map((offer) => offer.holder)),
    int4Array(offers.map((offer) => offer.node ?? 0)),
    int8Array(offers.map((offer) => offer.visibilityTimeoutMs)),
    int4Array(offers.map((offer) => (offer.isGet ? 1 : 0))),
    int4Array(offers.map((offer) => offer.count)),
    int8Array(offers.map((offer) => offer.bytes)),
    ...(onlyOpen === undefined ? [] : [onlyOpen]),
  ];
}

/** Properties, and bodies that are better copied than sent by themselves, one after the other; then the large bodies. */
function packed(messages: readonly NewMessage[]) {
  let size = 0;
  for (const { properties, body } of messages) size += properties.length + (body.length < largeBody ? body.length : 0);
  const copies = space.take(size);
  const large: Uint8Array[] = [];
  // Positions count from 1, as in SQL.
  const propertiesAt: number[] = [];
  const bodyAt: number[] = [];
  let at = 0;
  let largeAt = size;
  for (const { properties, body } of messages) {
    propertiesAt.push(at + 1);
    copies.set(properties, at);
    at += properties.length;
    if (body.length < largeBody) {
      bodyAt.push(at + 1);
      copies.set(body, at);
      at += body.length;
    } else {
      bodyAt.push(largeAt + 1);
      large.push(body);
      largeAt += body.length;
    }
  }
  return { copies, bytes: new ByteParts([copies, ...large]), propertiesAt, bodyAt };
}

function entriesOf(messages: readonly NewMessage[]) {
  const entries: (Placement & { ord: number; bytes: number; delayMs: number; offer: number })[] = [];
  messages.forEach((message, index) => {
    // Field by field: a spread costs a microsecond and more, for each message.
    message.placements.forEach(({ queueId, rank, ttlMs, groupKey = null }, place) => {
      const bytes = message.body.length;
      const offer = message.offers?.[place] ?? 0;
      entries.push({ queueId, rank, ttlMs, groupKey, ord: index + 1, bytes, delayMs: message.delayMs, offer });
    });
  });
  return entries;
}

/** What is ready of each queue's, and how many are delayed. */
function totalsOf(messages: readonly NewMessage[]) {
  const totals = new Map<number, { count: number; bytes: number; delayed: number }>();
  for (const message of messages) {
    for (const { queueId } of message.placements) {
      const total = totals.get(queueId) ?? { count: 0, bytes: 0, delayed: 0 };
      totals.set(queueId, total);
      if (message.delayMs > 0) total.delayed++;
      else {
        total.count++;
        total.bytes += message.body.length;
      }
    }
  }
  return totals;
}
