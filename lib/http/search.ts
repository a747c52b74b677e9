import { BrokerError } from "@/lib/broker/errors";
import type { MessageState } from "@/lib/broker/message";
import type { MessageFilter } from "@/lib/broker/requests";
import { parseSearchText } from "@/lib/broker/rules/search-text";

export interface Search {
  /** The queue that the text names; undefined if none. */
  readonly queue: string | undefined;
  readonly states: readonly MessageState[];
  /** Undefined when the text asks for nothing else. */
  readonly filter: MessageFilter | undefined;
}

/** Reads the text of `q`. Throws `bad-request` that says which term can't be meant, and why. */
export function parseSearch(q: string | undefined): Search {
  const { queue, states, filter, problems } = parseSearchText(q ?? "");
  if (problems.length > 0) {
    const listed = problems.map(({ term, why }) => `${term}: ${why}`).join("; ");
    throw new BrokerError("bad-request", `The search can't be understood: ${listed}.`, { problems });
  }
  return { queue: queue ?? undefined, states, filter: Object.keys(filter).length === 0 ? undefined : filter };
}

/** The filter in the form of a member that is left out when there is none. */
export function filterMember({ filter }: Search): { filter?: MessageFilter } {
  return filter === undefined ? {} : { filter };
}

/** One of two ways to name a queue. Throws `bad-request` when both do, and differ. */
export function oneQueue(named: string | undefined, searched: string | undefined): { queue?: string } {
  if (named !== undefined && searched !== undefined && named !== searched) {
    throw new BrokerError("bad-request", `The search asks for queue '${searched}', the path or query for '${named}'.`);
  }
  const queue = named ?? searched;
  return queue === undefined ? {} : { queue };
}
