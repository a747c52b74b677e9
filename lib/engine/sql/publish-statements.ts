import type { Statement } from "@/lib/engine/statement";

// Of a parameter whose values are all the same only the first is given: see `repeated`. unnest makes the others null.
const or = (column: string, parameter: string) => `coalesce(${column}, (${parameter})[1])`;

const enter = "SELECT warren.enter($1::bigint, $2::int[]) AS ok";

const plainDeltas = `queue_deltas AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, publish)
  SELECT d.queue_id, d.count, d.bytes, d.count
  FROM numbers, unnest($17::int[], $18::int[], $19::bigint[]) AS d (queue_id, count, bytes)
  WHERE numbers.ok
)`;

const expiry = (ttl: string) => `CASE WHEN ${ttl} >= 0 THEN now() + ${ttl} * interval '1 millisecond' END`;

// Numbers are taken only after the locks: "ids" depends on "entered". No message has more than one entry in a queue.
// The bodies, `packed`, are the last parameter, which may be sent from where it lies.
const insertion = (packed: string, entries: string, queueDeltas: string, entered = enter, result = "ok") => `
WITH entered AS MATERIALIZED (
  ${entered}
),
numbers AS MATERIALIZED (
  SELECT entered.*,
         ARRAY(SELECT nextval('warren.seq') FROM generate_series(1, CASE WHEN entered.ok THEN $3::int ELSE 0 END)) AS ids
  FROM entered
),
messages AS (
  INSERT INTO warren.message (id, vhost_id, published_by, exchange, routing_key, properties, body)
  SELECT m.id, ${or("m.vhost_id", "$4::int[]")}, ${or("m.published_by", "$5::text[]")},
         ${or("m.exchange", "$6::text[]")}, ${or("m.routing_key", "$7::text[]")},
         substring(${packed}::bytea FROM m.properties_at FOR ${or("m.properties_length", "$9::int[]")}),
         substring(${packed}::bytea FROM m.body_at FOR ${or("m.body_length", "$11::int[]")})
  FROM numbers,
       unnest(numbers.ids, $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::int[], $11::int[])
         AS m (id, vhost_id, published_by, exchange, routing_key, properties_at, properties_length, body_at, body_length)
  WHERE numbers.ok
),
${entries},
${queueDeltas},
exchange_deltas AS (
  INSERT INTO warren.exchange_delta (exchange_id, publish_in, publish_out, drop_unroutable)
  SELECT d.* FROM numbers, unnest($20::int[], $21::int[], $22::int[], $23::int[]) AS d
  WHERE numbers.ok
)
SELECT ${result}, ids[1] AS first,
       CASE WHEN ids[cardinality(ids)] - ids[1] = cardinality(ids) - 1 THEN NULL ELSE ids END AS ids
FROM numbers`;

export const insertPlain: Statement = {
  name: "messages_insert",
  text: insertion(
    "$24",
    `entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes)
  SELECT ${or("e.queue_id", "$13::int[]")}, ${or("e.rank", "$14::smallint[]")}, numbers.ids[e.ord], numbers.ids[e.ord],
         ${expiry(or("e.ttl", "$15::bigint[]"))}, ${or("e.bytes", "$16::int[]")}
  FROM numbers, unnest($12::int[], $13::int[], $14::smallint[], $15::bigint[], $16::int[])
    AS e (ord, queue_id, rank, ttl, bytes)
  WHERE numbers.ok
)`,
    plainDeltas,
  ),
};

