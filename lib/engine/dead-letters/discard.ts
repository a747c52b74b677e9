import type { Actor } from "@/lib/broker/actor";
import type { BulkResult, Selection } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { mustBeFew } from "@/lib/engine/dead-letters/few";
import { selectedDeadLetters } from "@/lib/engine/dead-letters/selected";
import { partTaken, skipAll } from "@/lib/engine/move/left";
import { Tally } from "@/lib/engine/move/tally";
import type { Ledger } from "@/lib/engine/move/transfer";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { entryTakeToTrash, preferKeys } from "@/lib/engine/sql/entry-take";
import { trashBatchCreate, trashBatchDropEmpty } from "@/lib/engine/sql/trash";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";
import type { ReadMessage } from "@/lib/engine/views/page";

/** Puts dead letters into one batch of the trash. `not-found` for the vhost. */
export async function discardDeadLetters(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  selection: Selection,
): Promise<BulkResult & { trash: string | null }> {
  const { main } = context.database;
  const { vhost: record } = (await context.topology.fresh()).vhost(vhost);
  await mustBeFew(context, vhost, selection);
  const tally = new Tally();
  const batch = await trashBatchCreate(main, {
    vhostId: record.id,
    action: "discard",
    queueName: onlyQueueOf(selection),
    by: actor.user,
    keepMs: TRASH_KEPT_MS,
  });
  try {
    for await (const letters of selectedDeadLetters(context, vhost, selection, tally)) {
      await discardTogether(context, letters, batch, tally);
    }
  } finally {
    await trashBatchDropEmpty(main, batch);
  }
  const result = tally.result();
  return { ...result, trash: result.done > 0 ? batch : null };
}

/**
 * Puts these into the batch, in one transaction with what the ledger writes down.
 * @returns false when the ledger wanted nothing done
 */
export async function discardTogether(
  context: EngineContext,
  letters: readonly ReadMessage[],
  batch: string,
  tally: Tally,
  ledger?: Ledger,
): Promise<boolean> {
  if (letters.length === 0 && !ledger) return true;
  const keys = letters.map(({ row }) => row);
  const queueIds = keys.map((key) => key.queue_id);
  const outcome = await context.database.main.transaction(async (tx) => {
    if (ledger && !(await ledger.open(tx))) return null;
    const [, , taken] = await Promise.all([preferKeys(tx), claimLock(tx, queueIds), entryTakeToTrash(tx, keys, batch)]);
    const parted = await partTaken(
      tx,
      letters.map((item) => ({ item })),
      taken,
    );
    await ledger?.write(
      tx,
      parted.done.map(({ item }) => ({ item, places: [] })),
      parted.staying,
    );
    return parted;
  });
  if (!outcome) return false;
  tally.done(outcome.done.length);
  skipAll(tally, outcome.staying);
  return true;
}

/** The name that the batch bears in the trash; null when it may hold messages of several queues. */
function onlyQueueOf(selection: Selection): string | null {
  if (selection.kind === "all") return selection.queue ?? null;
  const names = new Set(selection.refs.map((ref) => ref.queue));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}
