import type { Actor } from "@/lib/broker/actor";
import type { JobRequest, JobWork } from "@/lib/broker/jobs";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { route } from "@/lib/broker/rules/router";
import type { EngineContext } from "@/lib/engine/context";
import { mustHaveOrigins, originsByScope, originsOf } from "@/lib/engine/jobs/origins";
import { restorable } from "@/lib/engine/jobs/plan";
import { selectNamed } from "@/lib/engine/jobs/select";
import { readRefs } from "@/lib/engine/move/selected";
import { Tally } from "@/lib/engine/move/tally";
import { entryLastSeq } from "@/lib/engine/sql/entry-scan";
import { jobCreate, jobSelected, tellJob } from "@/lib/engine/sql/job";
import { partitionHold, partitionRange } from "@/lib/engine/sql/partition";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import { trashBatchCreate } from "@/lib/engine/sql/trash";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";

/** Enters a job; the node that does the duties carries it out. Returns its id. */
export async function startJob(context: EngineContext, actor: Actor, request: JobRequest): Promise<string> {
  const { vhost, work, rate, canary } = request;
  const { main } = context.database;
  const topology = await context.topology.fresh();
  const vhostId = topology.vhost(vhost).vhost.id;
  await check(context, topology, vhost, work);
  const count = await countAtOnce(context, topology, vhost, work);
  const bound = await entryLastSeq(main);
  return main.transaction(async (tx) => {
    if (work.kind === "replay") await partitionHold(tx);
    const trash = await trashFor(tx, vhostId, actor, work);
    const id = await jobCreate(tx, {
      ...{ kind: work.kind, vhostId, vhost, request: { work, asked: request.asked }, startedBy: actor.user },
      ...{ rate, bound, trash },
      steps: canary?.steps ?? [],
      settleMs: canary?.settleMs ?? null,
      stopAtFailedPercent: canary?.stopAtFailedPercent ?? null,
      partitions: work.kind === "replay" ? await partitionRange(tx) : null,
    });
    if (count !== null) await jobSelected(tx, id, { count, skipped: 0, scanned: null, selected: true });
    if ("selection" in work && work.selection.kind === "messages") {
      await selectNamed(tx, topology, { id, vhost, vhostId }, work.selection.refs);
    }
    await tellJob(tx, { id, kind: work.kind, vhost }, "created");
    return id;
  });
}

/** Throws what can be known to go wrong before it begins. */
async function check(context: EngineContext, topology: TopologySnapshot, vhost: string, work: JobWork): Promise<void> {
  const { exchanges, queues, routing } = topology.vhost(vhost);
  if ("to" in work && work.to) {
    checkRoutingKey(work.to.routingKey);
    topology.exchange(vhost, work.to.exchange);
    // An internal exchange takes nothing from people; whether the key leads somewhere is seen message by message.
    if (exchanges.get(work.to.exchange)?.internal) route(routing, work.to.exchange, [work.to.routingKey]);
  }
  if (work.kind === "move") topology.queue(vhost, work.from);
  if (work.kind === "replay" && work.source.queue !== undefined) topology.queue(vhost, work.source.queue);
  if (work.kind === "replay" && work.source.exchange !== undefined) topology.exchange(vhost, work.source.exchange);
  if ((work.kind === "retry" || work.kind === "discard") && work.selection.kind === "all") {
    const { queue } = work.selection;
    if (queue !== undefined && !queues.has(queue)) topology.queue(vhost, queue);
  }
  if (work.kind !== "retry" || work.to) return;
  const { selection } = work;
  const origins =
    selection.kind === "messages"
      ? originsOf(topology, vhost, await readRefs(context, vhost, selection.refs, new Tally(), 0))
      : await originsByScope(context, topology, vhost, work);
  if (origins) mustHaveOrigins(work, origins);
}

/** How many there are, where they are not written down one by one. */
async function countAtOnce(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: JobWork,
): Promise<number | null> {
  if (work.kind === "restore") return restorable(context, vhost, work.trash);
  if (work.kind !== "purge") return null;
  const [depth] = await readQueueDepths(context.database.main, [topology.queue(vhost, work.queue).id]);
  return depth?.ready ?? 0;
}

async function trashFor(
  tx: Parameters<typeof trashBatchCreate>[0],
  vhostId: number,
  { user }: Actor,
  work: JobWork,
): Promise<string | null> {
  if (work.kind !== "discard" && work.kind !== "purge") return null;
  return trashBatchCreate(tx, {
    vhostId,
    action: work.kind,
    queueName: work.kind === "purge" ? work.queue : onlyQueueOf(work.selection),
    by: user,
    keepMs: TRASH_KEPT_MS,
  });
}

function onlyQueueOf(selection: Extract<JobWork, { readonly kind: "discard" }>["selection"]): string | null {
  if (selection.kind === "all") return selection.queue ?? null;
  const names = new Set(selection.refs.map((ref) => ref.queue));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}
