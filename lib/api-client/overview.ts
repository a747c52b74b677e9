import { queryOptions } from "@tanstack/react-query";
import { liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { Sample } from "@/lib/api-client/queues";
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
  readonly listeners?: readonly { readonly protocol: string; readonly port: number }[];
}

/** The broker as a whole. The frame of the console asks for it on every page: it is also how a lost server is noticed. */
export function overviewQuery() {
  return queryOptions({
    queryKey: ["overview"],
    queryFn: ({ signal }) => request<Overview>("GET", "/api/overview", { signal }),
    refetchInterval: live(liveInterval),
    retry: false,
  });
}

/**
 * Points for the charts of all queues, or of those of one vhost.
 * @param ageMs how far back, @param incrementMs distance of two points; both in ms
 */
export function samplesQuery(vhost: string | null, ageMs: number, incrementMs: number) {
  const [age, increment] = [String(ageMs / 1000), String(incrementMs / 1000)];
  const query = new URLSearchParams({
    columns: "samples",
    lengths_age: age,
    lengths_incr: increment,
    msg_rates_age: age,
    msg_rates_incr: increment,
  });
  if (vhost !== null) query.set("vhost", vhost);
  return queryOptions({
    queryKey: ["overview", "samples", vhost, ageMs],
    queryFn: ({ signal }) =>
      request<{ readonly samples: readonly Sample[] }>("GET", `/api/overview?${query}`, { signal }),
    refetchInterval: live(Math.max(liveInterval, Math.min(incrementMs, 60_000))),
  });
}
