import { queryOptions } from "@tanstack/react-query";
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

/** All queues, or those of one vhost, with their trend. */
export function queuesQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["queues", "list", vhost],
    queryFn: ({ signal }) =>
      request<readonly Queue[]>("GET", `/api/queues${vhost === null ? "" : `/${encodeName(vhost)}`}?trend=true`, {
        signal,
      }),
    refetchInterval: live(liveInterval),
  });
}

/** One queue; 404 when it is not there. */
export function queueQuery(vhost: string, name: string) {
  return queryOptions({
    queryKey: ["queues", "one", vhost, name],
    queryFn: ({ signal }) => request<Queue>("GET", queuePath(vhost, name), { signal }),
    refetchInterval: live(liveInterval),
  });
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
