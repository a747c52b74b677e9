import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, liveInterval, request } from "@/lib/api-client/client";
import type { UserLimits, VhostLimits } from "@/lib/broker/limits";

/** Limits are of a virtual host, or of a user. */
export type LimitKind = "vhost" | "user";

/** The limits of one virtual host or user; what has no limit has none of the name. */
export interface Limited {
  readonly name: string;
  readonly limits: Readonly<Record<string, number>>;
}

/** All virtual hosts that the reader may see, with or without limits. */
export const vhostLimitsQuery = queryOptions({
  queryKey: ["limits", "vhost"],
  queryFn: async ({ signal }): Promise<readonly Limited[]> => {
    const [vhosts, limits] = await Promise.all([
      request<readonly { readonly name: string }[]>("GET", "/api/vhosts?columns=name", { signal }),
      request<readonly { readonly vhost: string; readonly value: VhostLimits["limits"] }[]>("GET", "/api/vhost-limits", {
        signal,
      }),
    ]);
    const byName = new Map(limits.map(({ vhost, value }) => [vhost, value]));
    return vhosts.map(({ name }) => ({ name, limits: { ...byName.get(name) } }));
  },
  refetchInterval: every(2 * liveInterval),
});

/** All users, with or without limits. 403 for all but administrators. */
export const userLimitsQuery = queryOptions({
  queryKey: ["limits", "user"],
  queryFn: async ({ signal }): Promise<readonly Limited[]> => {
    const users = await request<readonly { readonly name: string; readonly limits: UserLimits["limits"] }[]>(
      "GET",
      "/api/users?columns=name,limits",
      { signal },
    );
    return users.map(({ name, limits }) => ({ name, limits: { ...limits } }));
  },
  refetchInterval: every(2 * liveInterval),
});

/** @param value null takes the limit away */
export function setLimit(kind: LimitKind, name: string, limit: string, value: number | null) {
  const path = `/api/${kind}-limits/${encodeName(name)}/${limit}`;
  return value === null ? request<void>("DELETE", path) : request<void>("PUT", path, { body: { value } });
}
