import { queryOptions } from "@tanstack/react-query";
import { request, slowInterval } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { VhostJson } from "@/lib/http/json/topology-json";

export type Vhost = VhostJson;

export const vhostsQuery = queryOptions({
  queryKey: ["vhosts"],
  queryFn: ({ signal }) => request<readonly Vhost[]>("GET", "/api/vhosts", { signal }),
  refetchInterval: live(slowInterval),
});
