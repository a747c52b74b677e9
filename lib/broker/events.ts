import type { ExchangeStatus, QueueStatus } from "@/lib/broker/topology";

/**
 * Something that happened: `queue created`, `connection opened`. Kinds and actions are added with features; whoever
 * doesn't know one passes over it.
 */
export interface BrokerEvent {
  /** Grows with each event, in the order of their commits; the same at every node. */
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly action: string;
  /** Null for what belongs to no vhost. */
  readonly vhost: string | null;
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** What connected clients, of which nodes report once a second, may have changed. */
export type PresenceKind = "connection" | "channel" | "consumer";

/** What changed since a position. Counters come as they are now, not step by step: late readers miss no end state. */
export interface Changes {
  /** To be handed in next time. Drawn from the database, so it means the same at every node. */
  readonly position: string;
  /** False when more happened than is kept or told at once: everything has to be looked at anew. */
  readonly complete: boolean;
  readonly events: readonly BrokerEvent[];
  /** Those whose counts, rates, state or consumers may have changed; some may come again unchanged. */
  readonly queues: readonly QueueStatus[];
  readonly exchanges: readonly ExchangeStatus[];
  /** Of whom a node reported anew. */
  readonly presence: readonly PresenceKind[];
  /** The version of the topology, which also moves when something is changed that is told in no event. */
  readonly topologyVersion: number;
  /** When the last point of the charts was taken, in ms since 1970; 0 before the first. */
  readonly sampledAt: number;
}
