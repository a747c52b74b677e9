import { z } from "zod";
import { BrokerError, isBrokerError } from "@/lib/broker/errors";
import { type Job, jobItemStates, jobKinds, jobStates } from "@/lib/broker/jobs";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { jobBody, jobRate, jobRequestOf } from "@/lib/http/job-request";
import { jobItemJson, jobJson, jobPlanJson } from "@/lib/http/json/job-json";
import { created, ok } from "@/lib/http/reply";
import { commaSeparated, integer, shortText } from "@/lib/http/schemas";

export const jobEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/jobs",
    summary: "Jobs, newest first: works over many messages that go on after a crash",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      vhost: shortText.optional(),
      kind: z.enum(jobKinds).optional(),
      state: commaSeparated(jobStates).default([]),
      limit: integer(1, 200).default(50),
      cursor: z.string().max(200).optional().meta({ description: "`next` of the page before." }),
    }),
    async handle({ query: { vhost, kind, state, limit, cursor } }, { broker, actor }) {
      const page = await broker.jobs.list(actor, {
        ...(vhost !== undefined && { vhost }),
        ...(kind !== undefined && { kind }),
        ...(cursor !== undefined && { cursor }),
        ...{ states: state, limit },
      });
      return ok({ items: page.items.map(jobJson), next: page.next });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/jobs",
    summary: "Start a job (retry, discard, move, restore, purge, replay), or tell with `dry_run` what it would do",
    access: "change",
    manner: "warren",
    body: jobBody,
    audit: "job.start",
    async handle({ body }, { broker, actor, note }) {
      const request = jobRequestOf(body);
      note({ target: body.kind, in: body.vhost, dry_run: body.dry_run });
      if (body.dry_run) return ok(jobPlanJson(await broker.jobs.plan(actor, request)));
      const job = await broker.jobs.start(actor, request);
      note({ job: job.id });
      return created(`/api/jobs/${job.id}`, jobJson(job));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/jobs/{job}",
    summary: "One job: how far it is, and what became of its messages",
    access: "look",
    manner: "warren",
    async handle({ path }, { broker, actor }) {
      return ok(jobJson(await broker.jobs.get(actor, path.job)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/jobs/{job}/items",
    summary: "The messages of a job, one by one",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      state: z.enum(jobItemStates).optional(),
      limit: integer(1, 1000).default(100),
      cursor: integer(0, 0x7fffffff).optional().meta({ description: "`next` of the page before." }),
    }),
    async handle({ path, query: { state, limit, cursor } }, { broker, actor }) {
      const page = await broker.jobs.items(actor, path.job, {
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { after: cursor }),
        limit,
      });
      return ok({ items: page.items.map(jobItemJson), next: page.next });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/jobs/{job}/pause",
    summary: "Let a job rest; nothing is sent until it is resumed",
    access: "change",
    manner: "warren",
    audit: "job.pause",
    handle: ({ path }, call) => answer(call.broker.jobs.pause(call.actor, path.job)),
  }),
  endpoint({
    method: "POST",
    path: "/api/jobs/{job}/resume",
    summary: "Let a job go on that was paused, or that stopped by itself",
    access: "change",
    manner: "warren",
    audit: "job.resume",
    handle: ({ path }, call) => answer(call.broker.jobs.resume(call.actor, path.job)),
  }),
  endpoint({
    method: "POST",
    path: "/api/jobs/{job}/cancel",
    summary: "End a job; what it has not sent stays where it is",
    access: "change",
    manner: "warren",
    audit: "job.cancel",
    handle: ({ path }, call) => answer(call.broker.jobs.cancel(call.actor, path.job), call),
  }),
  endpoint({
    method: "POST",
    path: "/api/jobs/{job}/rate",
    summary: "Change how many messages a job sends per second, from now",
    access: "change",
    manner: "warren",
    body: z.strictObject({ rate: jobRate }),
    audit: "job.rate",
    handle({ path, body: { rate } }, call) {
      call.note({ rate });
      return answer(call.broker.jobs.setRate(call.actor, path.job, rate));
    },
  }),
];

/** The job as it is now; a refusal brings it along. */
async function answer(change: Promise<Job>, call?: Call) {
  try {
    const job = await change;
    call?.note({ ...job.counts });
    return ok(jobJson(job));
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "conflict" || error.detail?.job === undefined) throw error;
    throw new BrokerError("conflict", error.message, { job: jobJson(error.detail.job as Job) });
  }
}
