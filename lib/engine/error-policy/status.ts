import type { ErrorPolicy, ErrorPolicyStatus, PolicyAction } from "@/lib/broker/failures";
import type { EngineContext } from "@/lib/engine/context";
import { errorPolicyUses } from "@/lib/engine/sql/error-policy";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const mostUses = 10_000;

/** Policies with how often they decided, and what keeps them from working as they are written. */
export async function statusesOf(
  context: EngineContext,
  snapshot: TopologySnapshot,
  policies: readonly ErrorPolicy[],
): Promise<ErrorPolicyStatus[]> {
  if (policies.length === 0) return [];
  const rows = await errorPolicyUses(
    context.database.main,
    policies.map(({ id }) => id),
    mostUses,
  );
  const uses = new Map(rows.map((row) => [row.policy_id, { count: row.count, lastAt: row.last_at }]));
  return policies.map((policy) => ({
    ...publicOf(policy),
    problem: problemOf(snapshot, policy),
    uses: uses.get(policy.id) ?? { count: 0, lastAt: null },
  }));
}

/** Without the numbers that only the engine knows. */
function publicOf(policy: ErrorPolicy): ErrorPolicy {
  const { id, vhost, name, position, enabled, version, queue, pattern, when, action } = policy;
  const { createdAt, createdBy, changedAt, changedBy } = policy;
  const rule = { name, enabled, queue, pattern, when, action };
  return { id, vhost, position, version, ...rule, createdAt, createdBy, changedAt, changedBy };
}

function problemOf(snapshot: TopologySnapshot, { vhost, queue, action }: ErrorPolicy): string | null {
  const { exchanges, queues } = snapshot.vhost(vhost);
  if (queue !== null && !queues.has(queue)) return `There is no queue '${queue}'.`;
  const missing = exchangesOf(action).find((name) => !exchanges.has(name));
  if (missing !== undefined) {
    return `There is no exchange '${missing}': what should go there would be dropped into the trash.`;
  }
  return null;
}

function exchangesOf(action: PolicyAction): string[] {
  if (action.kind === "dead_letter") return [action.exchange];
  if (action.kind !== "retry" && action.kind !== "notify") return [];
  return typeof action.afterwards === "string" ? [] : exchangesOf(action.afterwards);
}
