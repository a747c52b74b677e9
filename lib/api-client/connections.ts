import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { ChannelJson, ConnectionJson, ConsumerJson } from "@/lib/http/json/presence-json";

export type Connection = ConnectionJson;
export type Channel = ChannelJson;
export type Consumer = ConsumerJson;

/** Doors tell what consumers do once a second. */
const quickInterval = 1_000;

const connectionPath = (name: string) => `/api/connections/${encodeName(name)}`;

/** All connections, or those of one vhost. */
export function connectionsQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["connections", "list", vhost],
    queryFn: ({ signal }) => request<readonly Connection[]>("GET", `/api${ofVhost(vhost)}/connections`, { signal }),
    refetchInterval: live(liveInterval),
  });
}

/** One connection by its name; 404 when it has gone. */
export function connectionQuery(name: string) {
  return queryOptions({
    queryKey: ["connections", "one", name],
    queryFn: ({ signal }) => request<Connection>("GET", connectionPath(name), { signal }),
    refetchInterval: live(liveInterval),
    retry: false,
  });
}

/** The channels of one connection. */
export function connectionChannelsQuery(name: string) {
  return queryOptions({
    queryKey: ["connections", "channels", name],
    queryFn: ({ signal }) => request<readonly Channel[]>("GET", `${connectionPath(name)}/channels`, { signal }),
    refetchInterval: live(liveInterval),
    retry: false,
  });
}

/** All channels, or those of one vhost. */
export function channelsQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["channels", "list", vhost],
    queryFn: ({ signal }) => request<readonly Channel[]>("GET", `/api${ofVhost(vhost)}/channels`, { signal }),
    refetchInterval: live(liveInterval),
  });
}

/** All consumers, or those of one vhost, with what they hold. */
export function consumersQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["consumers", "list", vhost],
    queryFn: ({ signal }) =>
      request<readonly Consumer[]>("GET", `/api/consumers${vhost === null ? "" : `/${encodeName(vhost)}`}`, { signal }),
    refetchInterval: live(quickInterval),
  });
}

/** The consumers of one queue. */
export function queueConsumersQuery(vhost: string, queue: string) {
  return queryOptions({
    queryKey: ["consumers", "queue", vhost, queue],
    queryFn: async ({ signal }) => {
      const path = `/api/queues/${encodeName(vhost)}/${encodeName(queue)}?columns=consumer_details`;
      return (await request<{ readonly consumer_details: readonly Consumer[] }>("GET", path, { signal }))
        .consumer_details;
    },
    refetchInterval: live(quickInterval),
  });
}

/** Closes it; the client is told the reason. Answers when the broker has been asked to, not when it is done. */
export function closeConnection(name: string): Promise<void> {
  return request<void>("DELETE", connectionPath(name));
}

function ofVhost(vhost: string | null): string {
  return vhost === null ? "" : `/vhosts/${encodeName(vhost)}`;
}
