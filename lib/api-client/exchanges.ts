import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { ExchangeJson } from "@/lib/http/json/topology-json";

export type ExchangeType = "direct" | "topic" | "fanout" | "headers";

export type Exchange = ExchangeJson;

export interface ExchangeDeclaration {
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: PlainTable;
}

/** RabbitMQ's names for the nameless exchange: shown, and in URLs. */
export const defaultExchangeLabel = "(AMQP default)";
export const defaultExchangeInUrl = "amq.default";

const exchangePath = (vhost: string, name: string) =>
  `/api/exchanges/${encodeName(vhost)}/${encodeName(name || defaultExchangeInUrl)}`;

/** The exchanges of one vhost, or of all that may be seen (`vhost` null), with their rates. */
export function exchangesQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["exchanges", "list", vhost],
    queryFn: ({ signal }) =>
      request<readonly Exchange[]>("GET", `/api/exchanges${vhost === null ? "" : `/${encodeName(vhost)}`}`, { signal }),
    refetchInterval: live(liveInterval),
  });
}

/** One exchange; 404 when it is not there. */
export function exchangeQuery(vhost: string, name: string) {
  return queryOptions({
    queryKey: ["exchanges", "one", vhost, name],
    queryFn: ({ signal }) => request<Exchange>("GET", exchangePath(vhost, name), { signal }),
    refetchInterval: live(liveInterval),
  });
}

/** Declares an exchange. 400 where there is another one of that name. */
export function declareExchange(vhost: string, name: string, declaration: ExchangeDeclaration) {
  return request<void>("PUT", exchangePath(vhost, name), { body: declaration });
}

/** Deletes an exchange with its bindings. */
export function deleteExchange(vhost: string, name: string) {
  return request<void>("DELETE", exchangePath(vhost, name));
}
