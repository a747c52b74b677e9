import type { JobWork } from "@/lib/broker/jobs";
import type { EngineContext } from "@/lib/engine/context";
import { discardTogether } from "@/lib/engine/dead-letters/discard";
import { type LedgerOptions, ledgerOf } from "@/lib/engine/jobs/ledger";
import { throughExchange, toOrigin } from "@/lib/engine/move/destination";
import { Tally, why } from "@/lib/engine/move/tally";
import { type Destined, transfer } from "@/lib/engine/move/transfer";
import type { JobRow } from "@/lib/engine/sql/job";
import type { ItemPosition } from "@/lib/engine/sql/job-item";
import { messageRead } from "@/lib/engine/sql/message-read";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import type { ReadMessage } from "@/lib/engine/views/page";
import { peekedOf } from "@/lib/engine/views/peeked";

type QueueWork = Extract<JobWork, { readonly kind: "retry" | "discard" | "move" }>;

/**
 * Sends the next messages of a job, each gone from its queue, stored where it goes and written down as sent in one
 * transaction.
 * @returns false when nothing was done, since somebody else works on the job or it is to stop
 */
export async function sendSlice(
  context: EngineContext,
  job: JobRow,
  work: QueueWork,
  items: readonly ItemPosition[],
): Promise<boolean> {
  const read = await readItems(context, items);
  const options: LedgerOptions = { skipsMissingOrigin: work.kind === "retry" && work.missingOrigin === "skip" };
  const ledger = ledgerOf(job, items, options);
  // The job's own books are the ledger; a tally is what the calls without a job keep.
  const tally = new Tally();
  if (work.kind !== "discard") {
    const kind = work.kind === "move" ? "moved" : "retried";
    const trace = { kind, by: job.started_by, detail: { job: job.id } } as const;
    return transfer(context, read, (item, topology) => destinedOf(job, work, item, topology), tally, trace, ledger);
  }
  if (job.trash === null) throw new Error("a job that discards has a batch of the trash");
  const fit = read.filter((item) => !unfit(work, item));
  const left = read.flatMap((item) => unfit(work, item) ?? []);
  return discardTogether(context, fit, job.trash, tally, {
    open: ledger.open,
    write: (tx, moved, staying) => ledger.write(tx, moved, [...left, ...staying]),
  });
}

async function readItems(context: EngineContext, items: readonly ItemPosition[]): Promise<ReadMessage[]> {
  const { main } = context.database;
  const [topology, rows] = await Promise.all([
    context.topology.fresh(),
    messageRead(main, items, 0, { exchange: null, routingKey: null }),
  ]);
  return rows.flatMap((row) => {
    const queue = topology.queuesById.get(row.queue_id);
    return queue ? [{ row, message: peekedOf(row, queue) }] : [];
  });
}

function destinedOf(
  job: JobRow,
  work: Exclude<QueueWork, { readonly kind: "discard" }>,
  item: ReadMessage,
  topology: TopologySnapshot,
): Destined {
  const left = unfit(work, item);
  if (left) return { stays: left.reason, because: left.because };
  return work.to ? throughExchange(topology, job.vhost, work.to, item) : toOrigin(topology, job.vhost, item);
}

/** What is not as it was when the selection was made. */
function unfit(work: QueueWork, item: ReadMessage) {
  const { state, death } = item.message;
  if (work.kind !== "move" && death === null) return { item, reason: why.notDead, because: "held" as const };
  if (state === "unacked") return { item, reason: why.held, because: "held" as const };
  if (work.kind === "move" && state === "delayed") return { item, reason: why.notReady, because: "held" as const };
  return null;
}
