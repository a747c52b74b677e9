import { BrokerError } from "@/lib/broker/errors";
import type { JobPlan, JobRequest, ReplayWork, RetainedMessage } from "@/lib/broker/jobs";
import type { MessageFilter } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { isJudgedByScope, scopeOf } from "@/lib/engine/dead-letters/walk";
import { type Origins, originsByScope, originsOf, withoutOrigin } from "@/lib/engine/jobs/origins";
import { type ItemWork, walkOf } from "@/lib/engine/jobs/select";
import { readRefs } from "@/lib/engine/move/selected";
import { Tally } from "@/lib/engine/move/tally";
import { firstBefore, type Retained, routedTo, walkRetained } from "@/lib/engine/replay/walk";
import { deadLetterCount } from "@/lib/engine/sql/dead-letter-list";
import { entryLastSeq } from "@/lib/engine/sql/entry-scan";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import { retainedRead } from "@/lib/engine/sql/retained";
import { trashBatchGet, trashCount } from "@/lib/engine/sql/trash";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { type ReadMessage, readPage } from "@/lib/engine/views/page";
import { withBodyLimit } from "@/lib/engine/views/peeked";

const SAMPLE = 10;
const SAMPLE_BODY_BYTES = 4_096;
/** Counting goes on for so long, in ms, and no further than so many messages. */
const budget = { ms: 5_000, messages: 200_000 };

const nothing: JobPlan = { matched: 0, exact: true, sample: [], retained: [], withoutOrigin: 0, origins: [] };

/** What a job would do, without doing it. */
export async function planJob(context: EngineContext, { vhost, work }: JobRequest): Promise<JobPlan> {
  const topology = await context.topology.fresh();
  switch (work.kind) {
    case "restore":
      return { ...nothing, matched: await restorable(context, vhost, work.trash) };
    case "purge": {
      const queue = topology.queue(vhost, work.queue);
      const [depth] = await readQueueDepths(context.database.main, [queue.id]);
      return { ...nothing, matched: depth?.ready ?? 0 };
    }
    case "replay":
      return planReplay(context, topology, vhost, work);
    default:
      return planItems(context, topology, vhost, work);
  }
}

/** How many messages of a batch can come back. `not-found` when it expired, `conflict` when it was restored before. */
export async function restorable(context: EngineContext, vhost: string, batch: string): Promise<number> {
  const row = await trashBatchGet(context.database.main, batch);
  if (row?.vhost !== vhost)
    throw new BrokerError("not-found", "There is no such batch in the trash; it may have expired.", { batch });
  if (row.restored_at) throw new BrokerError("conflict", "This batch was restored before.", { batch });
  if (row.action === "delete") {
    throw new BrokerError("bad-request", "A deleted queue is restored at once, without a job.", { batch });
  }
  return trashCount(context.database.main, batch);
}

async function planItems(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: ItemWork,
): Promise<JobPlan> {
  const { selection } = work;
  if (selection.kind === "messages") {
    const tally = new Tally();
    const read = await readRefs(context, vhost, selection.refs, tally, SAMPLE_BODY_BYTES);
    const fit = work.kind === "move" ? read : read.filter(({ message }) => message.death !== null);
    return itemsPlan(topology, vhost, work, { read: fit, matched: fit.length, exact: true });
  }
  const counted = await countByTables(context, topology, vhost, work, selection.filter);
  const found = await look(context, topology, vhost, work, counted === null ? budget.messages : SAMPLE);
  const plan = itemsPlan(topology, vhost, work, {
    read: found.read,
    matched: counted ?? found.read.length,
    exact: counted !== null || found.isAll,
  });
  if (work.kind !== "retry" || work.to !== undefined) return plan;
  const origins = await originsByScope(context, topology, vhost, work);
  return origins === null ? plan : { ...plan, origins, withoutOrigin: withoutOrigin(origins) };
}

