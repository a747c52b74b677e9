import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { traceCopies } from "@/lib/engine/history/record";
import { cameBack } from "@/lib/engine/lease/came-back";
import { returnExpiredLeases } from "@/lib/engine/lease/expired-leases";
import { returnUnheld } from "@/lib/engine/sql/claim-break";
import { promoteDelayed, queuesWithDue, releaseDelayed } from "@/lib/engine/sql/delayed";
import { enterQueues } from "@/lib/engine/sql/shards";

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
    const promoted = await promoteDue(context);
    const released = await releaseDelayed(context.database.relaxed, maxAtOnce);
    await cameBack(
      context,
      released.map((row) => row.queue_id),
    );
    return promoted === maxAtOnce || released.length === maxAtOnce;
  },
};

/** Makes messages ready that a crash of the database has left without a holder. */
export async function findUnheld(context: EngineContext): Promise<void> {
  const returned = await returnUnheld(context.database.relaxed);
  await cameBack(
    context,
    returned.map((row) => row.queue_id),
  );
}

/** Returns how many, at most `maxAtOnce`. */
async function promoteDue(context: EngineContext): Promise<number> {
  const { durable } = context.database;
  const queueIds = await queuesWithDue(durable, maxAtOnce);
  if (queueIds.length === 0) return 0;
  const promoted = await durable.transaction(async (tx) => {
    // Nothing is routed here, so the topology may have moved on.
    await enterQueues(tx, 0, queueIds);
    const ready = await promoteDelayed(tx, queueIds, maxAtOnce);
    const copies = ready.map((row) => ({ messageId: row.message_id, placements: [{ queueId: row.queue_id }] }));
    const seqs = ready.map((row) => row.number);
    await traceCopies(tx, copies, seqs, { kind: "delayed_ready", by: null });
    return ready;
  });
  const { queuesById } = await context.topology.fresh();
  const ids = [...new Set(promoted.map((row) => row.queue_id))];
  await context.queuesGrew(ids.flatMap((id) => queuesById.get(id) ?? []));
  return promoted.length;
}
