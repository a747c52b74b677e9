import type { Notice, NotificationTarget, SendResult } from "@/lib/broker/notifications";

export function notificationTargetJson(target: NotificationTarget) {
  const { smtp, last } = target;
  return {
    name: target.name,
    kind: target.kind,
    enabled: target.enabled,
    version: target.version,
    group_ms: target.groupMs,
    per_hour: target.perHour,
    url: target.url,
    has_secret: target.kind === "webhook" && target.hasSecret,
    smtp: smtp && { ...smtp, has_password: target.hasSecret },
    used_by: target.usedBy,
    last: last && { ...last, at: last.at.toISOString() },
  };
}
export type NotificationTargetJson = ReturnType<typeof notificationTargetJson>;

export function sendResultJson({ result, status, error, ms }: SendResult) {
  return { result, status, error, ms };
}

export function noticeJson(notice: Notice) {
  return {
    id: notice.id,
    target: notice.target,
    state: notice.state,
    count: notice.count,
    vhost: notice.vhost,
    queue: notice.queue,
    policy: notice.policy,
    reason: notice.reason,
    error_type: notice.errorType,
    error_message: notice.errorMessage,
    first_at: notice.firstAt.toISOString(),
    last_at: notice.lastAt.toISOString(),
    message_ids: notice.messageIds,
    attempts: notice.attempts.map(({ at, ...result }) => ({ at: at.toISOString(), ...sendResultJson(result) })),
    next_at: notice.nextAt?.toISOString() ?? null,
  };
}
export type NoticeJson = ReturnType<typeof noticeJson>;
