import type { EngineContext } from "@/lib/engine/context";
import { contentOf } from "@/lib/engine/notification/notices";
import { destinationOf } from "@/lib/engine/notification/targets";
import {
  type NoticeRow,
  noticeExpire,
  noticeFold,
  noticeRecord,
  noticeTake,
  targetGet,
} from "@/lib/engine/sql/notification";

/** When notices are tried again, in ms. */
export interface NoticeRules {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** After so many attempts one is given up. */
  readonly mostTries: number;
}

/** Given up after about two hours. */
export const noticeRules: NoticeRules = { firstPauseMs: 10_000, longestPauseMs: 15 * 60_000, mostTries: 15 };

const foldAtOnce = 5_000;
const sendAtOnce = 10;
/** Longer than any sender takes. A node that dies in between leaves its notices to the next after so long. */
const takenMs = 120_000;
const keptDays = 7;

/** Gathers what was queued, and sends what is due. Returns whether there is more to do at once. */
export async function deliverNotices(context: EngineContext, rules = noticeRules): Promise<boolean> {
  const { relaxed, main } = context.database;
  const folded = await noticeFold(relaxed, foldAtOnce);
  const due = await noticeTake(main, sendAtOnce, takenMs);
  await Promise.all(due.map((notice) => deliver(context, notice, rules)));
  return folded === foldAtOnce || due.length === sendAtOnce;
}

/** Forgets notices that ended long ago. */
export async function expireNotices(context: EngineContext): Promise<void> {
  await noticeExpire(context.database.main, keptDays);
}

async function deliver(context: EngineContext, notice: NoticeRow, rules: NoticeRules): Promise<void> {
  const target = await targetGet(context.database.main, notice.target);
  // Its notices went with it.
  if (!target) return;
  const result = await context.notifier.send(destinationOf(target), contentOf(notice));
  const pause = Math.min(rules.firstPauseMs * 2 ** (notice.tries - 1), rules.longestPauseMs);
  await noticeRecord(context.database.main, notice.id, result, notice.tries < rules.mostTries ? pause : null);
}
