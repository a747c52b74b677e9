import { queryOptions } from "@tanstack/react-query";
import { liveInterval, request } from "@/lib/api-client/client";
import type { MessageStats } from "@/lib/api-client/rabbitmq-json";

/** The broker as a whole, as `GET /api/overview` renders it in RabbitMQ's fields. */
export interface Overview {
  readonly cluster_name?: string;
  readonly node?: string;
  readonly product_version?: string;
  readonly object_totals: {
    readonly queues: number;
    readonly exchanges: number;
    readonly connections: number;
    readonly channels: number;
    readonly consumers: number;
  };
  readonly queue_totals: {
    readonly messages?: number;
    readonly messages_ready?: number;
    readonly messages_unacknowledged?: number;
  };
  readonly message_stats?: MessageStats;
}

/** The broker as a whole. The frame of the console asks for it on every page: it is also how a lost server is noticed. */
export function overviewQuery() {
  return queryOptions({
    queryKey: ["overview"],
    queryFn: ({ signal }) => request<Overview>("GET", "/api/overview", { signal }),
    refetchInterval: liveInterval,
    retry: false,
  });
}