// With delays and groups. Where delayed ones lie: see the migration "delayed". Their time to live begins when they are
// ready.
export const insertSpecial: Statement = {
  name: "messages_insert_special",
  text: insertion(
    "$27",
    `placed AS MATERIALIZED (
  SELECT ${or("e.queue_id", "$13::int[]")} AS queue_id, ${or("e.rank", "$14::smallint[]")} AS rank,
         ${or("e.ttl", "$15::bigint[]")} AS ttl, ${or("e.bytes", "$16::int[]")} AS bytes, e.delay, e.group_key,
         numbers.ids[e.ord] AS message_id, CASE WHEN e.delay > 0 THEN nextval('warren.delayed_seq') ELSE numbers.ids[e.ord] END AS seq
  FROM numbers, unnest($12::int[], $13::int[], $14::smallint[], $15::bigint[], $16::int[], $24::bigint[],
                       $26::text[])
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
  FROM numbers, unnest($17::int[], $18::int[], $19::bigint[], $25::int[]) AS d (queue_id, count, bytes, delayed)
  WHERE numbers.ok
)`,
  ),
};

const offersWhere = (condition: string) => `offers AS MATERIALIZED (
  SELECT o.*
  FROM numbers, unnest($27::int[], $28::int[], $29::bigint[], $30::text[], $31::int[], $32::bigint[], $33::int[],
                       $34::int[], $35::bigint[])
    AS o (number, queue_id, token, holder, node, visibility, is_get, count, bytes)
  WHERE ${condition}
)`;

// With messages for those who wait at queues in which nothing is ready: what is offered to them is held by claims from the
// beginning, and what they acknowledge as they take it has no entry at all. See the migration "handover".
export const insertHanded: Statement = {
  name: "messages_insert_handed",
  text: insertion(
    "$36",
    `placed AS MATERIALIZED (
  SELECT p.queue_id, p.rank, p.seq, p.ttl, p.bytes, CASE WHEN p.queue_id = ANY (p.open) THEN p.offer ELSE 0 END AS offer
  FROM (SELECT ${or("e.queue_id", "$13::int[]")} AS queue_id, ${or("e.rank", "$14::smallint[]")} AS rank,
               numbers.ids[e.ord] AS seq, ${or("e.ttl", "$15::bigint[]")} AS ttl, ${or("e.bytes", "$16::int[]")} AS bytes,
               ${or("e.offer", "$26::int[]")} AS offer, numbers.open
        FROM numbers, unnest($12::int[], $13::int[], $14::smallint[], $15::bigint[], $16::int[], $26::int[])
          AS e (ord, queue_id, rank, ttl, bytes, offer)
        WHERE numbers.ok) p
),
${offersWhere("o.queue_id = ANY (numbers.open)")},
entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes)
  SELECT queue_id, rank, seq, seq, ${expiry("ttl")}, bytes FROM placed WHERE offer >= 0
),
claims AS (
  INSERT INTO warren.claim (queue_id, rank, lo, hi, token, holder, node, leased_at, leased_until)
  SELECT o.queue_id, 0, p.lo, p.hi, o.token, o.holder, nullif(o.node, 0), statement_timestamp(),
         statement_timestamp() + o.visibility * interval '1 millisecond'
  FROM (SELECT offer, min(seq) AS lo, max(seq) AS hi FROM placed WHERE offer > 0 GROUP BY offer) p
  CROSS JOIN LATERAL (SELECT * FROM offers o WHERE o.number = p.offer LIMIT 1) o
),
moved AS MATERIALIZED (
  SELECT warren.cursor_move(p.queue_id, p.seq)
  FROM (SELECT queue_id, max(seq) AS seq FROM placed WHERE offer > 0 GROUP BY queue_id) p
)`,
    `${plainDeltas},
handed AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, get, deliver, get_no_ack,
                                  deliver_no_ack)
  SELECT queue_id, -count, -bytes, CASE WHEN number > 0 THEN count ELSE 0 END, CASE WHEN number > 0 THEN bytes ELSE 0 END,
         CASE WHEN number > 0 THEN count * is_get ELSE 0 END, CASE WHEN number > 0 THEN count * (1 - is_get) ELSE 0 END,
         CASE WHEN number < 0 THEN count * is_get ELSE 0 END, CASE WHEN number < 0 THEN count * (1 - is_get) ELSE 0 END
  FROM offers WHERE count > 0
)`,
    "SELECT e.ok, e.open FROM warren.enter_open($1::bigint, $2::int[], $24::int[], $25::int) AS e",
    // Cursors move because somebody asks how many did.
    "ok, open, (SELECT count(*) FROM moved) AS moved, statement_timestamp() AS at",
  ),
};

