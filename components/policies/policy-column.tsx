import type { UnderPolicies } from "@/components/policies/policy-links";
import type { Column } from "@/components/ui/data-table/columns";

/** The policies that apply, in a list of queues or exchanges; hidden until it is asked for. */
export const policyColumn: Column<UnderPolicies> = {
  id: "policy",
  label: "Policy",
  description: "The policy and the operator policy that apply",
  group: "Overview",
  width: 128,
  hidden: true,
  sortBy: (row) => policyNames(row) || null,
  cell: (row) => (
    <span className="mono clip-text text-ink-2" title={policyNames(row)}>
      {policyNames(row)}
    </span>
  ),
};

function policyNames({ policy, operator_policy: operatorPolicy }: UnderPolicies): string {
  return [policy, operatorPolicy].filter((name) => name !== null).join(", ");
}
