import type { Policy, PolicyKind } from "@/lib/api-client/policies";
import { isBrokerError } from "@/lib/broker/errors";
import { compilePattern } from "@/lib/broker/rules/pattern";
import { PolicyMatcher, type PolicySubject } from "@/lib/broker/rules/policy-match";

/** A queue or exchange of the policy's vhost, with the policy of this kind that it has now. */
export type Subject = PolicySubject & { readonly policy: string | null };

/** What saving a policy would come to. */
export interface Effect {
  /** It would apply to these. */
  readonly applies: readonly Subject[];
  /** They fit, but another policy goes before. */
  readonly overruled: readonly { readonly subject: Subject; readonly by: string }[];
  /** They have it now, and would no longer. */
  readonly loses: readonly Subject[];
  /** Why the pattern can't be read, as a sentence. */
  readonly problem: string | null;
}

/**
 * Tells by the engine's own rules what a policy would apply to.
 * @param candidate as it would be saved
 * @param others all policies of the kind in the vhost; one with the candidate's name is what it replaces
 */
export function effectOf(
  kind: PolicyKind,
  candidate: Policy,
  others: readonly Policy[],
  subjects: readonly Subject[],
): Effect {
  const none = { applies: [], overruled: [], loses: [] };
  try {
    compilePattern(candidate.pattern);
  } catch (error) {
    if (!isBrokerError(error)) throw error;
    return { ...none, problem: error.message };
  }
  const alone = policySet(kind, [candidate]);
  const all = policySet(kind, [...others.filter(({ name }) => name !== candidate.name), candidate]);
  const matcher = new PolicyMatcher();
  const [applies, overruled, loses]: [Subject[], { subject: Subject; by: string }[], Subject[]] = [[], [], []];
  for (const subject of subjects) {
    const fits = applied(matcher, kind, alone, subject) !== null;
    const winner = fits ? applied(matcher, kind, all, subject) : null;
    if (winner === candidate.name) applies.push(subject);
    else if (winner !== null) overruled.push({ subject, by: winner });
    if (winner !== candidate.name && subject.policy === candidate.name) loses.push(subject);
  }
  return { applies, overruled, loses, problem: null };
}

type PolicySet = Parameters<PolicyMatcher["applied"]>[0];

function policySet(kind: PolicyKind, policies: readonly Policy[]): PolicySet {
  const list = policies.map(({ "apply-to": applyTo, ...policy }) => ({ ...policy, applyTo }));
  return kind === "user" ? { user: list, operator: [] } : { user: [], operator: list };
}

function applied(matcher: PolicyMatcher, kind: PolicyKind, policies: PolicySet, subject: Subject): string | null {
  const { policy, operatorPolicy } = matcher.applied(policies, subject);
  return kind === "user" ? policy : operatorPolicy;
}
