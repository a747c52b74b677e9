import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Binding } from "@/lib/api-client/bindings";
import { encodeName, request } from "@/lib/api-client/client";
import { defaultExchangeInUrl, type ExchangeType } from "@/lib/api-client/exchanges";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";

export interface Publishing {
  readonly properties: PlainTable;
  readonly routing_key: string;
  readonly payload: string;
  readonly payload_encoding: "string" | "base64";
}

/** The answer to a publish, after it was stored or not. */
export interface Published {
  readonly routed: boolean;
  readonly queues: readonly string[];
  /** Queues that refused it because they are full. */
  readonly rejected?: readonly string[];
  readonly message_id: number | null;
}

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

/** How one binding judged a routing key and headers. */
export interface BindingVerdict {
  readonly binding: Binding;
  readonly matches: boolean;
  readonly why: string | null;
  readonly decided_by: { readonly word: number } | { readonly header: string } | null;
}

export interface RouteStep {
  readonly exchange: string;
  readonly exchange_type: ExchangeType;
  readonly via: "publish" | "binding" | "alternate";
  readonly verdicts: readonly BindingVerdict[];
}

export interface RoutePreview {
  readonly steps: readonly RouteStep[];
  readonly queues: readonly string[];
  readonly alternate_exchange: string | null;
}

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
