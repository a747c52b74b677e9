import type { Actor } from "@/lib/broker/actor";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { Job, JobItem, JobQuery, JobRequest, JobState, Jobs } from "@/lib/broker/jobs";
import type { EngineContext } from "@/lib/engine/context";
import { planJob } from "@/lib/engine/jobs/plan";
import { startJob } from "@/lib/engine/jobs/start";
import { viewOne, viewsOf } from "@/lib/engine/jobs/view";
import { type JobRow, jobGet, jobList, jobLock, jobNextStep, jobSetRate, jobSetState } from "@/lib/engine/sql/job";
import { jobItemList } from "@/lib/engine/sql/job-item";
import { partitionHold } from "@/lib/engine/sql/partition";
import { trashBatchDropEmpty } from "@/lib/engine/sql/trash";
import type { Queryable } from "@/lib/engine/statement";

/** Jobs, as the contract has them. They are carried out by the node that does the duties. */
export function jobs(context: EngineContext): Jobs {
  const { main } = context.database;
  const get = async (id: string): Promise<Job> => viewOne(main, await mustExist(main, id));
  return {
    plan: (_actor, request) => planJob(context, request),
    start: async (actor, request: JobRequest) => get(await startJob(context, actor, request)),
    list: (_actor, query) => listJobs(context, query),
    get: (_actor, id) => get(id),
    items: (_actor, id, query) => listItems(context, id, query),
    pause: (actor, id) => change(context, id, ["preparing", "running"], "paused", (tx) => pause(tx, actor, id)),
    resume: (actor, id) => change(context, id, ["paused", "stopped"], "resumed", (tx, job) => resume(tx, actor, job)),
    cancel: async (actor, id) => {
      const live = ["preparing", "running", "paused", "stopped"] as const;
      const job = await change(context, id, live, "cancelled", (tx) => cancel(tx, actor, id));
      if (job.trash !== null) await trashBatchDropEmpty(main, job.trash);
      return job;
    },
    setRate: (actor, id, rate) =>
      change(context, id, ["preparing", "running", "paused", "stopped"], "given another rate", (tx) =>
        jobSetRate(tx, id, rate, actor.user),
      ),
  };
}

async function mustExist(db: Queryable, id: string): Promise<JobRow> {
  const row = await jobGet(db, id);
  if (!row) throw notFound("job", id);
  return row;
}

/** Throws `conflict` with the job when it is in none of the states. */
async function change(
  context: EngineContext,
  id: string,
  allowed: readonly JobState[],
  verb: string,
  work: (tx: Queryable, job: JobRow) => Promise<void>,
): Promise<Job> {
  const { main } = context.database;
  const refused = await main.transaction(async (tx) => {
    const job = await jobLock(tx, id);
    if (!job) throw notFound("job", id);
    if (!allowed.includes(job.state)) return job;
    await work(tx, job);
    return null;
  });
  if (refused) {
    const by = refused.changed_by === null ? "" : ` (by ${refused.changed_by})`;
    throw new BrokerError("conflict", `This job is ${refused.state}${by} and can't be ${verb}.`, {
      job: await viewOne(main, refused),
    });
  }
  return viewOne(main, await mustExist(main, id));
}

function pause(tx: Queryable, { user }: Actor, id: string): Promise<void> {
  return jobSetState(tx, id, { state: "paused", reason: `Paused by ${user}.`, by: user });
}

function cancel(tx: Queryable, { user }: Actor, id: string): Promise<void> {
  const reason = `Cancelled by ${user}. What was not sent stays where it is.`;
  return jobSetState(tx, id, { state: "cancelled", reason, by: user });
}

/** After a stop the failures of its step have been told; the next step begins with a clean slate. */
async function resume(tx: Queryable, { user }: Actor, job: JobRow): Promise<void> {
  if (job.kind === "replay") await partitionHold(tx);
  await jobSetState(tx, job.id, { state: job.selected ? "running" : "preparing", reason: null, by: user });
  if (job.state === "stopped" && job.step_failed > 0) await jobNextStep(tx, job.id);
}

async function listJobs(context: EngineContext, query: JobQuery) {
  const { limit } = query;
  const rows = await jobList(context.database.main, {
    vhost: query.vhost ?? null,
    kind: query.kind ?? null,
    states: query.states && query.states.length > 0 ? query.states : null,
    after: cursorOf(query.cursor),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await viewsOf(context.database.main, page),
    next: rows.length > limit && last ? `${last.at_key}~${last.id}` : null,
  };
}

function cursorOf(cursor: string | undefined): { at: string; id: string } | null {
  if (cursor === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d)?)~([0-9a-f-]{36})$/.exec(cursor);
  if (!match?.[1] || !match[2]) {
    throw new BrokerError("bad-request", "This cursor is not one of this list. Begin again without a cursor.", {
      cursor,
    });
  }
  return { at: match[1], id: match[2] };
}

async function listItems(
  context: EngineContext,
  id: string,
  { state, limit, after = 0 }: Parameters<Jobs["items"]>[2],
): Promise<{ items: JobItem[]; next: number | null }> {
  const { main } = context.database;
  await mustExist(main, id);
  const rows = await jobItemList(main, id, state ?? null, after, limit + 1);
  const items = rows.slice(0, limit).map(
    (row): JobItem => ({
      n: row.n,
      queue: row.queue,
      id: row.seq,
      state: row.failed ? "failed_again" : row.state,
      why: row.why,
      at: row.at,
    }),
  );
  return { items, next: rows.length > limit ? (items.at(-1)?.n ?? null) : null };
}
