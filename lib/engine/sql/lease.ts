import { int4Array, int8Array } from "@/lib/engine/sql/binary-arrays";
import { allowed, firstExpired, firstReady, isExpired } from "@/lib/engine/sql/lease-choice";
import { choiceByGroup } from "@/lib/engine/sql/lease-groups";
import type { Queryable, Statement } from "@/lib/engine/statement";

/** A message that was claimed, without its contents. */
export interface ClaimedRow {
  readonly rank: number;
  readonly seq: number;
  readonly message_id: number;
  /** It travels under other properties than its message's. */
  readonly has_envelope: boolean;
  readonly redelivered: boolean;
  readonly delivery_count: number;
  /** It may not be delivered any more; it is held until it is dead-lettered. */
  readonly expired: boolean;
  /** Held by the row of the claim, under `claimToken`; the others each by a row of their own, under the token given. */
  readonly claimed: boolean;
  readonly leased_until: Date;
  readonly bytes: number;
}

/** What is in a claimed message. */
export interface ContentsRow {
  readonly seq: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly body: Buffer;
}

/** How long, in ms, a message that may live for 0 ms lies in its queue for those who wait. */
export const handoverMs = 100;
/** The same where there are consumers: between two claims they wait as well, and a busy machine takes its time. */
export const consumersHandoverMs = 500;

export interface Claim {
  readonly queueId: number;
  readonly max: number;
  readonly visibilityTimeoutMs: number;
  /** Random; see `newLeaseToken`. */
  readonly token: number;
  readonly holder: string;
  /** The node whose end is to end the lease; nothing is claimed when it has been given up. Null for none. */
  readonly node: number | null;
  readonly autoAck: boolean;
  /** Since when, in ms before now, it has been waiting for a message; 0 without. */
  readonly waitedMs?: number;
  /** Only the first of each group is to be claimed; for consumers of queues with ordered groups. */
  readonly byGroup?: boolean;
  /** Each is held by a row of its own, since each is going to be settled in another way than by acknowledging. */
  readonly oneByOne?: boolean;
  /** The contents are not to be read along; `byGroup` always brings them, `oneByOne` never. */
  readonly withoutContents?: boolean;
  /** With `autoAck` and without contents: those of messages with a lower number are read along all the same. */
  readonly contentsBefore?: number;
  /** `none`: the broker takes them for itself. */
  readonly countAs: "get" | "deliver" | "none";
}

/**
 * Whoever takes ready messages out of a queue (to lease, purge, move or drop them) holds this lock while it does. A
 * statement of its own, so that the next one sees what the holder before has left. No row: the queue is gone.
 */
export const lockCursor: Statement = {
  name: "cursor_lock",
  text: `SELECT queue_id FROM warren.cursor WHERE queue_id = $1 AND rank = 0 ORDER BY seq DESC LIMIT 1 FOR UPDATE`,
};

/** The token of what the row of a claim holds, for the token of a lease, which is odd. */
export function claimToken(token: number): number {
  return token - 1;
}

/** Whether a message may be held by the row of a claim, by the token under which it was handed out. */
export function isClaimToken(token: number): boolean {
  return token % 2 === 0;
}

/**
 * Claims messages for a lease; `lockCursor` must come before it in the same transaction. The rows are `ClaimedRow`s, and
 * `ContentsRow`s at the same time, unless the claim is without.
 */
export function claimMessages(claim: Claim): readonly [Statement, readonly unknown[]] {
  const statement = statementOf(claim);
  return [
    statement,
    [
      claim.queueId,
      claim.max,
      claim.visibilityTimeoutMs,
      claim.token,
      claim.holder,
      claim.countAs,
      claim.node,
      claim.waitedMs ?? 0,
      ...(statement === claims.removeUnread ? [claim.contentsBefore ?? 0] : []),
    ],
  ];
}

function statementOf({ autoAck, byGroup, oneByOne, withoutContents }: Claim): Statement {
  if (byGroup) return autoAck ? claimsByGroup.remove : claimsByGroup.hold;
  if (autoAck) return withoutContents ? claims.removeUnread : claims.remove;
  if (oneByOne) return claims.holdEach;
  return withoutContents ? claims.holdUnread : claims.hold;
}

