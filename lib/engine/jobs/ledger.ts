import type { StayingCause } from "@/lib/engine/move/left";
import type { Ledger, Moved } from "@/lib/engine/move/transfer";
import { type JobRow, jobLock, jobProgress, jobSetState } from "@/lib/engine/sql/job";
import { type ItemPosition, jobCopies, jobItemsMark, jobStillWaiting, takenBy } from "@/lib/engine/sql/job-item";
import type { Queryable } from "@/lib/engine/statement";

/** One of a job's messages that stays where it is, and why. */
export interface ItemStaying {
  readonly n: number;
  readonly why: string;
  readonly because: StayingCause;
}

/** One that was sent, with its new places; none when it went into the trash. */
export interface ItemSent {
  readonly n: number;
  readonly places: Moved["places"];
}

export interface LedgerOptions {
  /** Whether letters that have no queue to go back to are skipped; otherwise the job stops at them. */
  readonly skipsMissingOrigin: boolean;
}

/** Begins a slice in its transaction: false when somebody else works on it, or it is to stop. */
export async function openSlice(tx: Queryable, job: JobRow, items: readonly ItemPosition[]): Promise<boolean> {
  const now = await jobLock(tx, job.id);
  if (now?.state !== "running" || now.step !== job.step) return false;
  const ns = items.map(({ n }) => n);
  return (await jobStillWaiting(tx, job.id, ns)) === items.length;
}

/**
 * Writes down what became of a slice, and stops the job where its messages can't go on: those wait until it is resumed,
 * so that nothing is written off because a target was away.
 */
export async function writeSlice(
  tx: Queryable,
  job: JobRow,
  sent: readonly ItemSent[],
  staying: readonly ItemStaying[],
  { skipsMissingOrigin }: LedgerOptions,
): Promise<void> {
  const stuck = staying.filter(({ because }) => because === "target" || (because === "origin" && !skipsMissingOrigin));
  const skipped = staying.filter((one) => !stuck.includes(one));
  await jobItemsMark(tx, job.id, [
    ...sent.map(({ n }) => ({ n, state: "done" as const, why: null })),
    ...skipped.map(({ n, why }) => ({ n, state: "skipped" as const, why })),
    ...stuck.map(({ n, why }) => ({ n, state: "waiting" as const, why })),
  ]);
  await jobCopies(
    tx,
    job.id,
    job.step,
    sent.flatMap(({ n, places }) => places.map((place) => ({ ...place, n }))),
  );
  await jobProgress(tx, job.id, { done: sent.length, skipped: skipped.length, sent: sent.length });
  const [first] = stuck;
  if (first) {
    const reason = `${first.why} ${stuck.length} could not be sent and wait; nothing was lost.`;
    await jobSetState(tx, job.id, { state: "stopped", reason, by: null });
  }
}

/** The ledger of a slice of messages that are moved out of queues. */
export function ledgerOf(job: JobRow, items: readonly ItemPosition[], options: LedgerOptions): Ledger {
  const numbers = new Map(items.map((item) => [placeKey(item), item.n]));
  const numberOf = ({ queue_id, seq }: { queue_id: number; seq: number }) => {
    const n = numbers.get(placeKey({ queue_id, seq }));
    if (n === undefined) throw new Error("a message of a slice has no number");
    return n;
  };
  return {
    open: (tx) => openSlice(tx, job, items),
    write: async (tx, moved, staying) => {
      const present = new Set([...moved, ...staying].map(({ item }) => numberOf(item.row)));
      const unread = items.filter(({ n }) => !present.has(n));
      const gone = [...unread, ...staying.filter(({ because }) => because === "gone").map(({ item }) => item.row)];
      const takers = await takersOf(tx, job, gone);
      await writeSlice(
        tx,
        job,
        moved.map(({ item, places }) => ({ n: numberOf(item.row), places })),
        [
          ...unread.map((item) => ({ n: item.n, why: takers(item), because: "gone" as const })),
          ...staying.map(({ item, reason, because }) => ({
            n: numberOf(item.row),
            why: because === "gone" ? takers(item.row) : reason,
            because,
          })),
        ],
        options,
      );
    },
  };
}

const unknownTaker = "It was gone: a consumer took it, or somebody moved it.";

/** In words, who took what is gone. */
async function takersOf(
  tx: Queryable,
  job: JobRow,
  gone: readonly { readonly queue_id: number; readonly seq: number }[],
): Promise<(place: { readonly queue_id: number; readonly seq: number }) => string> {
  const rows = gone.length === 0 ? [] : await takenBy(tx, job.id, job.vhost_id, gone);
  const known = new Map(rows.map((row) => [placeKey(row), row.why]));
  return (place) => known.get(placeKey(place)) ?? unknownTaker;
}

function placeKey({ queue_id, seq }: { readonly queue_id: number; readonly seq: number }): string {
  return `${queue_id}.${seq}`;
}
