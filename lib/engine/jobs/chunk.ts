import type { EngineContext } from "@/lib/engine/context";
import type { Position } from "@/lib/engine/sql/entry-scan";
import { type JobRow, jobLock, jobSelected } from "@/lib/engine/sql/job";
import { jobItemsInsert } from "@/lib/engine/sql/job-item";

/** Writes down a chunk and where the walk is, together; unless another node has done so. @param scanned null at the end */
export async function writeChunk(
  context: EngineContext,
  job: JobRow,
  items: readonly Position[],
  scanned: string | null,
): Promise<void> {
  await context.database.main.transaction(async (tx) => {
    const now = await jobLock(tx, job.id);
    if (now?.state !== "preparing" || now.scanned !== job.scanned || now.selected) return;
    await jobItemsInsert(tx, job.id, now.start_count + 1, items);
    await jobSelected(tx, job.id, { count: items.length, skipped: 0, scanned, selected: scanned === null });
  });
}
