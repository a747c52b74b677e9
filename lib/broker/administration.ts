import type { Permission, TopicPermission, User } from "@/lib/broker/access";
import type { Actor } from "@/lib/broker/actor";
import type { DefinitionChange, Definitions } from "@/lib/broker/definitions";
import type { GlobalParameter, UserLimits, VhostLimits } from "@/lib/broker/limits";
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

  /**
   * Resolves if the actor may see the vhost: with a permission there, or with the tag administrator or monitoring.
   * Throws `access-refused`.
   */
  checkVisible(actor: Actor, vhost: string): Promise<void>;

  /** Which vhosts `checkVisible` lets pass. */
  visibleVhosts(actor: Actor): Promise<(vhost: string) => boolean>;

  listUsers(actor: Actor): Promise<readonly User[]>;
  getUser(actor: Actor, name: string): Promise<User>;
  putUser(actor: Actor, user: User): Promise<{ created: boolean }>;
  /** Only where there is no user at all yet; it may do everything in the vhost `/`. */
  createFirstUser(user: User): Promise<void>;
  /** All of them or, when one isn't there, none: `not-found`. Their permissions, limits and sessions go with them. */
  deleteUsers(actor: Actor, names: readonly string[]): Promise<void>;

  listVhostLimits(actor: Actor, vhost?: string): Promise<readonly VhostLimits[]>;
  /** With null the limit goes. What is over it already stays. */
  setVhostLimit(actor: Actor, vhost: string, name: string, value: number | null): Promise<void>;
  listUserLimits(actor: Actor, user?: string): Promise<readonly UserLimits[]>;
  setUserLimit(actor: Actor, user: string, name: string, value: number | null): Promise<void>;
  listGlobalParameters(actor: Actor): Promise<readonly GlobalParameter[]>;
  putGlobalParameter(actor: Actor, parameter: GlobalParameter): Promise<{ created: boolean }>;
  deleteGlobalParameter(actor: Actor, name: string): Promise<void>;

  /** All of the broker, or what lies in one vhost: its limits, policies, exchanges, queues and bindings. */
  exportDefinitions(actor: Actor, vhost?: string): Promise<Definitions>;
  /** What `importDefinitions` would do. Changes nothing. */
  planDefinitions(actor: Actor, definitions: Definitions): Promise<readonly DefinitionChange[]>;
  /** All of it, in one transaction, or nothing: `precondition-failed` when anything is in conflict. */
  importDefinitions(actor: Actor, definitions: Definitions): Promise<readonly DefinitionChange[]>;

  listPermissions(actor: Actor, of?: { vhost?: string; user?: string }): Promise<readonly Permission[]>;
  /** Takes effect within a second at every node. `bad-request` also for a vhost or user that isn't there, as in RabbitMQ. */
  putPermission(actor: Actor, permission: Permission): Promise<{ created: boolean }>;
  deletePermission(actor: Actor, vhost: string, user: string): Promise<void>;
  listTopicPermissions(actor: Actor, of?: { vhost?: string; user?: string }): Promise<readonly TopicPermission[]>;
  putTopicPermission(actor: Actor, permission: TopicPermission): Promise<{ created: boolean }>;
  /** @param exchange omitted: for all exchanges */
  deleteTopicPermissions(actor: Actor, vhost: string, user: string, exchange?: string): Promise<void>;
}
