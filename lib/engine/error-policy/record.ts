import type { ErrorPolicyRow } from "@/lib/engine/sql/error-policy";
import type { ErrorPolicyRecord } from "@/lib/engine/topology/records";

/** A row as the contract has it. */
export function errorPolicyOf(row: ErrorPolicyRow, vhost: string): ErrorPolicyRecord {
  return {
    id: row.id,
    vhostId: row.vhost_id,
    vhost,
    name: row.name,
    position: row.position,
    enabled: row.enabled,
    version: row.version,
    queue: row.queue,
    pattern: row.pattern,
    when: row.definition.when,
    action: row.definition.action,
    createdAt: row.created_at,
    createdBy: row.created_by,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  };
}