/** Exactly, where no message need be read for it. */
async function countByTables(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: ItemWork,
  filter: MessageFilter | undefined,
): Promise<number | null> {
  const { main } = context.database;
  if (work.kind === "move") {
    if (filter !== undefined) return null;
    const [depth] = await readQueueDepths(main, [topology.queue(vhost, work.from).id]);
    return depth?.ready ?? 0;
  }
  if (!isJudgedByScope(filter) || work.selection.kind !== "all") return null;
  return deadLetterCount(main, scopeOf(topology, { ...work.selection, vhost }));
}

async function look(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: ItemWork,
  most: number,
): Promise<{ read: ReadMessage[]; isAll: boolean }> {
  const { selection } = work;
  const read: ReadMessage[] = [];
  const deadline = Date.now() + budget.ms;
  let cursor: string | null = null;
  do {
    const page = await readPage(context, topology, walkOf(topology, vhost, work), {
      limit: Math.min(1_000, most),
      bodyLimit: read.length < SAMPLE ? SAMPLE_BODY_BYTES : 0,
      ...(selection.kind === "all" && selection.filter && { filter: selection.filter }),
      ...(cursor !== null && { cursor }),
    });
    for (const item of page.items) {
      // Only the first are shown; the others need not stay in memory whole.
      read.push(read.length < SAMPLE ? item : { ...item, message: withBodyLimit(item.message, 0) });
    }
    cursor = page.next;
  } while (cursor !== null && read.length < most && Date.now() < deadline);
  return { read, isAll: cursor === null };
}

function itemsPlan(
  topology: TopologySnapshot,
  vhost: string,
  work: ItemWork,
  found: { readonly read: readonly ReadMessage[]; readonly matched: number; readonly exact: boolean },
): JobPlan {
  const origins: Origins = work.kind === "retry" && !work.to ? originsOf(topology, vhost, found.read) : [];
  return {
    ...nothing,
    matched: found.matched,
    exact: found.exact,
    sample: found.read.slice(0, SAMPLE).map(({ message }) => message),
    origins,
    withoutOrigin: withoutOrigin(origins),
  };
}

async function planReplay(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  work: ReplayWork,
): Promise<JobPlan> {
  const bound = await entryLastSeq(context.database.main);
  const deadline = Date.now() + budget.ms;
  const first: Retained[] = [];
  let matched = 0;
  let last: number | null = await firstBefore(context, work.since, bound);
  while (last !== null && matched < budget.messages && Date.now() < deadline) {
    const step: { found: Retained[]; last: number | null } = await walkRetained(context, vhost, work, {
      ...{ after: last, bound, bodyLimit: 0 },
    });
    first.push(...step.found.slice(0, SAMPLE - first.length));
    matched += step.found.length;
    last = step.last;
  }
  const ids = first.map(({ row }) => row.id);
  const bodies = new Map(
    (await retainedRead(context.database.main, ids, SAMPLE_BODY_BYTES)).map((row) => [row.id, row]),
  );
  const retained = first.map((one): RetainedMessage => {
    const body = bodies.get(one.row.id)?.body ?? Buffer.alloc(0);
    return {
      messageId: one.row.id,
      exchange: one.row.exchange,
      routingKey: one.row.routing_key,
      properties: one.properties,
      publishedAt: one.row.published_at,
      publishedBy: one.row.published_by,
      bodySize: one.row.bytes,
      body,
      bodyTruncated: body.length < one.row.bytes,
      targets: targetsOf(topology, vhost, work, one),
    };
  });
  return { ...nothing, matched, exact: last === null, retained };
}

function targetsOf(topology: TopologySnapshot, vhost: string, { to }: ReplayWork, one: Retained): string[] {
  const queues = to
    ? (topology.vhost(vhost).routing.follow(to.exchange, [to.routingKey], one.properties.headers)?.queues ?? [])
    : routedTo(topology, vhost, one);
  return queues.map((queue) => queue.name);
}