/** Reads what is in messages that the caller holds. Those that are gone are left out. */
export async function readContents(
  db: Queryable,
  queueId: number,
  rows: readonly ClaimedRow[],
): Promise<readonly ContentsRow[]> {
  return db.query<ContentsRow>({ name: "claim_contents", text: contentsOfClaimed, binaryColumns: contentsBytes }, [
    queueId,
    int8Array(rows.map((row) => row.seq)),
    int8Array(rows.map((row) => row.message_id)),
    int4Array(rows.map((row) => (row.has_envelope ? 1 : 0))),
  ]);
}

/**
 * Claims those at the head that have expired, and no others: an expired message behind one that hasn't stays where it
 * is (https://www.rabbitmq.com/docs/ttl#per-message-ttl-caveats). Arguments as in `claimMessages`.
 */
export function claimExpired(
  claim: Omit<Claim, "autoAck" | "countAs" | "node">,
): readonly [Statement, readonly unknown[]] {
  return [
    claimExpiredHead,
    [
      ...[claim.queueId, claim.max, claim.visibilityTimeoutMs, claim.token, claim.holder],
      ...["none", null, claim.waitedMs ?? 0],
    ],
  ];
}

const held = (which: string) => `
returned AS (
  UPDATE warren.deferred
  SET state = 'leased', lease_token = $4::bigint, leased_by = $5, lease_node = $7::int, leased_at = statement_timestamp(),
      leased_until = statement_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE ctid = ANY (ARRAY(SELECT t.deferred_place FROM taken t WHERE t.again ${which}))
),
held AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, lease_token, leased_by, lease_node, leased_at, leased_until,
                               group_key)
  SELECT $1, t.rank, t.seq, 'leased', $4::bigint, $5, $7::int, statement_timestamp(),
         statement_timestamp() + $3::float8 * interval '1 millisecond', t.group_key
  FROM taken t WHERE NOT t.again ${which}
)`;

const columns = (claimed: string) => `
SELECT t.rank, t.seq, t.message_id, t.has_envelope, t.redelivered, t.delivery_count, t.expired, ${claimed} AS claimed,
       t.bytes, statement_timestamp() + $3::float8 * interval '1 millisecond' AS leased_until`;

const unread = (claimed: string) => `${columns(claimed)} FROM taken t ORDER BY t.rank, t.seq`;

const messageOf = `
CROSS JOIN LATERAL (SELECT exchange, routing_key, properties, body FROM warren.message m
                    WHERE m.id = t.message_id LIMIT 1) m
LEFT JOIN LATERAL (SELECT exchange, routing_key, properties FROM warren.envelope v
                   WHERE t.has_envelope AND v.queue_id = $1 AND v.seq = t.seq LIMIT 1) v ON true`;
const contentColumns = `
       coalesce(v.exchange, m.exchange) AS exchange, coalesce(v.routing_key, m.routing_key) AS routing_key,
       coalesce(v.properties, m.properties) AS properties, m.body`;

const contents = (claimed: string) => `${columns(claimed)}, ${contentColumns}
FROM taken t ${messageOf}
ORDER BY t.rank, t.seq`;

// What only the envelope says is gone with it. Old messages are not left to be read later, when nothing holds them any more.
const lastContents = `${columns("false")}, c.exchange, c.routing_key, c.properties, c.body
FROM taken t
LEFT JOIN LATERAL (SELECT ${contentColumns} FROM (SELECT) AS once ${messageOf}
                   WHERE t.has_envelope OR t.message_id < $9::bigint) c ON true
ORDER BY t.rank, t.seq`;

const contentsOfClaimed = `
SELECT t.seq, ${contentColumns}
FROM (SELECT g.seq, g.message_id, g.enveloped = 1 AS has_envelope
      FROM unnest($2::bigint[], $3::bigint[], $4::int[]) AS g (seq, message_id, enveloped)) t ${messageOf}`;

