import type { DeadLetterGroup, GroupBucket } from "@/lib/broker/dead-letter-groups";

/** Dead letters of one cause. */
export function groupJson(group: DeadLetterGroup) {
  return {
    id: group.id,
    vhost: group.vhost,
    queue: group.queue,
    reason: group.reason,
    error_type: group.errorType,
    pattern: group.pattern,
    example: group.example,
    count: group.count,
    total: group.total,
    queues: group.queues,
    first_seen: group.firstSeenAt.toISOString(),
    last_seen: group.lastSeenAt.toISOString(),
    recent: group.recent,
    trend: group.trend,
    status: group.status,
    note: group.note,
    assignee: group.assignee,
    version: group.version,
    changed_by: group.changedBy,
    changed_at: group.changedAt?.toISOString() ?? null,
    reopened_at: group.reopenedAt?.toISOString() ?? null,
  };
}
export type GroupJson = ReturnType<typeof groupJson>;

/** The same with when its letters died. */
export function groupDetailJson(group: DeadLetterGroup & { readonly buckets: readonly GroupBucket[] }) {
  return {
    ...groupJson(group),
    trend_fine: group.buckets.map(({ at, count }) => ({ at: at.toISOString(), count })),
  };
}
export type GroupDetailJson = ReturnType<typeof groupDetailJson>;
