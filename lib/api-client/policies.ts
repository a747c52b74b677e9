import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { PolicyJson } from "@/lib/http/json/policy-json";

/** Settings for all queues or exchanges whose names match a pattern. */
export type Policy = PolicyJson;
/** What a policy is about. */
export type PolicyTarget = Policy["apply-to"];
/** Those of users, and those of operators, which limit them. */
export type PolicyKind = "user" | "operator";

const roots = { user: "/api/policies", operator: "/api/operator-policies" } as const;
const path = (kind: PolicyKind, { vhost, name }: Pick<Policy, "vhost" | "name">) =>
  `${roots[kind]}/${encodeName(vhost)}/${encodeName(name)}`;

/** The policies of one vhost, or of all that the reader may see. */
export function policiesQuery(kind: PolicyKind, vhost: string | null) {
  return queryOptions({
    queryKey: ["policies", kind, vhost],
    queryFn: ({ signal }) =>
      request<readonly Policy[]>("GET", vhost === null ? roots[kind] : `${roots[kind]}/${encodeName(vhost)}`, {
        signal,
      }),
    refetchInterval: live(liveInterval),
  });
}

/** Makes or replaces a policy; it takes effect at once. 400 for a definition or pattern that can't be. */
export function putPolicy(kind: PolicyKind, policy: Policy) {
  const { pattern, definition, priority } = policy;
  return request<void>("PUT", path(kind, policy), {
    body: { pattern, definition, priority, "apply-to": policy["apply-to"] },
  });
}

/** Takes a policy away; what it set no longer holds at once. 404 where somebody was first. */
export function deletePolicy(kind: PolicyKind, policy: Pick<Policy, "vhost" | "name">) {
  return request<void>("DELETE", path(kind, policy));
}
