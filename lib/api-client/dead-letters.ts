import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import {
  type BulkResult,
  type Death,
  liveWhileFew,
  type Message,
  type Order,
  type Page,
  pageSize,
} from "@/lib/api-client/messages";

export type DeadLetter = Message & { readonly death: Death };

/** Which dead letters a list shows. */
export interface DeadLetterFilter {
  /** Null: of all vhosts. */
  readonly vhost: string | null;
  /** The queue that they lie in. */
  readonly queue?: string | undefined;
  /** Of this cause. */
  readonly group?: string | undefined;
  /** As typed in a search field, without `queue:`. */
  readonly q: string;
}

function filterParameters(filter: DeadLetterFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.vhost !== null) query.set("vhost", filter.vhost);
  if (filter.queue !== undefined) query.set("queue", filter.queue);
  if (filter.group !== undefined) query.set("group", filter.group);
  if (filter.q !== "") query.set("q", filter.q);
  return query;
}

/** Dead letters, page after page. */
export function deadLettersQuery(filter: DeadLetterFilter, order: Order, bodyLimit: number) {
  return infiniteQueryOptions({
    queryKey: [
      "dead-letters",
      "list",
      filter.vhost,
      filter.queue ?? null,
      filter.group ?? null,
      filter.q,
      order,
      bodyLimit,
    ],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = filterParameters(filter);
      query.set("order", order);
      query.set("limit", String(pageSize));
      query.set("body_limit", String(bodyLimit));
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<DeadLetter>>("GET", `/api/dead-letters?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** How many there are in all, exactly. */
export function deadLetterCountQuery(filter: DeadLetterFilter) {
  return queryOptions({
    queryKey: ["dead-letters", "count", filter.vhost, filter.queue ?? null, filter.group ?? null, filter.q],
    queryFn: ({ signal }) =>
      request<{ readonly count: number }>("GET", `/api/dead-letters/count?${filterParameters(filter)}`, { signal }),
    select: (answer) => answer.count,
    refetchInterval: live(liveInterval),
  });
}

/** Which dead letters an action means. `all` is whatever matches when the server does it. */
export type DeadLetterSelection =
  | { readonly ids: readonly { readonly queue: string; readonly id: number }[] }
  | { readonly all: true; readonly queue?: string; readonly q?: string; readonly group?: string };

export interface Destination {
  readonly exchange: string;
  readonly routing_key: string;
}

/** Sends dead letters back to the queues they died in, or to `to`. */
export function retryDeadLetters(vhost: string, selection: DeadLetterSelection, to?: Destination) {
  return request<BulkResult>("POST", `/api/dead-letters/${encodeName(vhost)}/retry`, {
    body: { ...selection, ...(to && { to }) },
  });
}

/** Puts dead letters into the trash; `trash` names the batch, for undo. */
export function discardDeadLetters(vhost: string, selection: DeadLetterSelection) {
  return request<BulkResult & { readonly trash: string | null }>(
    "POST",
    `/api/dead-letters/${encodeName(vhost)}/discard`,
    { body: selection },
  );
}
