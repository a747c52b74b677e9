import { policyHref } from "@/components/policies/links";
import { definitionWords } from "@/components/policies/policy-words";
import { TextLink } from "@/components/ui/text-link";
import { NameText } from "@/components/ui/visible-text";
import type { Policy } from "@/lib/api-client/policies";

/** A queue or exchange with the policies that apply to it. */
export interface UnderPolicies {
  readonly vhost: string;
  readonly policy: string | null;
  readonly operator_policy: string | null;
  /** What both come to. */
  readonly effective_policy_definition: Policy["definition"];
}

/** The policies that apply to a queue or exchange, in its head; nothing where there are none. */
export function PolicyLinks({ of }: { of: UnderPolicies }) {
  const { vhost, policy, operator_policy: operatorPolicy } = of;
  if (policy === null && operatorPolicy === null) return null;
  return (
    <span className="text-12 text-ink-2" title={definitionWords(of.effective_policy_definition)}>
      {policy !== null && (
        <>
          policy{" "}
          <TextLink href={policyHref("user", vhost, policy)}>
            <NameText text={policy} />
          </TextLink>
        </>
      )}
      {policy !== null && operatorPolicy !== null && ", "}
      {operatorPolicy !== null && (
        <>
          operator policy <TextLink href={policyHref("operator", vhost, operatorPolicy)}>{operatorPolicy}</TextLink>
        </>
      )}
    </span>
  );
}
