import { notFound } from "@/lib/broker/errors";
import { type CompiledPolicy, compilePolicy } from "@/lib/broker/rules/error-policy";
import type { VhostPolicies } from "@/lib/broker/rules/policy-match";
import { RoutingTable } from "@/lib/broker/rules/router";
import type {
  BindingRecord,
  ErrorPolicyRecord,
  ExchangeRecord,
  QueueRecord,
  VhostRecord,
} from "@/lib/engine/topology/records";

/** Everything of one vhost. Maps are by name, in the order of creation. */
export interface VhostTopology {
  readonly vhost: VhostRecord;
  readonly exchanges: ReadonlyMap<string, ExchangeRecord>;
  readonly queues: ReadonlyMap<string, QueueRecord>;
  /** In the order of declaration; without those of the default exchange, which exist by themselves. */
  readonly bindings: readonly BindingRecord[];
  readonly routing: RoutingTable<ExchangeRecord, QueueRecord, BindingRecord>;
  /** In the order in which they are asked. */
  readonly errorPolicies: readonly CompiledPolicy[];
  readonly policies: VhostPolicies;
}

export interface TopologyContents {
  readonly version: number;
  readonly vhosts: readonly VhostRecord[];
  readonly exchanges: readonly ExchangeRecord[];
  readonly queues: readonly QueueRecord[];
  readonly bindings: readonly BindingRecord[];
  /** In the order in which they are asked. */
  readonly errorPolicies: readonly ErrorPolicyRecord[];
  readonly policies: ReadonlyMap<number, VhostPolicies>;
}

/** The whole topology at one version. Never changes; a change makes a new snapshot. */
export class TopologySnapshot {
  readonly version: number;
  readonly vhosts: ReadonlyMap<string, VhostTopology>;
  readonly queuesById: ReadonlyMap<number, QueueRecord>;
  readonly exchangesById: ReadonlyMap<number, ExchangeRecord>;

  constructor(contents: TopologyContents) {
    this.version = contents.version;
    this.queuesById = new Map(contents.queues.map((queue) => [queue.id, queue]));
    this.exchangesById = new Map(contents.exchanges.map((exchange) => [exchange.id, exchange]));
    const exchanges = groupByVhost(contents.exchanges);
    const queues = groupByVhost(contents.queues);
    const bindings = groupByVhost(contents.bindings);
    const errorPolicies = groupByVhost(contents.errorPolicies);
    this.vhosts = new Map(
      contents.vhosts.map((vhost) => [
        vhost.name,
        vhostTopology(
          vhost,
          exchanges.get(vhost.id) ?? [],
          queues.get(vhost.id) ?? [],
          bindings.get(vhost.id) ?? [],
          errorPolicies.get(vhost.id) ?? [],
          contents.policies.get(vhost.id) ?? { user: [], operator: [] },
        ),
      ]),
    );
  }

  /** Throws `not-found`. */
  vhost(name: string): VhostTopology {
    const found = this.vhosts.get(name);
    if (!found) throw notFound("vhost", name);
    return found;
  }

  /** Throws `not-found` for the vhost or the queue. */
  queue(vhost: string, name: string): QueueRecord {
    const found = this.vhost(vhost).queues.get(name);
    if (!found) throw notFound("queue", name, vhost);
    return found;
  }

  /** Throws `not-found` for the vhost or the exchange. */
  exchange(vhost: string, name: string): ExchangeRecord {
    const found = this.vhost(vhost).exchanges.get(name);
    if (!found) throw notFound("exchange", name, vhost);
    return found;
  }
}

function vhostTopology(
  vhost: VhostRecord,
  exchanges: readonly ExchangeRecord[],
  queues: readonly QueueRecord[],
  bindings: readonly BindingRecord[],
  errorPolicies: readonly ErrorPolicyRecord[],
  policies: VhostPolicies,
): VhostTopology {
  return {
    vhost,
    exchanges: new Map(exchanges.map((exchange) => [exchange.name, exchange])),
    queues: new Map(queues.map((queue) => [queue.name, queue])),
    bindings,
    policies,
    routing: new RoutingTable({ vhost: vhost.name, exchanges, queues, bindings }),
    errorPolicies: errorPolicies.map(compilePolicy),
  };
}

function groupByVhost<T extends { readonly vhostId: number }>(records: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const record of records) {
    const group = groups.get(record.vhostId);
    if (group) group.push(record);
    else groups.set(record.vhostId, [record]);
  }
  return groups;
}
