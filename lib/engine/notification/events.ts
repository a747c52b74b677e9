import type { Plan } from "@/lib/engine/dead-lettering/plan";
import { type NewNoticeEvent, noticeEventInsert } from "@/lib/engine/sql/notification";
import { storable } from "@/lib/engine/sql/storable";
import type { Queryable } from "@/lib/engine/statement";

/** So many messages are named in a notice. */
const mostIds = 10;

/** Queues what is to be told of failures, in the transaction in which they are decided: alike ones in one row. */
export async function queueNotices(tx: Queryable, plans: readonly Plan[]): Promise<void> {
  const events = new Map<string, NewNoticeEvent & { count: number; messageIds: number[] }>();
  for (const { judged, queue, message } of plans) {
    for (const { policy, target } of judged.verdict.notices) {
      const errorType = storable(judged.error.type ?? "");
      const key = JSON.stringify([target, queue.id, policy.id, judged.reason, errorType]);
      const event = events.get(key) ?? {
        ...{ target, vhost: queue.vhost, queue: queue.name, policy: policy.name, reason: judged.reason, errorType },
        ...{ errorMessage: storable(judged.error.message ?? ""), count: 0, messageIds: [] },
      };
      events.set(key, event);
      event.count++;
      if (event.messageIds.length < mostIds) event.messageIds.push(message.message_id);
    }
  }
  await noticeEventInsert(tx, [...events.values()]);
}
