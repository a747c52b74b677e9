import type { GroupChange, GroupOrder, GroupStatus } from "@/lib/broker/dead-letter-groups";
import type { DeathReason } from "@/lib/broker/message";
import type { Queryable } from "@/lib/engine/statement";

export interface GroupRow {
  id: string;
  vhost_id: number;
  origin_queue: string;
  reason: DeathReason;
  error_type: string | null;
  pattern: string;
  example: string | null;
  count: number;
  total: number;
  first_seen_at: Date;
  last_seen_at: Date;
  recent: number;
  status: GroupStatus;
  note: string;
  assignee: string | null;
  version: number;
  changed_by: string | null;
  changed_at: Date | null;
  reopened_at: Date | null;
  /** What the page is sorted by, as text that reads back exactly. */
  sort_key: string;
  /** How many groups match in all. */
  matching: number;
}

export interface GroupScope {
  readonly vhostIds: readonly number[];
  readonly originQueue: string | null;
  readonly reason: string | null;
  readonly errorType: string | null;
  readonly statuses: readonly GroupStatus[] | null;
  readonly assignee: string | null;
  readonly text: string | null;
  readonly empty: boolean;
  /** Only this one. */
  readonly id: string | null;
}

/** Makes groups that are not there, and keeps those that are from being forgotten for another day. */
export async function groupEnsure(
  db: Queryable,
  groups: readonly {
    readonly groupId: string;
    readonly vhostId: number;
    readonly originQueue: string;
    readonly reason: string;
    readonly errorType: string | null;
    readonly pattern: string;
    readonly errorMessage: string | null;
  }[],
): Promise<void> {
  // In one order, so that two nodes that meet the same new groups don't wait for each other in a circle.
  const sorted = [...groups].sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
  await db.query({ name: "dead_group_ensure", text: ensure }, [
    sorted.map((group) => group.groupId),
    sorted.map((group) => group.vhostId),
    sorted.map((group) => group.originQueue),
    sorted.map((group) => group.reason),
    sorted.map((group) => group.errorType),
    sorted.map((group) => group.pattern),
    sorted.map((group) => group.errorMessage),
  ]);
}