// Properties and body, which come last.
const contentsBytes = [false, false, false, true, true];
const claimBytes = [...Array<boolean>(10).fill(false), false, false, true, true];

const countedAsHeld = `
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, get, deliver, redeliver)
  SELECT $1, -count(*), -sum(bytes), count(*), sum(bytes),
         count(*) FILTER (WHERE NOT expired AND $6 = 'get'), count(*) FILTER (WHERE NOT expired AND $6 = 'deliver'),
         count(*) FILTER (WHERE NOT expired AND redelivered AND $6 <> 'none')
  FROM taken HAVING count(*) > 0
)`;

const claims = {
  hold: { name: "claim_and_hold", text: holdingTogether(firstReady, contents), binaryColumns: claimBytes },
  holdUnread: { name: "claim_and_hold_unread", text: holdingTogether(firstReady, unread) },
  holdEach: { name: "claim_and_hold_each", text: holding(firstReady, unread) },
  remove: { name: "claim_and_delete", text: removing(firstReady, contents("false")), binaryColumns: claimBytes },
  removeUnread: {
    name: "claim_and_delete_unread",
    text: removing(firstReady, lastContents),
    binaryColumns: claimBytes,
  },
};
const claimsByGroup = {
  hold: {
    name: "claim_and_hold_group",
    text: holding(choiceByGroup(isExpired, allowed), contents),
    binaryColumns: claimBytes,
  },
  remove: {
    name: "claim_and_delete_group",
    text: removing(choiceByGroup(isExpired, allowed), contents("false")),
    binaryColumns: claimBytes,
  },
};
const claimExpiredHead: Statement = {
  name: "claim_expired",
  text: holding(firstExpired, unread),
};

function holding(choice: string, result: (claimed: string) => string): string {
  return `${choice}, ${held("")}, ${countedAsHeld}
${result("false")}`;
}

/** What was not handed out before is held by one row in each rank. */
function holdingTogether(choice: string, result: (claimed: string) => string): string {
  return `${choice}, ${held("AND (t.again OR t.expired)")},
claimed AS (
  INSERT INTO warren.claim (queue_id, rank, lo, hi, token, holder, node, leased_at, leased_until)
  SELECT $1, t.rank, min(t.seq), max(t.seq), $4::bigint - 1, $5, $7::int, statement_timestamp(),
         statement_timestamp() + $3::float8 * interval '1 millisecond'
  FROM taken t WHERE NOT t.again AND NOT t.expired GROUP BY t.rank
), ${countedAsHeld}
${result("NOT t.again AND NOT t.expired")}`;
}

function removing(choice: string, result: string): string {
  return `${choice}, ${held("AND t.expired")},
entries AS (
  DELETE FROM warren.entry WHERE ctid = ANY (ARRAY(SELECT place FROM taken WHERE NOT expired))
),
waited AS (
  DELETE FROM warren.deferred
  WHERE ctid = ANY (ARRAY(SELECT deferred_place FROM taken WHERE NOT expired AND again))
),
envelopes AS (
  DELETE FROM warren.envelope
  WHERE queue_id = $1 AND seq = ANY (ARRAY(SELECT seq FROM taken WHERE NOT expired AND has_envelope))
),
deaths AS (
  DELETE FROM warren.dead_letter
  WHERE queue_id = $1 AND seq = ANY (ARRAY(SELECT seq FROM taken WHERE NOT expired AND dead))
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, dead, get_no_ack,
                                  deliver_no_ack, redeliver)
  SELECT $1, -count(*), -sum(bytes), count(*) FILTER (WHERE expired), coalesce(sum(bytes) FILTER (WHERE expired), 0),
         -count(*) FILTER (WHERE NOT expired AND dead),
         count(*) FILTER (WHERE NOT expired AND $6 = 'get'), count(*) FILTER (WHERE NOT expired AND $6 = 'deliver'),
         count(*) FILTER (WHERE NOT expired AND redelivered AND $6 <> 'none')
  FROM taken HAVING count(*) > 0
)
${result}`;
}
