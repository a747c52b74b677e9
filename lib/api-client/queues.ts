import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import type { MessageStats, PlainTable } from "@/lib/api-client/rabbitmq-json";

/** One queue as `GET /api/queues` renders it: RabbitMQ's fields, then Warren's. */
export interface Queue {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly exclusive: boolean;
  readonly arguments: PlainTable;
  readonly state: "running" | "idle" | "flow" | "down";
  readonly idle_since?: string;
  readonly consumers: number;
  readonly messages: number;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
  readonly messages_delayed: number;
  readonly message_bytes_ready: number;
  readonly message_bytes_unacknowledged: number;
  readonly message_stats?: MessageStats;
  /** Dead letters that lie in this queue. */
  readonly dead_letters: number;
  /** Dead letters elsewhere that died here. */
  readonly dead_letters_from_here: number;
  /** Ready counts of the last ten minutes, oldest first. */
  readonly trend?: readonly number[];
  /** When the message at the head was enqueued; only in `GET /api/queues/{vhost}/{name}`. */
  readonly head_enqueued_at?: string | null;
}

export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly rates: Readonly<Record<string, number>>;
}

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
    refetchInterval: liveInterval,
  });
}

export function queueQuery(vhost: string, name: string) {
  return queryOptions({
    queryKey: ["queues", "one", vhost, name],
    queryFn: ({ signal }) => request<Queue>("GET", queuePath(vhost, name), { signal }),
    refetchInterval: liveInterval,
  });
}

/** @param ageMs how far back, @param incrementMs distance of two points; both in ms */
export function queueSamplesQuery(vhost: string, name: string, ageMs: number, incrementMs: number) {
  return queryOptions({
    queryKey: ["queues", "samples", vhost, name, ageMs],
    queryFn: ({ signal }) =>
      request<readonly Sample[]>(
        "GET",
        `${queuePath(vhost, name)}/samples?age=${ageMs / 1000}&incr=${incrementMs / 1000}`,
        { signal },
      ),
    refetchInterval: Math.max(liveInterval, Math.min(incrementMs, 60_000)),
  });
}

/** Creates it; answers without error when the same queue is there already. */
export function declareQueue(vhost: string, name: string, declaration: QueueDeclaration) {
  return request<void>("PUT", queuePath(vhost, name), { body: declaration });
}

export function deleteQueue(vhost: string, name: string) {
  return request<void>("DELETE", queuePath(vhost, name));
}

/** Takes out all ready messages. */
export function purgeQueue(vhost: string, name: string) {
  return request<{ messages?: number; trash?: string | null } | undefined>(
    "DELETE",
    `${queuePath(vhost, name)}/contents`,
  );
}
