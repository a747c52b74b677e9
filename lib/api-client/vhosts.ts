import { queryOptions } from "@tanstack/react-query";
import { encodeName, request, slowInterval } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { VhostJson } from "@/lib/http/json/topology-json";

export type Vhost = VhostJson;

export const vhostsQuery = queryOptions({
  queryKey: ["vhosts"],
  queryFn: ({ signal }) => request<readonly Vhost[]>("GET", "/api/vhosts", { signal }),
  refetchInterval: live(slowInterval),
});

/** Creates a virtual host, with all permissions for whoever does it; or changes description and tags of one. */
export function putVhost(name: string, vhost: { readonly description: string; readonly tags: readonly string[] }) {
  return request<void>("PUT", `/api/vhosts/${encodeName(name)}`, { body: vhost });
}

/** Deletes a virtual host and everything in it, messages too. */
export function deleteVhost(name: string) {
  return request<void>("DELETE", `/api/vhosts/${encodeName(name)}`);
}
