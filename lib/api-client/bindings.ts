import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { defaultExchangeInUrl } from "@/lib/api-client/exchanges";
import { live } from "@/lib/api-client/live/flow";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { BindingJson } from "@/lib/http/json/topology-json";

export type Binding = BindingJson;

export interface NewBinding {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationType: "queue" | "exchange";
  readonly routingKey: string;
  readonly arguments: PlainTable;
}

/** Which bindings: those into a queue, or those that lead from (`source`) or to (`destination`) an exchange. */
export type BindingScope =
  | { readonly vhost: string; readonly queue: string }
  | { readonly vhost: string; readonly exchange: string; readonly end: "source" | "destination" };

/** The bindings of a scope; for a queue, the default exchange's own binding included. */
export function bindingsQuery(scope: BindingScope) {
  const vhost = encodeName(scope.vhost);
  const path =
    "queue" in scope
      ? `/api/queues/${vhost}/${encodeName(scope.queue)}/bindings`
      : `/api/exchanges/${vhost}/${encodeName(scope.exchange || defaultExchangeInUrl)}/bindings/${scope.end}`;
  return queryOptions({
    queryKey: ["bindings", path],
    queryFn: ({ signal }) => request<readonly Binding[]>("GET", path, { signal }),
    refetchInterval: live(2 * liveInterval),
  });
}

/** All bindings but those of the default exchange, or those of one vhost. */
export function allBindingsQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["bindings", "list", vhost],
    queryFn: ({ signal }) =>
      request<readonly Binding[]>("GET", `/api/bindings${vhost === null ? "" : `/${encodeName(vhost)}`}`, { signal }),
    refetchInterval: live(3 * liveInterval),
  });
}

function pairPath(binding: { vhost: string; source: string; destination: string }, type: "queue" | "exchange") {
  return `/api/bindings/${encodeName(binding.vhost)}/e/${encodeName(binding.source)}/${type === "queue" ? "q" : "e"}/${encodeName(binding.destination)}`;
}

/** Binds a queue or exchange to an exchange. 404 where one of the two is not there. */
export function bind(binding: NewBinding) {
  return request<void>("POST", pairPath(binding, binding.destinationType), {
    body: { routing_key: binding.routingKey, arguments: binding.arguments },
  });
}

/** Takes one binding away. */
export function unbind(binding: Binding) {
  return request<void>(
    "DELETE",
    `${pairPath(binding, binding.destination_type)}/${encodeName(binding.properties_key)}`,
  );
}
