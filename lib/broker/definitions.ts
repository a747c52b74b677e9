import type { Permission, TopicPermission, User } from "@/lib/broker/access";
import type { GlobalParameter, UserLimits, VhostLimits } from "@/lib/broker/limits";
import type { Policy, PolicyKind } from "@/lib/broker/policy";
import type { BindingRequest, ExchangeDeclaration, QueueDeclaration } from "@/lib/broker/requests";

export interface VhostDefinition {
  readonly name: string;
  /** Left out: stays as it is. */
  readonly description?: string;
  readonly tags?: readonly string[];
}

export interface PolicyOfKind {
  readonly kind: PolicyKind;
  readonly policy: Policy;
}

/** Everything of a broker but its messages (https://www.rabbitmq.com/docs/definitions). */
export interface Definitions {
  readonly users: readonly User[];
  readonly vhosts: readonly VhostDefinition[];
  readonly permissions: readonly Permission[];
  readonly topicPermissions: readonly TopicPermission[];
  readonly vhostLimits: readonly VhostLimits[];
  readonly userLimits: readonly UserLimits[];
  readonly globalParameters: readonly GlobalParameter[];
  readonly policies: readonly PolicyOfKind[];
  readonly exchanges: readonly ExchangeDeclaration[];
  readonly queues: readonly QueueDeclaration[];
  readonly bindings: readonly BindingRequest[];
}

const definitionKinds = [
  "user",
  "vhost",
  "permission",
  "topic permission",
  "vhost limits",
  "user limits",
  "global parameter",
  "policy",
  "operator policy",
  "exchange",
  "queue",
  "binding",
] as const;
export type DefinitionKind = (typeof definitionKinds)[number];

/** What an import does with one object. */
export interface DefinitionChange {
  readonly kind: DefinitionKind;
  readonly vhost: string | null;
  readonly name: string;
  /** `conflict`: it can't be, or something else is there that an import doesn't change. Nothing is imported then. */
  readonly action: "create" | "change" | "unchanged" | "conflict";
  /** Why not. */
  readonly reason: string | null;
  /** What there was and what there will be, where that differs; never hashes of passwords. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Nothing of anything. */
export const noDefinitions: Definitions = {
  users: [],
  vhosts: [],
  permissions: [],
  topicPermissions: [],
  vhostLimits: [],
  userLimits: [],
  globalParameters: [],
  policies: [],
  exchanges: [],
  queues: [],
  bindings: [],
};
