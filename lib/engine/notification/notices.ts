import { randomUUID } from "node:crypto";
import { BrokerError } from "@/lib/broker/errors";
import type { FailureReason } from "@/lib/broker/failures";
import type { Page } from "@/lib/broker/message";
import type { Notice, NoticeContent, NoticeQuery, SendResult } from "@/lib/broker/notifications";
import type { EngineContext } from "@/lib/engine/context";
import { destinationOf, noTarget } from "@/lib/engine/notification/targets";
import { type NoticeRow, noticeGet, noticeList, noticeRetry, targetGet } from "@/lib/engine/sql/notification";

/** Sends a notice that says that it is a test. Throws `not-found`. */
export async function testTarget(context: EngineContext, name: string): Promise<SendResult> {
  const row = await targetGet(context.database.main, name);
  if (!row) throw noTarget(name);
  const now = new Date();
  return context.notifier.send(destinationOf(row), {
    id: randomUUID(),
    vhost: "/",
    queue: "example",
    policy: "test",
    reason: "rejected",
    errorType: "TestNotice",
    errorMessage: "This is a test. Nothing has failed.",
    count: 1,
    firstAt: now,
    lastAt: now,
    messageIds: [],
    isTest: true,
  });
}

/** Throws `bad-request` for a cursor of another list. */
export async function listNotices(context: EngineContext, query: NoticeQuery): Promise<Page<Notice>> {
  const rows = await noticeList(context.database.main, {
    target: query.target ?? null,
    state: query.state ?? null,
    after: cursorOf(query.cursor),
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? `${last.position}|${last.id}` : null;
  return { items: page.map(noticeOf), next };
}

/** Throws `not-found`, and `conflict` for one that was sent. */
export async function retryNotice(context: EngineContext, id: string): Promise<Notice> {
  const { main } = context.database;
  const row = await noticeRetry(main, id);
  if (row) return noticeOf(row);
  if (await noticeGet(main, id)) throw new BrokerError("conflict", "This notice was sent.", { id });
  throw new BrokerError("not-found", "There is no such notice.", { id });
}

/** What is sent of a notice. */
export function contentOf(row: NoticeRow): NoticeContent {
  return {
    id: row.id,
    vhost: row.vhost,
    queue: row.queue,
    policy: row.policy,
    reason: row.reason as FailureReason,
    errorType: row.error_type || null,
    errorMessage: row.error_message || null,
    count: row.count,
    firstAt: row.first_at,
    lastAt: row.last_at,
    messageIds: row.message_ids,
    isTest: false,
  };
}

function noticeOf(row: NoticeRow): Notice {
  const attempts = row.attempts.map(({ at, ...result }) => ({ ...result, at: new Date(at) }));
  return { ...contentOf(row), target: row.target, state: row.state, attempts, nextAt: row.next_at };
}

function cursorOf(cursor: string | undefined): { at: string; id: string } | null {
  if (cursor === undefined) return null;
  const [, at = "", id = ""] = /^([\d :.+-]{19,40})\|([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (id === "" || Number.isNaN(Date.parse(at))) {
    throw new BrokerError("bad-request", "This cursor is not one of this list. Begin again without a cursor.");
  }
  return { at, id };
}
