import { exchangeAnnouncements } from "@/lib/engine/announcements";
import type { EngineContext } from "@/lib/engine/context";
import { allDuties } from "@/lib/engine/duties/all";
import { startHeartbeat } from "@/lib/engine/duties/heartbeat";
import { startDuties } from "@/lib/engine/duties/runner";

export interface NodeIdentity {
  readonly name: string;
  /** Only a broker does the background duties. */
  readonly kind: "web" | "broker";
  readonly version: string;
}

export interface RunningNode {
  stop(): Promise<void>;
}

/** Makes this process one of the cluster's nodes: listed, hearing of what the others do, and doing its share. */
export function startNode(context: EngineContext, identity: NodeIdentity): RunningNode {
  const heartbeat = startHeartbeat(context, identity);
  const announcements = exchangeAnnouncements(context);
  const duties = identity.kind === "broker" ? startDuties(context, allDuties) : undefined;
  return {
    stop: async () => {
      await Promise.all([duties?.stop(), announcements.stop(), heartbeat.stop()]);
    },
  };
}
