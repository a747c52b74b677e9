import { queryOptions } from "@tanstack/react-query";
import { request, slowInterval } from "@/lib/api-client/client";

export interface Vhost {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

export const vhostsQuery = queryOptions({
  queryKey: ["vhosts"],
  queryFn: ({ signal }) => request<readonly Vhost[]>("GET", "/api/vhosts", { signal }),
  refetchInterval: slowInterval,
});
