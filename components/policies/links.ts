import { withVhost } from "@/components/shell/vhost";
import type { PolicyKind } from "@/lib/api-client/policies";

/** The tabs of the page, in their order. */
export const policyTabs = ["user", "operator", "limits"] as const;
export type PolicyTab = (typeof policyTabs)[number];

/** A tab of the page, keeping the vhost. */
export function policyTabHref(tab: PolicyTab, vhost: string | null): string {
  return `${withVhost("/policies", vhost)}${vhost === null ? "?" : "&"}tab=${tab}`;
}

/** The list of policies of a vhost with one of them open. */
export function policyHref(kind: PolicyKind, vhost: string, name: string): string {
  return `/policies?${new URLSearchParams({ vhost, tab: kind, policy: name, in: vhost })}`;
}

/** The limits of virtual hosts, or of users. */
export function limitsHref(of: "vhost" | "user"): string {
  return `/policies?${new URLSearchParams({ tab: "limits", of })}`;
}
