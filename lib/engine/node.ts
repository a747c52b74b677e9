import type { LoginCounts } from "@/lib/broker/node-facts";
import { exchangeAnnouncements } from "@/lib/engine/announcements";
import type { EngineContext } from "@/lib/engine/context";
import { allDuties } from "@/lib/engine/duties/all";
import type { Duty } from "@/lib/engine/duties/duty";
import { startHeartbeat } from "@/lib/engine/duties/heartbeat";
import { lostNodes } from "@/lib/engine/duties/lost-nodes";
import { startDuties, startEverywhere } from "@/lib/engine/duties/runner";

export interface NodeIdentity {
  readonly name: string;
  /** Only a broker does the background duties. */
  readonly kind: "web" | "broker";
  readonly version: string;
}

export interface RunningNode {
  stop(): Promise<void>;
}

/**
 * Makes this process one of the cluster's nodes: listed, hearing of what the others do, and doing its share.
 * @param moreDuties what only one broker node is to do besides the engine's own duties
 * @param logins what this process has counted of logins, for those who look at the node
 */
export function startNode(
  context: EngineContext,
  identity: NodeIdentity,
  moreDuties: readonly Duty[] = [],
  logins: () => LoginCounts = () => ({}),
): RunningNode {
  const heartbeat = startHeartbeat(context, identity, logins);
  const announcements = exchangeAnnouncements(context);
  const duties = identity.kind === "broker" ? startDuties(context, [...allDuties, ...moreDuties]) : undefined;
  const watch = identity.kind === "broker" ? startEverywhere(context, lostNodes()) : undefined;
  return {
    stop: async () => {
      await Promise.all([duties?.stop(), watch?.stop(), announcements.stop(), heartbeat.stop()]);
    },
  };
}
