import type { PolicyDefinition, PolicyKind, PolicyTarget } from "@/lib/broker/policy";
import type { ExchangeType } from "@/lib/broker/topology";
import { type ErrorPolicyRow, errorPolicyList } from "@/lib/engine/sql/error-policy";
import type { Queryable } from "@/lib/engine/statement";

export interface VhostRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly tags: string[];
  readonly created_at: Date;
}

export interface ExchangeRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: Buffer;
  readonly created_at: Date;
}

export interface QueueRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly name: string;
  readonly type: "classic" | "quorum";
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly exclusive: boolean;
  readonly arguments: Buffer;
  readonly created_at: Date;
}

export interface BindingRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly source_id: number;
  readonly queue_id: number | null;
  readonly exchange_id: number | null;
  readonly routing_key: string;
  readonly arguments: Buffer;
  readonly properties_key: string;
}

export interface PolicyRow {
  readonly vhost_id: number;
  readonly kind: PolicyKind;
  readonly name: string;
  readonly pattern: string;
  readonly apply_to: PolicyTarget;
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

export interface TopologyRows {
  readonly version: number;
  readonly vhosts: VhostRow[];
  readonly exchanges: ExchangeRow[];
  readonly queues: QueueRow[];
  readonly bindings: BindingRow[];
  readonly errorPolicies: ErrorPolicyRow[];
  readonly policies: PolicyRow[];
}

/** The version that publishing is checked against. */
export async function readTopologyVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>({
    name: "topology_version",
    text: `SELECT version FROM warren.topology`,
  });
  if (!row) throw new Error("warren.topology has no row");
  return row.version;
}

/** All of the topology. `tx` must be a transaction that sees one snapshot (REPEATABLE READ). */
export async function readTopology(tx: Queryable): Promise<TopologyRows> {
  const [version, vhosts, exchanges, queues, bindings, errorPolicies, policies] = await Promise.all([
    readTopologyVersion(tx),
    tx.query<VhostRow>({
      name: "topology_vhosts",
      text: `SELECT id, name, description, tags, created_at FROM warren.vhost ORDER BY id`,
    }),
    tx.query<ExchangeRow>({
      name: "topology_exchanges",
      text: `SELECT id, vhost_id, name, type, durable, auto_delete, internal, arguments, created_at
             FROM warren.exchange ORDER BY id`,
    }),
    tx.query<QueueRow>({
      name: "topology_queues",
      text: `SELECT id, vhost_id, name, type, durable, auto_delete, exclusive, arguments, created_at
             FROM warren.queue ORDER BY id`,
    }),
    tx.query<BindingRow>({
      name: "topology_bindings",
      text: `SELECT id, vhost_id, source_id, queue_id, exchange_id, routing_key, arguments, properties_key
             FROM warren.binding ORDER BY id`,
    }),
    errorPolicyList(tx),
    tx.query<PolicyRow>({
      name: "topology_policies",
      text: `SELECT vhost_id, kind, name, pattern, apply_to, priority, definition FROM warren.policy
             ORDER BY vhost_id, name`,
    }),
  ]);
  return { version, vhosts, exchanges, queues, bindings, errorPolicies, policies };
}

/** Makes all that follows in this transaction see one snapshot. Must be its first statement. */
export async function beginSnapshot(tx: Queryable): Promise<void> {
  await tx.query({ text: `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY` });
}

/**
 * Waits for other changes of the topology to end and keeps new ones waiting until this transaction does. Taken before
 * the checks of a change, so that what they saw is still true when the change is written.
 */
export async function lockTopology(tx: Queryable): Promise<void> {
  await tx.query({ name: "topology_lock", text: `SELECT FROM warren.topology FOR UPDATE` });
}

/** Makes every node's snapshot outdated when this transaction commits, and tells them. Returns the new version. */
export async function bumpTopology(tx: Queryable): Promise<number> {
  const [row] = await tx.query<{ version: number }>({
    name: "topology_bump",
    text: `UPDATE warren.topology SET version = version + 1 RETURNING version, pg_notify('warren', 'topology')`,
  });
  if (!row) throw new Error("warren.topology has no row");
  return row.version;
}
