import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request, requestWithHeaders } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { SampleJson } from "@/lib/http/json/stats-json";
import type { QueueJson } from "@/lib/http/json/topology-json";

/** One queue: RabbitMQ's fields, then Warren's. */
export type Queue = QueueJson;
/** One point of a chart. */
export type Sample = SampleJson;

export interface QueueDeclaration {
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly arguments: PlainTable;
}

const queuePath = (vhost: string, name: string) => `/api/queues/${encodeName(vhost)}/${encodeName(name)}`;

/** The order in which a list shows its rows: a field of the answer (dots go into objects). */
export interface QueueOrder {
  readonly field: string;
  readonly descending: boolean;
}

/** The beginning of a list in RabbitMQ's form for pages. */
interface QueuePage {
  readonly items: readonly Queue[];
  readonly page_count: number;
  readonly total_count: number;
}

/** So many rows come first: more than any screen shows, and few beside ten thousand. */
const firstRows = 200;

const listPath = (vhost: string | null) => `/api/queues${vhost === null ? "" : `/${encodeName(vhost)}`}?trend=true`;

/**
 * All queues, or those of one vhost, with their trend.
 * @param first the order of a list that is about to be looked at: as long as nothing is known, its beginning is asked for
 *   before the whole (`firstQueuesQuery` has it), since ten thousand queues are megabytes
 */
export function queuesQuery(vhost: string | null, first?: QueueOrder) {
  return queryOptions({
    queryKey: ["queues", "list", vhost],
    queryFn: async ({ signal, client, queryKey }) => {
      if (first !== undefined && client.getQueryData(queryKey) === undefined) {
        const { field, descending } = first;
        const asked = `&page=1&page_size=${firstRows}&sort=${encodeURIComponent(field)}&sort_reverse=${descending}`;
        const page = await request<QueuePage>("GET", listPath(vhost) + asked, { signal });
        if (page.page_count <= 1) return page.items;
        client.setQueryData(firstQueuesQuery(vhost, first).queryKey, page);
      }
      return request<readonly Queue[]>("GET", listPath(vhost), { signal });
    },
    refetchInterval: live(liveInterval),
  });
}

/** The beginning of a long list while the rest is on its way. `queuesQuery` puts it there; nothing asks for it. */
export function firstQueuesQuery(vhost: string | null, { field, descending }: QueueOrder) {
  return queryOptions<QueuePage>({ queryKey: ["queues", "first", vhost, field, descending], enabled: false });
}

/** One queue; 404 when it is not there. */
export function queueQuery(vhost: string, name: string) {
  return queryOptions({
    queryKey: ["queues", "one", vhost, name],
    queryFn: ({ signal }) => request<Queue>("GET", queuePath(vhost, name), { signal }),
    refetchInterval: live(liveInterval),
  });
}

/** What a list that was read before says of a queue: all but the age of its head. */
export function knownQueue(client: QueryClient, vhost: string, name: string): Queue | undefined {
  for (const [, list] of client.getQueriesData<readonly Queue[]>({ queryKey: ["queues", "list"] })) {
    const found = list?.find((queue) => queue.name === name && queue.vhost === vhost);
    if (found) return found;
  }
  return undefined;
}

/** @param ageMs how far back, @param incrementMs distance of two points; both in ms */
export function queueSamplesQuery(vhost: string, name: string, ageMs: number, incrementMs: number) {
  return queryOptions({
    queryKey: ["queues", "samples", vhost, name, ageMs],
    queryFn: ({ signal }) =>
      request<{ readonly samples: readonly Sample[] }>(
        "GET",
        `${queuePath(vhost, name)}/samples?age=${ageMs / 1000}&incr=${incrementMs / 1000}`,
        { signal },
      ),
    refetchInterval: live(Math.max(liveInterval, Math.min(incrementMs, 60_000))),
  });
}

/** Creates it; answers without error when the same queue is there already. */
export function declareQueue(vhost: string, name: string, declaration: QueueDeclaration) {
  return request<void>("PUT", queuePath(vhost, name), { body: declaration });
}

/** Puts it into the trash with its bindings and messages. `trash` is the batch to restore; an exclusive queue has none. */
export async function deleteQueue(vhost: string, name: string): Promise<{ trash: string | null }> {
  const { headers } = await requestWithHeaders<void>("DELETE", queuePath(vhost, name));
  return { trash: headers.get("x-warren-trash") };
}

/** Moves all ready messages to the trash. `trash` is the batch to restore, null if there was nothing to take. */
export async function purgeQueue(vhost: string, name: string): Promise<{ messages: number; trash: string | null }> {
  const { headers } = await requestWithHeaders<void>("DELETE", `${queuePath(vhost, name)}/contents`);
  return { messages: Number(headers.get("x-warren-messages") ?? 0), trash: headers.get("x-warren-trash") };
}
