import type { Actor } from "@/lib/broker/actor";
import type {
  DeadLetterGroup,
  DeadLetterGroups,
  GroupBucket,
  GroupChange,
  GroupQuery,
} from "@/lib/broker/dead-letter-groups";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { decodeGroupCursor, encodeGroupCursor } from "@/lib/engine/dead-letters/group-cursor";
import {
  type GroupRow,
  type GroupScope,
  groupBuckets,
  groupChange,
  groupList,
  groupQueues,
} from "@/lib/engine/sql/dead-group";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const HOUR_MS = 3_600_000;
const TREND_HOURS = 24;

/** Groups of dead letters by cause, as the contract has them. */
export function deadLetterGroups(context: EngineContext): DeadLetterGroups {
  return {
    list: (_actor, query) => listGroups(context, query),
    get: (_actor, id) => getGroup(context, id),
    change: (actor, id, change) => changeGroup(context, actor, id, change),
  };
}

async function listGroups(context: EngineContext, query: GroupQuery) {
  if (query.vhost === undefined && query.queue !== undefined) {
    throw new BrokerError("bad-request", "A queue is named within a vhost: give the vhost too.");
  }
  const topology = await context.topology.fresh();
  const { sort, direction, limit } = query;
  const after = decodeGroupCursor(query, query.cursor);
  const rows = await groupList(context.database.main, scopeOf(topology, query), {
    ...{ sort, direction, after },
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: (await withTrends(context, topology, page)).map(({ group }) => group),
    next: rows.length > limit && last ? encodeGroupCursor(query, { key: last.sort_key, id: last.id }) : null,
    total: rows[0]?.matching ?? 0,
  };
}

async function getGroup(context: EngineContext, id: string) {
  const topology = await context.topology.fresh();
  const rows = await groupList(context.database.main, scopeOf(topology, { empty: true }, id), {
    ...{ sort: "last_seen", direction: "desc", after: null, limit: 1 },
  });
  const [found] = await withTrends(context, topology, rows);
  if (!found) throw notFound("group", id);
  return { ...found.group, buckets: found.buckets };
}

async function changeGroup(
  context: EngineContext,
  actor: Actor,
  id: string,
  change: GroupChange,
): Promise<DeadLetterGroup> {
  const changed = await groupChange(context.database.main, id, change, actor.user);
  const { buckets, ...group } = await getGroup(context, id);
  if (changed) return group;
  const who =
    group.reopenedAt !== null && (group.changedAt === null || group.reopenedAt > group.changedAt)
      ? "It happened again, and the group was reopened"
      : `${group.changedBy ?? "Somebody"} changed this group`;
  throw new BrokerError(
    "conflict",
    `${who} since you looked: it is ${group.status} now. Nothing of yours was changed; look again, then decide.`,
    { group },
  );
}

function scopeOf(
  topology: TopologySnapshot,
  query: Omit<GroupQuery, "sort" | "direction" | "limit" | "cursor">,
  id?: string,
): GroupScope {
  const vhosts = query.vhost === undefined ? [...topology.vhosts.values()] : [topology.vhost(query.vhost)];
  return {
    vhostIds: vhosts.map(({ vhost }) => vhost.id),
    originQueue: query.queue ?? null,
    reason: query.reason ?? null,
    errorType: query.errorType ?? null,
    statuses: query.statuses && query.statuses.length > 0 ? query.statuses : null,
    assignee: query.assignee ?? null,
    text: query.text === undefined || query.text === "" ? null : query.text,
    empty: query.empty ?? false,
    id: id ?? null,
  };
}

/** The rows as the contract shows them, with where their letters lie and when they died. */
async function withTrends(context: EngineContext, topology: TopologySnapshot, rows: readonly GroupRow[]) {
  if (rows.length === 0) return [];
  const { main } = context.database;
  const ids = rows.map((row) => row.id);
  const [places, buckets] = await Promise.all([groupQueues(main, ids), groupBuckets(main, ids, TREND_HOURS)]);
  const vhosts = new Map([...topology.vhosts.values()].map(({ vhost }) => [vhost.id, vhost.name]));
  return rows.map((row) => {
    const own: GroupBucket[] = buckets
      .filter((bucket) => bucket.group_id === row.id)
      .map(({ at, n }) => ({ at, count: n }));
    const queues = places.filter((place) => place.group_id === row.id).map(({ queue, n }) => ({ queue, count: n }));
    return { group: groupOf(row, vhosts.get(row.vhost_id) ?? "", queues, own), buckets: own };
  });
}

function groupOf(
  row: GroupRow,
  vhost: string,
  queues: DeadLetterGroup["queues"],
  buckets: readonly GroupBucket[],
): DeadLetterGroup {
  return {
    id: row.id,
    vhost,
    queue: row.origin_queue,
    reason: row.reason,
    errorType: row.error_type,
    pattern: row.pattern,
    example: row.example,
    count: Number(row.count),
    queues,
    total: Number(row.total),
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    recent: Number(row.recent),
    trend: hourly(buckets),
    status: row.status,
    note: row.note,
    assignee: row.assignee,
    version: row.version,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    reopenedAt: row.reopened_at,
  };
}

/** Hours as the clock has them, so that a bar stays the same until its hour is over. */
function hourly(buckets: readonly GroupBucket[]): number[] {
  const current = Math.floor(Date.now() / HOUR_MS);
  const trend = Array.from({ length: TREND_HOURS }, () => 0);
  for (const { at, count } of buckets) {
    const index = TREND_HOURS - 1 - (current - Math.floor(at.getTime() / HOUR_MS));
    if (index >= 0 && index < TREND_HOURS) trend[index] = (trend[index] ?? 0) + count;
  }
  return trend;
}
