import { BrokerError } from "@/lib/broker/errors";
import type { JobPlan, JobWork } from "@/lib/broker/jobs";
import type { EngineContext } from "@/lib/engine/context";
import { isJudgedByScope, scopeOf } from "@/lib/engine/dead-letters/walk";
import { originsOfScope } from "@/lib/engine/sql/job-item";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import type { ReadMessage } from "@/lib/engine/views/page";

type RetryWork = Extract<JobWork, { readonly kind: "retry" }>;

/** The queues that letters would go back to, those with the most first. */
export type Origins = JobPlan["origins"];

/** By the table of deaths alone; null when the filter looks into messages, or they are named. */
export async function originsByScope(
  context: EngineContext,
  topology: TopologySnapshot,
  vhost: string,
  { selection }: RetryWork,
): Promise<Origins | null> {
  if (selection.kind === "messages" || !isJudgedByScope(selection.filter)) return null;
  const counted = await originsOfScope(context.database.main, scopeOf(topology, { ...selection, vhost }));
  return counted.map((origin) => ({ ...origin, exists: topology.vhost(vhost).queues.has(origin.queue) }));
}

/** Of letters that were read. */
export function originsOf(topology: TopologySnapshot, vhost: string, letters: readonly ReadMessage[]): Origins {
  const counts = new Map<string, number>();
  for (const { message } of letters) {
    if (message.death) counts.set(message.death.originQueue, (counts.get(message.death.originQueue) ?? 0) + 1);
  }
  return [...counts]
    .map(([queue, count]) => ({ queue, count, exists: topology.vhost(vhost).queues.has(queue) }))
    .sort((a, b) => b.count - a.count);
}

/** How many letters have no queue to go back to. */
export function withoutOrigin(origins: Origins): number {
  return origins.reduce((sum, { count, exists }) => sum + (exists ? 0 : count), 0);
}

/** Throws `precondition-failed` that names the queues that are missing, when the caller has not said what to do then. */
export function mustHaveOrigins(work: RetryWork, origins: Origins): void {
  const missing = withoutOrigin(origins);
  if (missing === 0 || work.to !== undefined || work.missingOrigin === "skip") return;
  const gone = origins.filter(({ exists }) => !exists).map(({ queue, count }) => ({ queue, count }));
  const named = gone.slice(0, 3).map(({ queue }) => `'${queue}'`);
  throw new BrokerError(
    "precondition-failed",
    `${missing} of these letters have no queue to go back to: ${named.join(", ")}${gone.length > 3 ? ", …" : ""} is not ` +
      "there any more. Say where they are to go (to), or skip them (missing_origin).",
    { without_origin: missing, origins: gone },
  );
}
