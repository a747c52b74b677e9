import { int2Array, int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Placement } from "@/lib/engine/sql/entry-copies";
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
}

/** How often an exchange was used within one flush. */
export interface ExchangeUse {
  readonly exchangeId: number;
  readonly publishIn: number;
  readonly publishOut: number;
  readonly dropUnroutable: number;
}

/**
 * Stores messages and their entries, in the order given, and counts them, in one statement.
 * @param version of the topology by which they were routed
 * @returns the numbers of the messages, or null when the topology has moved on and nothing was written
 */
export async function insertMessages(
  db: Queryable,
  version: number,
  messages: readonly NewMessage[],
  uses: readonly ExchangeUse[],
): Promise<number[] | null> {
  const pack = packed(messages);
  const entries = entriesOf(messages);
  const totals = totalsOf(messages);
  const isSpecial = messages.some(
    (message) => message.delayMs > 0 || message.placements.some((place) => place.groupKey != null),
  );
  const [row] = await db.query<{ ok: boolean; ids: number[] }>(isSpecial ? insertSpecial : insertPlain, [
    version,
    shardsOf(totals.keys()),
    messages.length,
    int4Array(messages.map((message) => message.vhostId)),
    textArray(messages.map((message) => message.publishedBy)),
    textArray(messages.map((message) => message.exchange)),
    textArray(messages.map((message) => message.routingKey)),
    pack.bytes,
    int4Array(pack.propertiesAt),
    int4Array(messages.map((message) => message.properties.length)),
    int4Array(pack.bodyAt),
    int4Array(messages.map((message) => message.body.length)),
    int4Array(entries.map((entry) => entry.ord)),
    int4Array(entries.map((entry) => entry.queueId)),
    int2Array(entries.map((entry) => entry.rank)),
    int8Array(entries.map((entry) => entry.ttlMs ?? -1)),
    int4Array(entries.map((entry) => entry.bytes)),
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
  ]);
  return row?.ok ? row.ids : null;
}

// Numbers are taken only after the locks: "ids" depends on "entered". No message has more than one entry in a queue.
const insertion = (entries: string, queueDeltas: string) => `
WITH entered AS MATERIALIZED (
  SELECT warren.enter($1::bigint, $2::int[]) AS ok
),
numbers AS MATERIALIZED (
  SELECT entered.ok,
         ARRAY(SELECT nextval('warren.seq') FROM generate_series(1, CASE WHEN entered.ok THEN $3::int ELSE 0 END)) AS ids
  FROM entered
),
messages AS (
  INSERT INTO warren.message (id, vhost_id, published_by, exchange, routing_key, properties, body)
  SELECT m.id, m.vhost_id, m.published_by, m.exchange, m.routing_key,
         substring($8::bytea FROM m.properties_at FOR m.properties_length),
         substring($8::bytea FROM m.body_at FOR m.body_length)
  FROM numbers,
       unnest(numbers.ids, $4::int[], $5::text[], $6::text[], $7::text[], $9::int[], $10::int[], $11::int[], $12::int[])
         AS m (id, vhost_id, published_by, exchange, routing_key, properties_at, properties_length, body_at, body_length)
  WHERE numbers.ok
),
${entries},
${queueDeltas},
exchange_deltas AS (
  INSERT INTO warren.exchange_delta (exchange_id, publish_in, publish_out, drop_unroutable)
  SELECT d.* FROM numbers, unnest($21::int[], $22::int[], $23::int[], $24::int[]) AS d
  WHERE numbers.ok
)
SELECT ok, ids FROM numbers`;

const insertPlain: Statement = {
  name: "messages_insert",
  text: insertion(
    `entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes)
  SELECT e.queue_id, e.rank, numbers.ids[e.ord], numbers.ids[e.ord],
         CASE WHEN e.ttl >= 0 THEN now() + e.ttl * interval '1 millisecond' END, e.bytes
  FROM numbers, unnest($13::int[], $14::int[], $15::smallint[], $16::bigint[], $17::int[])
    AS e (ord, queue_id, rank, ttl, bytes)
  WHERE numbers.ok
)`,
    `queue_deltas AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, publish)
  SELECT d.queue_id, d.count, d.bytes, d.count
  FROM numbers, unnest($18::int[], $19::int[], $20::bigint[]) AS d (queue_id, count, bytes)
  WHERE numbers.ok
)`,
  ),
};

// With delays and groups. Where delayed ones lie: see the migration "delayed". Their time to live begins when they are
// ready.
const insertSpecial: Statement = {
  name: "messages_insert_special",
  text: insertion(
    `placed AS MATERIALIZED (
  SELECT e.*, numbers.ids[e.ord] AS message_id,
         CASE WHEN e.delay > 0 THEN nextval('warren.delayed_seq') ELSE numbers.ids[e.ord] END AS seq
  FROM numbers, unnest($13::int[], $14::int[], $15::smallint[], $16::bigint[], $17::int[], $25::bigint[],
                       $27::text[])
    AS e (ord, queue_id, rank, ttl, bytes, delay, group_key)
  WHERE numbers.ok
),
entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes, group_key)
  SELECT queue_id, rank, seq, message_id,
         CASE WHEN ttl >= 0 THEN now() + (delay + ttl) * interval '1 millisecond' END, bytes, group_key
  FROM placed
),
waiting AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, available_at)
  SELECT queue_id, rank, seq, 'delayed', now() + delay * interval '1 millisecond' FROM placed WHERE delay > 0
)`,
    `queue_deltas AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, delayed, publish)
  SELECT d.queue_id, d.count, d.bytes, d.delayed, d.count + d.delayed
  FROM numbers, unnest($18::int[], $19::int[], $20::bigint[], $26::int[]) AS d (queue_id, count, bytes, delayed)
  WHERE numbers.ok
)`,
  ),
};

/** Properties and bodies one after the other; positions count from 1, as in SQL. */
function packed(messages: readonly NewMessage[]) {
  let size = 0;
  for (const message of messages) size += message.properties.length + message.body.length;
  const bytes = Buffer.allocUnsafe(size);
  const propertiesAt: number[] = [];
  const bodyAt: number[] = [];
  let at = 0;
  for (const { properties, body } of messages) {
    propertiesAt.push(at + 1);
    bytes.set(properties, at);
    at += properties.length;
    bodyAt.push(at + 1);
    bytes.set(body, at);
    at += body.length;
  }
  return { bytes, propertiesAt, bodyAt };
}

function entriesOf(messages: readonly NewMessage[]) {
  const entries: (Placement & { ord: number; bytes: number; delayMs: number })[] = [];
  messages.forEach((message, index) => {
    // Field by field: a spread costs a microsecond and more, for each message.
    for (const { queueId, rank, ttlMs, groupKey = null } of message.placements) {
      const bytes = message.body.length;
      entries.push({ queueId, rank, ttlMs, groupKey, ord: index + 1, bytes, delayMs: message.delayMs });
    }
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
