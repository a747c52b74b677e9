import type { JobWork } from "@/lib/broker/jobs";
import type { Selection } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { deadLetterWalk, isJudgedByScope, scopeOf } from "@/lib/engine/dead-letters/walk";
import { writeChunk } from "@/lib/engine/jobs/chunk";
import { workOf } from "@/lib/engine/jobs/work";
import { why } from "@/lib/engine/move/tally";
import { selectRetained } from "@/lib/engine/replay/select";
import { type JobRow, jobLock, jobSelected } from "@/lib/engine/sql/job";
import { jobItemsInsert, jobItemsOfScope, takenBy } from "@/lib/engine/sql/job-item";
import { entryRanks } from "@/lib/engine/sql/message-read";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { readPage, type Walk } from "@/lib/engine/views/page";
import { queueWalk } from "@/lib/engine/views/peek";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** So many messages are written down at a time where each has to be looked at. */
const CHUNK = 500;

/** Works whose messages are written down one by one. */
export type ItemWork = Extract<JobWork, { readonly selection: Selection }>;

/** Writes down the next messages that a job means; when all are there, it runs. */
export async function prepare(context: EngineContext, job: JobRow): Promise<void> {
  const work = workOf(job);
  if (work.kind === "replay") return selectRetained(context, job, work);
  if (!("selection" in work)) throw new Error(`a job that does ${work.kind} is prepared when it starts`);
  const topology = await context.topology.fresh();
  const { selection } = work;
  if (selection.kind === "messages") throw new Error("messages that are named are written down when the job starts");
  if (work.kind !== "move" && isJudgedByScope(selection.filter)) {
    const scope = scopeOf(topology, { ...selection, vhost: job.vhost });
    await context.database.main.transaction(async (tx) => {
      const now = await jobLock(tx, job.id);
      if (now?.state !== "preparing" || now.selected) return;
      const count = await jobItemsOfScope(tx, job.id, scope, job.bound);
      await jobSelected(tx, job.id, { count, skipped: 0, scanned: null, selected: true });
    });
    return;
  }
  const page = await readPage(context, topology, walkOf(topology, job.vhost, work, job.bound), {
    limit: CHUNK,
    bodyLimit: 0,
    ...(selection.filter && { filter: selection.filter }),
    ...(job.scanned !== null && { cursor: job.scanned }),
  });
  await writeChunk(
    context,
    job,
    page.items.map(({ row }) => row),
    page.next,
  );
}

/** The walk over what `all` may mean. */
export function walkOf(topology: TopologySnapshot, vhost: string, work: ItemWork, bound?: number): Walk {
  if (work.kind === "move") return queueWalk(topology.queue(vhost, work.from), ["ready", "dead"], "oldest", bound);
  const query = work.selection.kind === "all" ? { ...work.selection, vhost } : { vhost };
  return deadLetterWalk(scopeOf(topology, query), "oldest", bound);
}

/** Writes down messages that were named; those that are not there any more are skipped at once. */
export async function selectNamed(
  tx: Queryable,
  topology: TopologySnapshot,
  job: { readonly id: string; readonly vhost: string; readonly vhostId: number },
  refs: readonly { readonly queue: string; readonly id: number }[],
): Promise<void> {
  const { queues } = topology.vhost(job.vhost);
  const wanted = new Map<string, { queue: QueueRecord | undefined; name: string; id: number }>();
  for (const { queue, id } of refs) wanted.set(`${queue}\n${id}`, { queue: queues.get(queue), name: queue, id });
  const named = [...wanted.values()];
  const asked = named.flatMap(({ queue, id }) =>
    queue ? [{ queueId: queue.id, maxRank: maxRankOf(queue), seq: id }] : [],
  );
  const found = new Map((await entryRanks(tx, asked)).map((row) => [`${row.queue_id}.${row.seq}`, row]));
  const missing = asked
    .filter(({ queueId, seq }) => !found.has(`${queueId}.${seq}`))
    .map(({ queueId, seq }) => ({ queue_id: queueId, seq }));
  const takers = missing.length === 0 ? [] : await takenBy(tx, job.id, job.vhostId, missing);
  const items = named.map(({ queue, name, id }) => {
    if (!queue) return { queue_id: 0, rank: 0, seq: id, why: why.noQueue(name) };
    const there = found.get(`${queue.id}.${id}`);
    if (there) return there;
    const taker = takers.find((row) => row.queue_id === queue.id && row.seq === id)?.why;
    return { queue_id: queue.id, rank: 0, seq: id, why: taker ?? why.gone };
  });
  await jobItemsInsert(tx, job.id, 1, items);
  const skipped = items.filter((item) => "why" in item).length;
  await jobSelected(tx, job.id, { count: items.length, skipped, scanned: null, selected: true });
}