// With messages that consumers of this node have in hand already. Where nothing else is ready, they are held by claims, as
// above. Elsewhere they may not pass the cursor: they get numbers behind every cursor, as delayed ones have (see the migration
// "delayed"), and rows of their own; or nothing is stored, if that is asked for. A node that was given up holds nothing: then they are ready, and redelivered.
export const insertInHand: Statement = {
  name: "messages_insert_in_hand",
  text: insertion(
    "$37",
    `placed AS MATERIALIZED (
  SELECT p.*, CASE WHEN p.is_open THEN p.id ELSE nextval('warren.delayed_seq') END AS seq
  FROM (SELECT e.ord, ${or("e.queue_id", "$13::int[]")} AS queue_id, ${or("e.rank", "$14::smallint[]")} AS rank,
               numbers.ids[e.ord] AS id, ${or("e.ttl", "$15::bigint[]")} AS ttl, ${or("e.bytes", "$16::int[]")} AS bytes,
               ${or("e.offer", "$26::int[]")} AS offer, numbers.alive,
               ${or("e.queue_id", "$13::int[]")} = ANY (numbers.open) AS is_open
        FROM numbers, unnest($12::int[], $13::int[], $14::smallint[], $15::bigint[], $16::int[], $26::int[])
          AS e (ord, queue_id, rank, ttl, bytes, offer)
        WHERE numbers.ok) p
),
${offersWhere("numbers.ok AND numbers.alive")},
entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes)
  SELECT queue_id, rank, seq, id, ${expiry("ttl")}, bytes FROM placed
),
claims AS (
  INSERT INTO warren.claim (queue_id, rank, lo, hi, token, holder, node, leased_at, leased_until)
  SELECT o.queue_id, 0, p.lo, p.hi, o.token, o.holder, nullif(o.node, 0), statement_timestamp(),
         statement_timestamp() + o.visibility * interval '1 millisecond'
  FROM (SELECT offer, min(seq) AS lo, max(seq) AS hi FROM placed WHERE is_open GROUP BY offer) p
  CROSS JOIN LATERAL (SELECT * FROM offers o WHERE o.number = p.offer LIMIT 1) o
),
held AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, lease_token, leased_by, lease_node, leased_at, leased_until)
  SELECT p.queue_id, p.rank, p.seq, 'leased', o.token + 1, o.holder, nullif(o.node, 0), statement_timestamp(),
         statement_timestamp() + o.visibility * interval '1 millisecond'
  FROM placed p CROSS JOIN LATERAL (SELECT * FROM offers o WHERE o.number = p.offer LIMIT 1) o
  WHERE NOT p.is_open
),
returned AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, redelivered)
  SELECT queue_id, rank, seq, 'ready', true FROM placed WHERE NOT alive
),
moved AS MATERIALIZED (
  SELECT warren.cursor_move(p.queue_id, p.seq)
  FROM (SELECT queue_id, max(seq) AS seq FROM placed WHERE is_open GROUP BY queue_id) p
)`,
    `${plainDeltas},
handed AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, deliver)
  SELECT queue_id, -count, -bytes, count, bytes, count FROM offers
)`,
    `SELECT e.ok AND NOT ($36::boolean AND n.alive AND NOT e.open @> $24::int[]) AS ok, e.ok AS entered, e.open, n.alive
  FROM warren.enter_open($1::bigint, $2::int[], $24::int[], $25::int) AS e
  CROSS JOIN (SELECT EXISTS (SELECT FROM warren.node n WHERE n.id = $25::int AND n.gone_at IS NULL) AS alive) n`,
    `ok, entered, open, alive, (SELECT count(*) FROM moved) AS moved, statement_timestamp() AS at,
       (SELECT array_agg(p.seq ORDER BY p.ord) FROM placed p WHERE NOT p.is_open) AS behind`,
  ),
};
