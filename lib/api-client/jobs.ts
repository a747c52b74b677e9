import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { every, liveInterval, request, slowInterval } from "@/lib/api-client/client";
import { liveWhileFew, type Page } from "@/lib/api-client/messages";
import type { JobItemJson, JobJson, JobPlanJson } from "@/lib/http/json/job-json";

/** A long operation on many messages. */
export type Job = JobJson;
export type JobPlan = JobPlanJson;
export type JobItem = JobItemJson;

/** Which messages; `all` is what matches when the job begins. */
export type JobSelection =
  | { readonly ids: readonly { readonly queue: string; readonly id: number }[] }
  | {
      readonly all: true;
      readonly queue?: string;
      readonly q?: string;
      readonly reason?: string;
      readonly origin?: string;
      readonly group?: string;
    };

export interface JobDestination {
  readonly exchange: string;
  readonly routing_key: string;
}

/** How a job goes in steps: what it waits for after each, and when it stops by itself. */
export interface CanaryRequest {
  readonly steps: readonly number[];
  readonly settle_ms: number;
  readonly stop_at_failed_percent: number;
}

interface Common {
  readonly vhost: string;
  /** Messages a second at most; null is as fast as it goes. */
  readonly rate?: number | null;
  readonly canary?: CanaryRequest | false;
}

export type JobRequest = Common &
  (
    | ({
        readonly kind: "retry";
        readonly to?: JobDestination;
        readonly missing_origin?: "refuse" | "skip";
      } & JobSelection)
    | ({ readonly kind: "discard" } & JobSelection)
    | { readonly kind: "restore"; readonly trash: string }
    | { readonly kind: "purge"; readonly queue: string }
    | {
        readonly kind: "replay";
        readonly source: { readonly queue?: string; readonly exchange?: string };
        readonly since?: string;
        readonly until?: string;
        readonly q?: string;
        readonly include_waiting?: boolean;
        readonly to?: JobDestination;
        readonly mark_time?: boolean;
      }
  );

/** Begins a job. Throws ApiError; 412 for letters without an origin says how many in `detail`. */
export function startJob(wanted: JobRequest) {
  return request<Job>("POST", "/api/jobs", { body: wanted });
}

/** What the job would do: how many, which, and where they lack a way back. Nothing happens. */
export function jobPlanQuery(wanted: JobRequest | null) {
  return queryOptions({
    queryKey: ["jobs", "plan", wanted],
    queryFn: ({ signal }) => request<JobPlan>("POST", "/api/jobs", { body: { ...wanted, dry_run: true }, signal }),
    enabled: wanted !== null,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}

/** States in which a job still does something, or may. */
const unfinished: ReadonlySet<Job["state"]> = new Set(["preparing", "running", "paused", "stopped"]);
const moving: ReadonlySet<Job["state"]> = new Set(["preparing", "running"]);

/** Whether it is not over: it runs, or waits for a person. */
export const isUnfinished = (job: Job): boolean => unfinished.has(job.state);
/** Whether it runs now. */
export const isMoving = (job: Job): boolean => moving.has(job.state);

/** How often a job that moves is asked for, in ms. */
const movingInterval = 500;

/** One job, as far as it is. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", "one", id],
    queryFn: ({ signal }) => request<Job>("GET", `/api/jobs/${id}`, { signal }),
    refetchInterval: (query) => {
      const job = query.state.data;
      if (job === undefined) return every(liveInterval)(query);
      return isMoving(job) ? movingInterval : isUnfinished(job) ? liveInterval : slowInterval;
    },
  });
}

/** The jobs that are not over, newest first: asked for often only while one moves. */
export function unfinishedJobsQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["jobs", "unfinished", vhost],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ state: "preparing,running,paused,stopped", limit: "50" });
      if (vhost !== null) query.set("vhost", vhost);
      return request<Page<Job>>("GET", `/api/jobs?${query}`, { signal });
    },
    select: (page) => page.items,
    refetchInterval: (query) => {
      const jobs = query.state.data?.items;
      return jobs?.some(isMoving) ? movingInterval : every(liveInterval)(query);
    },
  });
}

export interface JobFilter {
  readonly vhost: string | null;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
}

/** All jobs of the last 30 days, newest first. */
export function jobsQuery(filter: JobFilter) {
  return infiniteQueryOptions({
    queryKey: ["jobs", "list", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: "100" });
      if (filter.vhost !== null) query.set("vhost", filter.vhost);
      if (filter.kind) query.set("kind", filter.kind);
      if (filter.state) query.set("state", filter.state);
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<Job>>("GET", `/api/jobs?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** What became of each message of a job. */
export function jobItemsQuery(id: string, state: JobItem["state"] | undefined) {
  return infiniteQueryOptions({
    queryKey: ["jobs", "items", id, state ?? null],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: "100" });
      if (state !== undefined) query.set("state", state);
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<JobItem>>("GET", `/api/jobs/${id}/items?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** Pauses, resumes or cancels. 409 when its state doesn't allow that; `detail.job` is the present state. */
export function steerJob(id: string, verb: "pause" | "resume" | "cancel") {
  return request<Job>("POST", `/api/jobs/${id}/${verb}`, { body: {} });
}

/** @param rate messages a second at most; null is as fast as it goes */
export function changeJobRate(id: string, rate: number | null) {
  return request<Job>("POST", `/api/jobs/${id}/rate`, { body: { rate } });
}
