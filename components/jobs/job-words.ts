import type { JobStep } from "@/components/ui/job-card";
import type { Job, JobDestination } from "@/lib/api-client/jobs";
import { formatCount } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

interface Words {
  /** "Retry" */
  readonly verb: string;
  /** "retried" */
  readonly done: string;
}

/** What a kind of job does, in words. */
export const jobWords: Readonly<Record<Job["kind"], Words>> = {
  retry: { verb: "Retry", done: "retried" },
  discard: { verb: "Discard", done: "discarded" },
  move: { verb: "Move", done: "moved" },
  restore: { verb: "Restore", done: "restored" },
  purge: { verb: "Purge", done: "purged" },
  replay: { verb: "Replay", done: "replayed" },
};

export const jobStateWords: Readonly<Record<Job["state"], string>> = {
  preparing: "preparing",
  running: "running",
  paused: "paused",
  stopped: "stopped by itself",
  completed: "done",
  cancelled: "cancelled",
  failed: "failed",
};

/** "Retry #3f9a": enough of the id to tell jobs apart. */
export function jobName(job: Pick<Job, "id" | "kind">): string {
  return `${jobWords[job.kind].verb} #${job.id.slice(0, 4)}`;
}

/** What the job was asked to do, from its request: "back to where they died", "to invoices". */
export function jobAim(job: Job): string {
  const { request, kind } = job;
  const to = destinationOf(request.to);
  const goal = to === null ? null : `to ${placeWords(to)}`;
  switch (kind) {
    case "retry":
      return goal ?? "back to where they died";
    case "replay":
      return [`what ${sourceWords(request)} was given`, goal ?? "by its original route"].join(", ");
    case "purge":
      return `${textOf(request.queue)}, into the trash`;
    case "discard":
      return "into the trash";
    case "restore":
      return "from the trash";
    case "move":
      return `from ${textOf(request.from)} ${goal ?? ""}`.trim();
  }
}

function sourceWords(request: Job["request"]): string {
  const source = request.source as { queue?: string; exchange?: string } | undefined;
  if (source?.queue !== undefined) return source.queue;
  return source?.exchange === undefined ? "the virtual host" : source.exchange || "(AMQP default)";
}

function destinationOf(to: unknown): JobDestination | null {
  return typeof to === "object" && to !== null && "exchange" in to ? (to as JobDestination) : null;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Where a destination leads: a queue by its name, else the exchange and key. */
function placeWords(to: JobDestination): string {
  return to.exchange === "" ? to.routing_key : `${to.exchange} with key ${to.routing_key || "(empty)"}`;
}

/** The chambers on a job's path: its canary steps and the rest, with what became of each. */
export function jobSteps(job: Job): JobStep[] {
  const { canary, step, counts } = job;
  if (canary === null) return [];
  const sizes = stepSizes(canary.steps, counts.start);
  const current = step?.number ?? (job.state === "completed" ? sizes.length + 1 : 0);
  return sizes.map((size, index): JobStep => {
    const number = index + 1;
    const last = index === sizes.length - 1;
    const name = last && sizes.length > 1 ? "all" : formatCount(size);
    if (number < current || job.state === "completed")
      return { name, note: `${formatCount(size)} of ${formatCount(size)}`, state: "done" };
    if (number > current || step === null) return { name, note: formatCount(size), state: "todo" };
    const again = step.failed_again > 0 ? `, ${formatCount(step.failed_again)} failed again` : "";
    return {
      name,
      note: `${formatCount(step.sent)} of ${formatCount(size)}${again}`,
      state: job.state === "stopped" || job.state === "failed" ? "stopped" : "doing",
      share: size === 0 ? 0 : Math.min(1, step.sent / size),
    };
  });
}

/** How many messages each step has; the last is the rest. Steps that nothing is left for are not there. */
export function stepSizes(steps: readonly number[], start: number): number[] {
  const sizes: number[] = [];
  let left = start;
  for (const step of steps) {
    if (left === 0) break;
    const size = Math.min(step, left);
    sizes.push(size);
    left -= size;
  }
  if (left > 0) sizes.push(left);
  return sizes;
}

/** "about 1 min 36 s left", where that can be told. */
export function jobEstimate(job: Job): string | undefined {
  if (job.state === "preparing") return "fixing what is meant";
  if (job.state !== "running") return undefined;
  const watched = job.step?.watching_until ? job.step.in_flight : null;
  if (watched !== null && watched > 0) return `watching ${formatCount(watched)} until they are handled`;
  return job.eta_s === null ? undefined : `about ${formatDuration(job.eta_s * 1000)} left`;
}