/** A page of groups, sorted, after the given key; with the sums of one snapshot. */
export async function groupList(
  db: Queryable,
  scope: GroupScope,
  page: {
    readonly sort: GroupOrder;
    readonly direction: "asc" | "desc";
    readonly after: { readonly key: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<GroupRow[]> {
  return db.query<GroupRow>({ text: listText(page.sort, page.direction) }, [
    scope.vhostIds,
    scope.originQueue,
    scope.reason,
    scope.errorType,
    scope.statuses,
    scope.assignee,
    scope.text,
    scope.empty,
    scope.id,
    page.after?.key ?? null,
    page.after?.id ?? null,
    page.limit,
  ]);
}

/** How many letters of the groups lie in each queue. */
export async function groupQueues(
  db: Queryable,
  ids: readonly string[],
): Promise<{ group_id: string; queue: string; n: number }[]> {
  return db.query({ name: "dead_group_queues", text: queues }, [ids]);
}

/** Deaths of the groups since a moment, in buckets of ten minutes. @param hours how far back */
export async function groupBuckets(
  db: Queryable,
  ids: readonly string[],
  hours: number,
): Promise<{ group_id: string; at: Date; n: number }[]> {
  return db.query({ name: "dead_group_buckets", text: buckets }, [ids, hours]);
}

/** Changes what people say of a group, if it is still of that version; says whether it was. */
export async function groupChange(db: Queryable, id: string, change: GroupChange, by: string): Promise<boolean> {
  const rows = await db.query<{ id: string }>({ name: "dead_group_change", text: changeText }, [
    id,
    change.version,
    change.note ?? null,
    change.assignee ?? null,
    change.assignee !== undefined,
    change.status ?? null,
    by,
  ]);
  return rows.length > 0;
}

/** Only one node folds groups at a time: whoever holds this lock till the end of its transaction. */
const GROUP_FOLD_LOCK = 7_030_050;

/** Takes the lock if nobody has it; false means that somebody else is folding just now. */
export async function groupFoldTryLock(tx: Queryable): Promise<boolean> {
  const [row] = await tx.query<{ held: boolean }>(
    { name: "dead_group_fold_lock", text: "SELECT pg_try_advisory_xact_lock($1) AS held" },
    [GROUP_FOLD_LOCK],
  );
  return row?.held ?? false;
}

/** Adds the deltas to the counters and removes them, in one statement, and reopens what was resolved and happens again. */
export async function groupFold(db: Queryable): Promise<void> {
  await db.query({ name: "dead_group_fold", text: fold });
}

export interface UngroupedRow {
  vhost_id: number;
  queue_id: number;
  seq: number;
  reason: DeathReason;
  origin_queue: string;
  error_type: string | null;
  error_message: string | null;
}

/** Letters from before groups were kept. */
export async function ungroupedLetters(db: Queryable, limit: number): Promise<UngroupedRow[]> {
  return db.query<UngroupedRow>({
    name: "dead_group_ungrouped",
    text: `SELECT vhost_id, queue_id, seq, reason, origin_queue, error_type, error_message
           FROM warren.dead_letter WHERE group_id IS NULL ORDER BY queue_id, seq LIMIT ${Math.trunc(limit)}`,
  });
}

/** Writes their groups, unless somebody else did, or they are gone. */
export async function groupLetters(
  db: Queryable,
  letters: readonly { readonly queue_id: number; readonly seq: number; readonly groupId: string }[],
): Promise<void> {
  await db.query({ name: "dead_group_letters", text: assign }, [
    letters.map((letter) => letter.queue_id),
    letters.map((letter) => letter.seq),
    letters.map((letter) => letter.groupId),
  ]);
}

/**
 * Forgets groups that nobody has written anything about, of which nothing lies anywhere, and that were last seen so
 * long ago; those of deleted vhosts; and buckets that no chart shows.
 */
export async function groupExpire(db: Queryable, days: number): Promise<void> {
  await db.query({ name: "dead_group_bucket_expire", text: expireBuckets });
  await db.query({ name: "dead_group_counter_expire", text: expireCounters });
  await db.query({ name: "dead_group_expire", text: expire }, [days]);
}

const ensure = `
INSERT INTO warren.dead_group AS g (id, vhost_id, origin_queue, reason, error_type, pattern, example)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT (id) DO UPDATE SET ensured_at = now(), example = coalesce(excluded.example, g.example)
WHERE g.ensured_at < now() - interval '10 minutes'`;

/** The sums are taken over all groups once: they are as many as there are causes, not letters. */
function listText(sort: GroupOrder, direction: "asc" | "desc"): string {
  const [key, type] = {
    count: ["count", "bigint"],
    last_seen: ["last_seen_at", "timestamptz"],
    first_seen: ["first_seen_at", "timestamptz"],
    recent: ["recent", "bigint"],
  }[sort] as [string, string];
  const beyond = direction === "asc" ? ">" : "<";
  return `
WITH lying AS MATERIALIZED (
  SELECT s.group_id, sum(s.n)::bigint AS n FROM (
    SELECT group_id, queue_id, n FROM warren.dead_group_counter UNION ALL
    SELECT group_id, queue_id, n FROM warren.dead_group_delta
  ) s WHERE EXISTS (SELECT FROM warren.queue q WHERE q.id = s.queue_id) GROUP BY s.group_id
), fresh AS MATERIALIZED (
  SELECT group_id, sum(died)::bigint AS died, min(at) AS first_at, max(at) AS last_at
  FROM warren.dead_group_delta WHERE died > 0 GROUP BY group_id
), lately AS MATERIALIZED (
  SELECT s.group_id, sum(s.n)::bigint AS n FROM (
    SELECT group_id, n FROM warren.dead_group_bucket WHERE at > now() - interval '1 hour' UNION ALL
    SELECT group_id, died FROM warren.dead_group_delta WHERE died > 0 AND at > now() - interval '1 hour'
  ) s GROUP BY s.group_id
), groups AS (
  SELECT g.id, g.vhost_id, g.origin_queue, g.reason, g.error_type, g.pattern, g.example, g.status, g.note, g.assignee,
    g.version, g.changed_by, g.changed_at, g.reopened_at,
    coalesce(lying.n, 0) AS count, g.total + coalesce(fresh.died, 0) AS total,
    CASE WHEN g.total = 0 THEN coalesce(fresh.first_at, g.first_seen_at)
      ELSE least(g.first_seen_at, fresh.first_at) END AS first_seen_at,
    CASE WHEN g.total = 0 THEN coalesce(fresh.last_at, g.last_seen_at)
      ELSE greatest(g.last_seen_at, fresh.last_at) END AS last_seen_at,
    coalesce(lately.n, 0) AS recent
  FROM warren.dead_group g
  LEFT JOIN lying ON lying.group_id = g.id
  LEFT JOIN fresh ON fresh.group_id = g.id
  LEFT JOIN lately ON lately.group_id = g.id
  WHERE g.vhost_id = ANY ($1::int[])
    AND ($2::text IS NULL OR g.origin_queue = $2) AND ($3::text IS NULL OR g.reason = $3)
    AND ($4::text IS NULL OR g.error_type = $4) AND ($5::text[] IS NULL OR g.status = ANY ($5))
    AND ($6::text IS NULL OR g.assignee = $6) AND ($9::uuid IS NULL OR g.id = $9)
    AND ($7::text IS NULL OR position(lower($7) IN
      lower(concat_ws(' ', g.error_type, g.pattern, g.example, g.note))) > 0)
    AND ($8::boolean OR coalesce(lying.n, 0) > 0) AND g.total + coalesce(fresh.died, 0) > 0
)
SELECT groups.*, ${key}::text AS sort_key, (SELECT count(*) FROM groups)::integer AS matching
FROM groups
WHERE $10::text IS NULL OR (${key}, id) ${beyond} ($10::${type}, $11::uuid)
ORDER BY ${key} ${direction}, id ${direction} LIMIT $12`;
}

const queues = `
SELECT s.group_id, q.name AS queue, sum(s.n)::float8 AS n FROM (
  SELECT group_id, queue_id, n FROM warren.dead_group_counter WHERE group_id = ANY ($1::uuid[]) UNION ALL
  SELECT group_id, queue_id, n FROM warren.dead_group_delta WHERE group_id = ANY ($1::uuid[])
) s JOIN warren.queue q ON q.id = s.queue_id
GROUP BY s.group_id, q.name HAVING sum(s.n) > 0 ORDER BY n DESC, q.name`;

const buckets = `
SELECT s.group_id, s.at, sum(s.n)::float8 AS n FROM (
  SELECT group_id, at, n FROM warren.dead_group_bucket
  WHERE group_id = ANY ($1::uuid[]) AND at > now() - $2::integer * interval '1 hour'
  UNION ALL
  SELECT group_id, to_timestamp(floor(extract(epoch FROM at) / 600) * 600), died FROM warren.dead_group_delta
  WHERE group_id = ANY ($1::uuid[]) AND died > 0 AND at > now() - $2::integer * interval '1 hour'
) s GROUP BY s.group_id, s.at ORDER BY s.at`;

const changeText = `
WITH changed AS (
  UPDATE warren.dead_group SET version = version + 1, changed_by = $7, changed_at = now(),
    note = coalesce($3, note), assignee = CASE WHEN $5 THEN $4 ELSE assignee END, status = coalesce($6, status)
  WHERE id = $1::uuid AND version = $2 RETURNING id, vhost_id
)
SELECT c.id, warren.event_append('dead-letter-group', 'changed', v.name, c.id::text)
FROM changed c JOIN warren.vhost v ON v.id = c.vhost_id`;

const fold = `
WITH gone AS (
  DELETE FROM warren.dead_group_delta RETURNING *
), counted AS (
  INSERT INTO warren.dead_group_counter AS c (group_id, queue_id, n)
  SELECT group_id, queue_id, sum(n) FROM gone GROUP BY group_id, queue_id HAVING sum(n) <> 0 ORDER BY group_id, queue_id
  ON CONFLICT (group_id, queue_id) DO UPDATE SET n = c.n + excluded.n
), buckets AS (
  INSERT INTO warren.dead_group_bucket AS b (group_id, at, n)
  SELECT group_id, to_timestamp(floor(extract(epoch FROM at) / 600) * 600), sum(died) FROM gone WHERE died > 0
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (group_id, at) DO UPDATE SET n = b.n + excluded.n
), deaths AS (
  SELECT group_id, sum(died) AS died, min(at) AS first_at, max(at) AS last_at
  FROM gone WHERE died > 0 GROUP BY group_id
)
UPDATE warren.dead_group g SET
  total = g.total + d.died,
  first_seen_at = CASE WHEN g.total = 0 THEN d.first_at ELSE least(g.first_seen_at, d.first_at) END,
  last_seen_at = CASE WHEN g.total = 0 THEN d.last_at ELSE greatest(g.last_seen_at, d.last_at) END,
  status = CASE WHEN r.again THEN 'open' ELSE g.status END,
  version = g.version + CASE WHEN r.again THEN 1 ELSE 0 END,
  reopened_at = CASE WHEN r.again THEN d.last_at ELSE g.reopened_at END
FROM deaths d CROSS JOIN LATERAL (
  SELECT k.status = 'resolved' AND d.last_at > k.changed_at AS again FROM warren.dead_group k WHERE k.id = d.group_id
) r
WHERE g.id = d.group_id`;

const assign = `
UPDATE warren.dead_letter l SET group_id = g.group_id
FROM unnest($1::int[], $2::bigint[], $3::uuid[]) AS g (queue_id, seq, group_id)
WHERE l.queue_id = g.queue_id AND l.seq = g.seq AND l.group_id IS NULL`;

const expireBuckets = "DELETE FROM warren.dead_group_bucket WHERE at < now() - interval '8 days'";

/** Counters of a deleted queue go when its letters are gone. */
const expireCounters = `
DELETE FROM warren.dead_group_counter c WHERE c.n = 0
  AND NOT EXISTS (SELECT FROM warren.queue q WHERE q.id = c.queue_id)`;

const expire = `
DELETE FROM warren.dead_group g
WHERE g.ensured_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM warren.dead_letter l WHERE l.group_id = g.id)
  AND NOT EXISTS (SELECT FROM warren.dead_group_delta d WHERE d.group_id = g.id)
  AND (NOT EXISTS (SELECT FROM warren.vhost v WHERE v.id = g.vhost_id)
    OR (g.last_seen_at < now() - $1::integer * interval '1 day' AND g.note = '' AND g.assignee IS NULL))`;
