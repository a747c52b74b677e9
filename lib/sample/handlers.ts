import { setTimeout as sleep } from "node:timers/promises";

/**
 * What the sample's workers do with a payload. They are written as such programs often are, with an assumption too
 * many, and so fail on some of the real payloads with errors that nobody made up.
 */
export type Handler = (payload: Payload, at: Moment) => void | Promise<void>;

/** When it works, and until when it may. */
export interface Moment {
  readonly now: Date;
  /** Ends the work early: the sample is stopped. */
  readonly signal: AbortSignal;
}

/** A webhook's JSON, as careless code sees it. */
export interface Payload {
  readonly action?: string;
  readonly sender: { readonly login: string };
  readonly repository: { readonly full_name: string; readonly language: string };
  readonly organization: { readonly login: string };
  readonly issue: {
    readonly assignee: { readonly login: string };
    readonly labels: readonly { readonly name: string }[];
  };
  readonly pull_request: {
    readonly number: number;
    readonly mergeable: boolean | null;
    readonly head: { readonly repo: { readonly full_name: string } };
  };
  readonly release: { readonly body: string; readonly tag_name: string };
  readonly alert: { readonly number: number };
  readonly check_run: { readonly conclusion: string | null };
  readonly deployment: { readonly id: number; readonly environment: string };
  readonly team: { readonly slug: string };
}

/** Thrown where trying again later may help; the worker then asks for the message to be requeued. */
export class NotYetError extends Error {
  override readonly name: string = "NotYetError";
}

/** Thrown where the process that works is killed: it settles nothing, and its connection is gone. */
export class WorkerKilledError extends Error {
  override readonly name = "WorkerKilledError";
}

class MergeabilityUnknownError extends NotYetError {
  override readonly name = "MergeabilityUnknownError";
}

class UnknownLanguageError extends Error {
  override readonly name = "UnknownLanguageError";
}

class UpstreamUnavailableError extends Error {
  override readonly name = "UpstreamUnavailableError";
}

/** The deployment service is away for two of every five minutes: what failed then succeeds when it is retried. */
function isOutage(now: Date): boolean {
  return now.getUTCMinutes() % 5 < 2;
}

/** How long the indexer is stuck on what it can't digest, in ms: longer than any lease of its. */
const stuckForMs = 12_000;

/** Of those that take leases, and say with each message that they reject what went wrong. */
export const leaseHandlers: Readonly<Record<string, Handler>> = {
  "ci.builds": (payload) => {
    const language = payload.repository.language;
    if (payload.check_run !== undefined && language === null) {
      throw new UnknownLanguageError(`no builder for ${payload.repository.full_name}: its language is ${language}`);
    }
  },
  "issues.triage": (payload) => {
    // Assumes that every issue has been assigned to somebody.
    if (payload.issue !== undefined) payload.issue.assignee.login.toLowerCase();
  },
  "releases.notes": (payload) => {
    // Assumes that every release has a text.
    if (payload.release !== undefined) payload.release.body.split("\n");
  },
  "deploy.hooks": (payload, { now }) => {
    if (payload.deployment !== undefined && isOutage(now)) {
      const { id, environment } = payload.deployment;
      throw new UpstreamUnavailableError(`connect ECONNREFUSED 10.4.0.17:8443 (deployment ${id} to '${environment}')`);
    }
  },
  "search.index": async (payload, { signal }) => {
    // A rename makes it rebuild the whole index, which takes longer than it may hold a message.
    if (payload.action === "renamed") await sleep(stuckForMs, undefined, { signal });
  },
  "security.alerts": (payload) => {
    // Assumes that every repository belongs to an organisation.
    if (payload.alert !== undefined) payload.organization.login.toLowerCase();
  },
};

/** Of those that are AMQP clients: that protocol has no room for what went wrong. */
export const clientHandlers = {
  "pull-requests.review": (payload) => {
    const { number, mergeable } = payload.pull_request;
    if (mergeable === null) {
      throw new MergeabilityUnknownError(`GitHub does not say yet whether pull request #${number} can be merged`);
    }
    payload.pull_request.head.repo.full_name.split("/");
  },
  "teams.sync": (payload) => {
    // Poison: whoever takes it runs out of memory and is killed, and then the next one that gets it.
    if (payload.team !== undefined && payload.action === "deleted") {
      throw new WorkerKilledError(`out of memory while syncing team ${payload.team.slug}`);
    }
  },
} as const satisfies Readonly<Record<string, Handler>>;
