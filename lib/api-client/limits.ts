import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, liveInterval, request } from "@/lib/api-client/client";
import type { Connection } from "@/lib/api-client/connections";
import type { User } from "@/lib/api-client/users";
import type { Vhost } from "@/lib/api-client/vhosts";
import type { UserLimitName, VhostLimitName, VhostLimits } from "@/lib/broker/limits";

/** Limits are of a virtual host, or of a user. */
export type LimitKind = "vhost" | "user";
export type LimitName = VhostLimitName | UserLimitName;

/** The limits of one virtual host or user, and what there is of what they limit. */
export interface Limited {
  readonly name: string;
  /** What has no limit is missing; -1 is none either. */
  readonly limits: { readonly [Name in LimitName]?: number };
  /** How much there is now; missing where the reader may not know. */
  readonly now: { readonly [Name in LimitName]?: number };
}

/**
 * All virtual hosts that the reader may see, with or without limits. No event tells of limits, so they are polled.
 * @param counted whether the reader sees everybody's connections
 */
export function vhostLimitsQuery(counted: boolean) {
  return queryOptions({
    queryKey: ["limits", "vhost", counted],
    queryFn: async ({ signal }): Promise<readonly Limited[]> => {
      const [vhosts, limits, connections] = await Promise.all([
        request<readonly Pick<Vhost, "name" | "queues">[]>("GET", "/api/vhosts?columns=name,queues", { signal }),
        request<readonly { vhost: string; value: VhostLimits["limits"] }[]>("GET", "/api/vhost-limits", { signal }),
        counted ? openConnections(signal) : null,
      ]);
      const limitsOf = new Map(limits.map(({ vhost, value }) => [vhost, value]));
      return vhosts.map(({ name, queues }) => ({
        name,
        limits: limitsOf.get(name) ?? {},
        now: {
          "max-queues": queues,
          ...(connections && { "max-connections": connections.filter(({ vhost }) => vhost === name).length }),
        },
      }));
    },
    refetchInterval: every(2 * liveInterval),
  });
}

/** All users, with or without limits. 403 for all but administrators. */
export function userLimitsQuery() {
  return queryOptions({
    queryKey: ["limits", "user"],
    queryFn: async ({ signal }): Promise<readonly Limited[]> => {
      const [users, connections] = await Promise.all([
        request<readonly Pick<User, "name" | "limits">[]>("GET", "/api/users?columns=name,limits", { signal }),
        openConnections(signal),
      ]);
      return users.map(({ name, limits }) => {
        const own = connections.filter(({ user }) => user === name);
        const channels = own.reduce((sum, connection) => sum + connection.channels, 0);
        return { name, limits: { ...limits }, now: { "max-connections": own.length, "max-channels": channels } };
      });
    },
    refetchInterval: every(2 * liveInterval),
  });
}

function openConnections(signal: AbortSignal) {
  return request<readonly Pick<Connection, "user" | "vhost" | "channels">[]>(
    "GET",
    "/api/connections?columns=user,vhost,channels",
    { signal },
  );
}

/** @param value null takes the limit away */
export function setLimit(kind: LimitKind, of: string, limit: LimitName, value: number | null) {
  const path = `/api/${kind}-limits/${encodeName(of)}/${limit}`;
  return value === null ? request<void>("DELETE", path) : request<void>("PUT", path, { body: { value } });
}
