import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { deathReasons } from "@/lib/broker/message";
import type { MessageFilter, Selection } from "@/lib/broker/requests";
import { messageId, searchText, shortText } from "@/lib/http/schemas";
import { oneQueue, parseSearch } from "@/lib/http/search";

/** Which dead letters: parameters of lists and selections. */
export const whichLetters = {
  vhost: shortText.optional(),
  queue: shortText.optional().meta({ description: "The queue that they lie in." }),
  q: searchText,
  reason: z.enum(deathReasons).optional(),
  origin: shortText.optional().meta({ description: "The queue that they died in." }),
  group: z.guid().optional().meta({ description: "The group of their cause." }),
};

/** Members of a body that say which dead letters are meant: `ids`, or `all` that match. */
export const letterSelection = {
  ids: z
    .array(z.strictObject({ queue: shortText, id: messageId }))
    .min(1)
    .max(10_000)
    .optional(),
  all: z.literal(true).optional(),
  queue: whichLetters.queue,
  q: whichLetters.q,
  reason: whichLetters.reason,
  origin: whichLetters.origin,
  group: whichLetters.group,
};

interface Wanted {
  readonly queue?: string | undefined;
  readonly q?: string | undefined;
  readonly reason?: (typeof deathReasons)[number] | undefined;
  readonly origin?: string | undefined;
  readonly group?: string | undefined;
}

/** The queue and filter that the parameters mean, each left out when there is none. */
export function wantedLetters({ queue, q, reason, origin, group }: Wanted): { queue?: string; filter?: MessageFilter } {
  const search = parseSearch(q);
  if (search.states.length > 0) {
    throw new BrokerError("bad-request", "The search has state:, but all of these are dead letters.");
  }
  const filter: MessageFilter = {
    ...search.filter,
    ...(reason !== undefined && { reason }),
    ...(origin !== undefined && { originQueue: origin }),
    ...(group !== undefined && { group }),
  };
  return { ...oneQueue(queue, search.queue), ...(Object.keys(filter).length > 0 && { filter }) };
}

export interface AskedSelection extends Wanted {
  readonly ids?: readonly { readonly queue: string; readonly id: number }[] | undefined;
  readonly all?: true | undefined;
}

/** Throws `bad-request` for both ids and all, or neither. */
export function selectionOf({ ids, all, ...wanted }: AskedSelection): Selection {
  if ((ids === undefined) === (all === undefined)) {
    throw new BrokerError("bad-request", "The body must have either ids or all: true.");
  }
  if (ids === undefined) return { kind: "all", ...wantedLetters(wanted) };
  if (Object.values(wanted).some((value) => value !== undefined)) {
    throw new BrokerError("bad-request", "queue, q, reason, origin and group go with all: true, not with ids.");
  }
  return { kind: "messages", refs: ids };
}
