import type { Policy, PolicyDefinition } from "@/lib/broker/policy";
import { type FieldTable, integerOf } from "@/lib/broker/properties/field-value";
import { effectiveLimits } from "@/lib/broker/rules/effective-limits";
import { PolicyMatcher, policiesByVhost } from "@/lib/broker/rules/policy-match";
import { queueLimits } from "@/lib/broker/rules/queue-arguments";
import type { Database } from "@/lib/engine/database";
import { errorPolicyOf } from "@/lib/engine/error-policy/record";
import {
  beginSnapshot,
  type PolicyRow,
  readTopology,
  readTopologyVersion,
  type TopologyRows,
} from "@/lib/engine/sql/topology";
import { decodeArguments } from "@/lib/engine/topology/arguments";
import { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/**
 * The node's picture of vhosts, exchanges, queues and bindings. It may be out of date at any moment: whoever writes by
 * it has the version checked in the same transaction, and whoever reports asks for `fresh()`.
 */
export class TopologyCache {
  readonly #database: Database;
  #snapshot: TopologySnapshot | undefined;
  #loading: Promise<TopologySnapshot> | undefined;
  /** Whether this process hears of changes by others. */
  #hears = false;
  /** How many changes it has heard of, and how many of them the snapshot is known to have. */
  #heard = 0;
  #known = 0;
  /** The version that the last change by this process has made. */
  #made = 0;
  readonly #matcher = new PolicyMatcher();

  constructor(database: Database) {
    this.#database = database;
  }

  /** What is known without asking; loads it the first time only. */
  async current(): Promise<TopologySnapshot> {
    return this.#snapshot ?? this.reload();
  }

  /**
   * What is known without asking, unless this process has made or heard of a change that it may not have; then, and while
   * it can't hear of changes, undefined.
   */
  get trusted(): TopologySnapshot | undefined {
    const snapshot = this.#snapshot;
    return this.#hears && this.#known === this.#heard && snapshot && snapshot.version >= this.#made
      ? snapshot
      : undefined;
  }

  /** This process has made a change; to be called before anybody is told that it is done. */
  changed(version: number): void {
    this.#made = Math.max(this.#made, version);
  }

  /** Somebody tells that something was changed. */
  heard(): void {
    this.#heard++;
    void this.fresh().catch(() => {});
  }

  /** From now on this process hears of changes, or doesn't any more. */
  hears(hears: boolean): void {
    this.#hears = hears;
    // What was said before was not heard.
    if (hears) this.heard();
  }

  /** As it was at the time of the call or later: includes every change that was committed before. */
  async fresh(): Promise<TopologySnapshot> {
    const known = this.#snapshot;
    if (!known) return this.reload();
    const heard = this.#heard;
    const version = await readTopologyVersion(this.#database.main);
    const newest = this.#snapshot ?? known;
    if (newest.version < version) return this.reload();
    this.#known = Math.max(this.#known, heard);
    return newest;
  }

  /** Loads it again, e.g. after a write found out that the version had moved on. */
  async reload(): Promise<TopologySnapshot> {
    // A load that began before this call may have missed the change that the caller knows of.
    const earlier = this.#loading;
    if (earlier) await earlier.catch(() => {});
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<TopologySnapshot> {
    const heard = this.#heard;
    const rows = await this.#database.main.transaction(async (tx) => {
      const [, read] = await Promise.all([beginSnapshot(tx), readTopology(tx)]);
      return read;
    });
    const snapshot = snapshotOf(rows, this.#matcher);
    if (!this.#snapshot || snapshot.version > this.#snapshot.version) this.#snapshot = snapshot;
    this.#known = Math.max(this.#known, heard);
    return this.#snapshot;
  }
}

function snapshotOf(rows: TopologyRows, matcher: PolicyMatcher): TopologySnapshot {
  const vhosts = rows.vhosts.map(({ created_at, ...vhost }) => ({ ...vhost, createdAt: created_at }));
  const vhostNames = new Map(vhosts.map((vhost) => [vhost.id, vhost.name]));
  const policies = rows.policies.map((row) => ({
    vhostId: row.vhost_id,
    kind: row.kind,
    policy: policyOf(row, vhostNames),
  }));
  matcher.keepOnly(policies.map(({ policy }) => policy));
  const byVhost = policiesByVhost(policies);
  const exchanges = rows.exchanges.map((row) => {
    const applied = matcher.applied(byVhost.get(row.vhost_id), { kind: "exchange", name: row.name });
    const alternate = applied.definition["alternate-exchange"];
    const table = decodeArguments(row.arguments);
    return {
      id: row.id,
      vhostId: row.vhost_id,
      vhost: vhostNames.get(row.vhost_id) ?? "",
      name: row.name,
      type: row.type,
      durable: row.durable,
      autoDelete: row.auto_delete,
      internal: row.internal,
      arguments: table,
      createdAt: row.created_at,
      policies: applied,
      policyAlternate: typeof alternate === "string" ? alternate : null,
      retentionMs: retentionOf(table, applied.definition),
    };
  });
  const queues = rows.queues.map((row) => {
    const table = decodeArguments(row.arguments);
    const own = queueLimits(table, { vhost: vhostNames.get(row.vhost_id) ?? "", name: row.name });
    const { type, name } = row;
    const applied = matcher.applied(byVhost.get(row.vhost_id), { kind: "queue", type, name });
    return {
      id: row.id,
      vhostId: row.vhost_id,
      vhost: vhostNames.get(row.vhost_id) ?? "",
      name: row.name,
      type: row.type,
      durable: row.durable,
      autoDelete: row.auto_delete,
      exclusive: row.exclusive,
      arguments: table,
      createdAt: row.created_at,
      policies: applied,
      limits: effectiveLimits(own, table, applied.definition),
    };
  });
  const exchangeNames = new Map(exchanges.map((exchange) => [exchange.id, exchange.name]));
  const queueNames = new Map(queues.map((queue) => [queue.id, queue.name]));
  const bindings = rows.bindings.map((row) => {
    const binding = {
      vhost: vhostNames.get(row.vhost_id) ?? "",
      source: exchangeNames.get(row.source_id) ?? "",
      destination:
        row.queue_id === null
          ? { kind: "exchange" as const, name: exchangeNames.get(row.exchange_id ?? -1) ?? "" }
          : { kind: "queue" as const, name: queueNames.get(row.queue_id) ?? "" },
      routingKey: row.routing_key,
      arguments: decodeArguments(row.arguments),
      propertiesKey: row.properties_key,
    };
    return {
      ...binding,
      binding,
      id: row.id,
      vhostId: row.vhost_id,
      sourceId: row.source_id,
      queueId: row.queue_id,
      exchangeId: row.exchange_id,
    };
  });
  const errorPolicies = rows.errorPolicies.map((row) => errorPolicyOf(row, vhostNames.get(row.vhost_id) ?? ""));
  return new TopologySnapshot({
    ...{ version: rows.version, vhosts, exchanges, queues, bindings },
    ...{ errorPolicies, policies: byVhost },
  });
}

/** An argument counts more than a policy. */
function retentionOf(table: FieldTable, policy: PolicyDefinition): number | null {
  const own = integerOf(table.get("x-retention"));
  if (own !== undefined) return Number(own);
  return typeof policy.retention === "number" ? policy.retention : null;
}

function policyOf(row: PolicyRow, vhostNames: ReadonlyMap<number, string>): Policy {
  const { name, pattern, priority, definition } = row;
  return { vhost: vhostNames.get(row.vhost_id) ?? "", name, pattern, applyTo: row.apply_to, priority, definition };
}
