import type { ErrorPolicy } from "@/lib/broker/failures";
import type { AppliedPolicies } from "@/lib/broker/policy";
import type { QueueLimits } from "@/lib/broker/rules/queue-arguments";
import type { Binding, Exchange, Queue, Vhost } from "@/lib/broker/topology";

/** The objects of the contract with the numbers that they bear in the engine's tables. */
export interface VhostRecord extends Vhost {
  readonly id: number;
}

export interface ExchangeRecord extends Exchange {
  readonly policies: AppliedPolicies;
  readonly policyAlternate: string | null;
  /** How long what passes it stays at least, in ms, by its argument or a policy; null: as the whole cluster. */
  readonly retentionMs: number | null;
  readonly id: number;
  readonly vhostId: number;
}

export interface QueueRecord extends Queue {
  readonly id: number;
  readonly vhostId: number;
  readonly policies: AppliedPolicies;
  /** What its arguments and the policies come to. */
  readonly limits: QueueLimits;
}

/** Exactly one of `queueId` and `exchangeId` is set. */
export interface BindingRecord extends Binding {
  /** The same without the numbers, as the contract has it. */
  readonly binding: Binding;
  readonly id: number;
  readonly vhostId: number;
  readonly sourceId: number;
  readonly queueId: number | null;
  readonly exchangeId: number | null;
}

export interface ErrorPolicyRecord extends ErrorPolicy {
  readonly vhostId: number;
}
