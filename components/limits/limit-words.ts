import type { UserLimitName, VhostLimitName } from "@/lib/broker/limits";
import type { LimitKind } from "@/lib/api-client/limits";

interface LimitWords {
  readonly name: VhostLimitName | UserLimitName;
  readonly label: string;
}

const words: Readonly<Record<LimitKind, readonly LimitWords[]>> = {
  vhost: [
    { name: "max-connections", label: "Connections at most" },
    { name: "max-queues", label: "Queues at most" },
  ],
  user: [
    { name: "max-connections", label: "Connections at most" },
    { name: "max-channels", label: "Channels at most" },
  ],
};

/** The limits that there are of this kind. */
export function limitsOf(kind: LimitKind): readonly LimitWords[] {
  return words[kind];
}
