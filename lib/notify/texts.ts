import type { NoticeContent } from "@/lib/broker/notifications";

/** One line: how many failed, where, of what. */
export function headline(notice: NoticeContent): string {
  const { count, queue, errorType, reason, isTest } = notice;
  const failed = count === 1 ? "1 message failed" : `${count.toLocaleString("en-US")} messages failed`;
  return `${isTest ? "Test: " : ""}${failed} in ${oneLine(queue)}: ${oneLine(errorType ?? reason)}`;
}

/** What a webhook is sent. */
export function webhookBody(notice: NoticeContent): string {
  return JSON.stringify({
    type: "warren.failures",
    id: notice.id,
    test: notice.isTest,
    vhost: notice.vhost,
    queue: notice.queue,
    policy: notice.policy,
    reason: notice.reason,
    error_type: notice.errorType,
    error_message: notice.errorMessage,
    count: notice.count,
    first_at: notice.firstAt.toISOString(),
    last_at: notice.lastAt.toISOString(),
    message_ids: notice.messageIds,
  });
}

/** What Slack, and what is compatible with it, is sent (https://docs.slack.dev/messaging/formatting-message-text). */
export function slackBody(notice: NoticeContent): string {
  const title = escaped(headline(notice));
  const message = notice.errorMessage === null ? "" : `\n>${escaped(shortened(oneLine(notice.errorMessage), 1_000))}`;
  return JSON.stringify({
    text: title,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `*${title}*${message}` } },
      { type: "context", elements: [{ type: "mrkdwn", text: escaped(circumstances(notice).join(" · ")) }] },
    ],
  });
}

/** What an e-mail says. */
export function mailText(notice: NoticeContent): string {
  return [
    headline(notice),
    "",
    ...(notice.errorMessage === null ? [] : [shortened(notice.errorMessage, 2_000), ""]),
    ...circumstances(notice),
    ...(notice.messageIds.length === 0 ? [] : [`messages: ${notice.messageIds.join(", ")}`]),
    "",
    `Sent by Warren, since the error policy '${notice.policy}' says so.`,
  ].join("\n");
}

function circumstances({ vhost, reason, policy, firstAt, lastAt, count }: NoticeContent): string[] {
  const times = count === 1 ? firstAt.toISOString() : `${firstAt.toISOString()} to ${lastAt.toISOString()}`;
  return [`virtual host: ${vhost}`, `reason: ${reason}`, `policy: ${policy}`, times];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
