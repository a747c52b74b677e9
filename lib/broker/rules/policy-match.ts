import { type AppliedPolicies, noPolicies, type Policy, type PolicyKind, type PolicyTarget } from "@/lib/broker/policy";
import { compilePattern, type Pattern } from "@/lib/broker/rules/pattern";
import { mergedDefinition } from "@/lib/broker/rules/policy-definition";

/** What policies are about. */
export type PolicySubject =
  | { readonly kind: "queue"; readonly type: "classic" | "quorum"; readonly name: string }
  | { readonly kind: "exchange"; readonly name: string };

/** All policies of one vhost, in any order. */
export interface VhostPolicies {
  readonly user: readonly Policy[];
  readonly operator: readonly Policy[];
}

interface Known {
  readonly pattern: Pattern;
  readonly results: Map<string, boolean>;
}

/** More names than this are not remembered for one pattern. */
const maxResults = 100_000;

/** Finds the policies that apply. Remembers which names fit which patterns, since that is asked at each change. */
export class PolicyMatcher {
  #known = new Map<string, Known>();

  /** Begins anew with what is needed now; what was known of patterns that are still there stays known. */
  keepOnly(policies: readonly Policy[]): void {
    const sources = new Set(policies.map(({ pattern }) => pattern));
    for (const source of this.#known.keys()) if (!sources.has(source)) this.#known.delete(source);
  }

  /** The policies that apply to a queue or exchange: of each kind the one with the highest priority that fits. */
  applied(policies: VhostPolicies | undefined, subject: PolicySubject): AppliedPolicies {
    if (policies === undefined) return noPolicies;
    const user = this.#highest(policies.user, subject);
    const operator = this.#highest(policies.operator, subject);
    if (user === undefined && operator === undefined) return noPolicies;
    return {
      policy: user?.name ?? null,
      operatorPolicy: operator?.name ?? null,
      definition: mergedDefinition(user?.definition ?? {}, operator?.definition ?? {}),
    };
  }

  /** Of equal priority, the first by name: RabbitMQ leaves it open. */
  #highest(policies: readonly Policy[], subject: PolicySubject): Policy | undefined {
    let highest: Policy | undefined;
    for (const policy of policies) {
      const isHigher =
        highest === undefined ||
        policy.priority > highest.priority ||
        (policy.priority === highest.priority && policy.name < highest.name);
      if (isHigher && isAbout(policy.applyTo, subject) && this.#fits(policy.pattern, subject.name)) highest = policy;
    }
    return highest;
  }

  #fits(source: string, name: string): boolean {
    let known = this.#known.get(source);
    if (known === undefined) {
      known = { pattern: compilePattern(source), results: new Map() };
      this.#known.set(source, known);
    }
    let fits = known.results.get(name);
    if (fits === undefined) {
      fits = known.pattern.test(name);
      if (known.results.size >= maxResults) known.results.clear();
      known.results.set(name, fits);
    }
    return fits;
  }
}

/** By vhost. */
export function policiesByVhost(
  policies: Iterable<{ readonly vhostId: number; readonly kind: PolicyKind; readonly policy: Policy }>,
): Map<number, VhostPolicies> {
  const byVhost = new Map<number, Record<PolicyKind, Policy[]>>();
  for (const { vhostId, kind, policy } of policies) {
    const kinds = byVhost.get(vhostId) ?? { user: [], operator: [] };
    kinds[kind].push(policy);
    byVhost.set(vhostId, kinds);
  }
  return byVhost;
}

function isAbout(target: PolicyTarget, subject: PolicySubject): boolean {
  if (target === "all") return true;
  if (subject.kind === "exchange") return target === "exchanges";
  return target === "queues" || target === `${subject.type}_queues`;
}
