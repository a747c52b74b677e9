import type { EngineContext } from "@/lib/engine/context";
import { bury } from "@/lib/engine/dead-lettering/bury";
import type { Duty } from "@/lib/engine/duties/duty";
import { brokerHolder, brokerHoldMs } from "@/lib/engine/lease/hold";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import { type ExpiredHead, queuesWithExpiredHead, untilNextExpiry } from "@/lib/engine/sql/expiry";
import { type ClaimedRow, claimExpired, consumersHandoverMs, handoverMs, lockCursor } from "@/lib/engine/sql/lease";

const maxAtOnce = 500;

/** Dead-letters, or drops, expired messages that have come to the head of their queue. */
export const expiredMessages: Duty = {
  name: "expired messages",
  everyMs: 100,
  run: async (context) => {
    let more = false;
    for (const queue of await queuesWithExpiredHead(context.database.relaxed)) {
      // What died may have died again where it went.
      if ((await buryExpiredHead(context, queue)) > 0) more = true;
    }
    return more || (await untilNextExpiry(context.database.relaxed)) || false;
  },
  listen: (context, due) => context.expiries.listen(due),
};

/** Returns how many there were, at most `maxAtOnce`. */
async function buryExpiredHead(context: EngineContext, { queueId, consumed }: ExpiredHead): Promise<number> {
  const token = newLeaseToken();
  const hold = { visibilityTimeoutMs: brokerHoldMs, token, holder: brokerHolder };
  const claim = { queueId, max: maxAtOnce, ...hold, waitedMs: consumed ? consumersHandoverMs : handoverMs };
  const [, rows] = await context.database.relaxed.pipeline([[lockCursor, [queueId]], claimExpired(claim)]);
  const expired = (rows ?? []) as ClaimedRow[];
  await bury(
    context,
    expired.map(({ rank, seq }) => ({ queueId, rank, seq, token, reason: "expired" })),
  );
  return expired.length;
}
