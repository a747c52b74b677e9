/** Policies of users, and those of operators that set limits to them (https://www.rabbitmq.com/docs/policies). */
export type PolicyKind = "user" | "operator";

export const policyTargets = ["queues", "classic_queues", "quorum_queues", "streams", "exchanges", "all"] as const;
export type PolicyTarget = (typeof policyTargets)[number];

/** Settings by their names, such as `max-length`. */
export type PolicyDefinition = Readonly<Record<string, unknown>>;

export interface Policy {
  readonly vhost: string;
  readonly name: string;
  /** A regular expression that names of queues or exchanges fit. */
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  /** Of those that fit, the one with the highest applies. */
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

/** Which policies apply to a queue or exchange, and what they come to. */
export interface AppliedPolicies {
  readonly policy: string | null;
  readonly operatorPolicy: string | null;
  /** Both definitions in one; where both set a limit, the lower one. */
  readonly definition: PolicyDefinition;
}

export const noPolicies: AppliedPolicies = { policy: null, operatorPolicy: null, definition: {} };
