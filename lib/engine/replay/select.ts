import type { ReplayWork } from "@/lib/broker/jobs";
import type { EngineContext } from "@/lib/engine/context";
import { writeChunk } from "@/lib/engine/jobs/chunk";
import { firstBefore, walkRetained } from "@/lib/engine/replay/walk";
import type { JobRow } from "@/lib/engine/sql/job";

/** Writes down the next retained messages that a replay means. */
export async function selectRetained(context: EngineContext, job: JobRow, work: ReplayWork): Promise<void> {
  const after = job.scanned === null ? await firstBefore(context, work.since, job.bound) : Number(job.scanned);
  const { found, last } = await walkRetained(context, job.vhost, work, { after, bound: job.bound, bodyLimit: 0 });
  const items = found.map(({ row }) => ({ queue_id: 0, rank: 0, seq: row.id }));
  await writeChunk(context, job, items, last === null ? null : String(last));
}
