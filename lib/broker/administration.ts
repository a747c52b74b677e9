import type { Actor } from "@/lib/broker/actor";
import type { Policy, PolicyKind } from "@/lib/broker/policy";

/**
 * What those who run a broker set for those who use it. Every method may throw a `BrokerError`: `not-found` for a
 * missing vhost or object, `bad-request` for input that breaks a rule, `unavailable` when the database is away.
 */
export interface Administration {
  listPolicies(actor: Actor, kind: PolicyKind, vhost?: string): Promise<readonly Policy[]>;
  getPolicy(actor: Actor, kind: PolicyKind, vhost: string, name: string): Promise<Policy>;
  /** Takes effect at once, at every node: queues that are longer than they may be now are cut. */
  putPolicy(actor: Actor, kind: PolicyKind, policy: Policy): Promise<{ created: boolean }>;
  deletePolicy(actor: Actor, kind: PolicyKind, vhost: string, name: string): Promise<void>;
}
