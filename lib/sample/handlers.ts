/**
 * What the sample's workers do with a payload. They are written as such programs often are, with an assumption too
 * many, and so fail on some of the real payloads with errors that nobody made up.
 */
export type Handler = (payload: Payload) => void;

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
}

/** Thrown where trying again later may help; the worker then asks for the message to be requeued. */
export class NotYetError extends Error {
  override readonly name: string = "NotYetError";
}

class MergeabilityUnknownError extends NotYetError {
  override readonly name = "MergeabilityUnknownError";
}

class UnknownLanguageError extends Error {
  override readonly name = "UnknownLanguageError";
}

export const handlers: Readonly<Record<string, Handler>> = {
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
  "pull-requests.review": (payload) => {
    const { number, mergeable } = payload.pull_request;
    if (mergeable === null) {
      throw new MergeabilityUnknownError(`GitHub does not say yet whether pull request #${number} can be merged`);
    }
    payload.pull_request.head.repo.full_name.split("/");
  },
  "releases.notes": (payload) => {
    // Assumes that every release has a text.
    if (payload.release !== undefined) payload.release.body.split("\n");
  },
  "security.alerts": (payload) => {
    // Assumes that every repository belongs to an organisation.
    if (payload.alert !== undefined) payload.organization.login.toLowerCase();
  },
};
