import { queryOptions } from "@tanstack/react-query";
import { liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { NodeJson } from "@/lib/http/json/node-json";

/** A process of this Warren, or its database. */
export type WarrenNode = NodeJson;

export const nodesQuery = queryOptions({
  queryKey: ["nodes"],
  queryFn: ({ signal }) => request<readonly WarrenNode[]>("GET", "/api/nodes", { signal }),
  refetchInterval: live(2 * liveInterval),
});
