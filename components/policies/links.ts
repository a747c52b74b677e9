import type { PolicyKind } from "@/lib/api-client/policies";

/** The list of policies of a vhost with one of them open. */
export function policyHref(kind: PolicyKind, vhost: string | null, name: string): string | undefined {
  if (vhost === null) return undefined;
  return `/policies?${new URLSearchParams({ vhost, tab: kind, policy: name, in: vhost })}`;
}
