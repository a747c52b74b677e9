import type { Duty } from "@/lib/engine/duties/duty";
import { cameBack } from "@/lib/engine/lease/came-back";
import { returnExpiredLeases } from "@/lib/engine/lease/expired-leases";
import { releaseDelayed } from "@/lib/engine/sql/expired-lease";

const maxAtOnce = 1000;

/** Gives back messages whose lease has run out. */
export const expiredLeases: Duty = {
  name: "expired leases",
  everyMs: 250,
  run: async (context) => (await returnExpiredLeases(context)) >= maxAtOnce,
};

/** Makes delayed messages ready when their time has come. */
export const delayedMessages: Duty = {
  name: "delayed messages",
  everyMs: 100,
  run: async (context) => {
    const released = await releaseDelayed(context.database.relaxed, maxAtOnce);
    await cameBack(
      context,
      released.map((row) => row.queue_id),
    );
    return released.length === maxAtOnce;
  },
};
