import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { encodeName, request } from "@/lib/api-client/client";
import { defaultExchangeInUrl } from "@/lib/api-client/exchanges";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { PublishedJson, RoutePreviewJson } from "@/lib/http/json/message-json";

export interface Publishing {
  readonly properties: PlainTable;
  readonly routing_key: string;
  /** Not before so many ms, or not before this time in ISO 8601; one of the two. */
  readonly deliver_after?: number;
  readonly deliver_at?: string;
  readonly payload: string;
  readonly payload_encoding: "string" | "base64";
}

/** The answer to a publish, after it was stored or not; `rejected` are queues that refused it because they are full. */
export type Published = PublishedJson;

const exchangePath = (vhost: string, exchange: string) =>
  `/api/exchanges/${encodeName(vhost)}/${encodeName(exchange || defaultExchangeInUrl)}`;

/** Where a publish goes, for `curl`. */
export function publishPath(vhost: string, exchange: string): string {
  return `${exchangePath(vhost, exchange)}/publish`;
}

/** Publishes one message. Throws ApiError; then nothing was stored. */
export function publish(vhost: string, exchange: string, message: Publishing, signal?: AbortSignal) {
  return request<Published>("POST", publishPath(vhost, exchange), { body: message, ...(signal && { signal }) });
}

/** Where a message would go: every exchange on its way, with the verdict of each binding. */
export type RoutePreview = RoutePreviewJson;
export type RouteStep = RoutePreview["steps"][number];
export type BindingVerdict = RouteStep["verdicts"][number];

/** Where a message would go; nothing is sent. The answer before stays on the screen until the next one is there. */
export function routeQuery(vhost: string, exchange: string, routingKey: string, headers: PlainTable) {
  return queryOptions({
    queryKey: ["route", vhost, exchange, routingKey, headers],
    queryFn: ({ signal }) =>
      request<RoutePreview>("POST", `${exchangePath(vhost, exchange)}/route`, {
        body: { routing_key: routingKey, properties: { headers } },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    retry: false,
  });
}
