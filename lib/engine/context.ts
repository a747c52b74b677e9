import type { NoticeSender } from "@/lib/broker/notifications";
import type { Database } from "@/lib/engine/database";
import type { KnownGroups } from "@/lib/engine/dead-lettering/known-groups";
import type { PostgresDoorCluster } from "@/lib/engine/door-cluster";
import type { Expiries } from "@/lib/engine/duties/expiries";
import type { Trail } from "@/lib/engine/history/trail";
import type { HeldClaims } from "@/lib/engine/lease/held-claims";
import type { IdleWatch } from "@/lib/engine/lease/idle-watch";
import type { ExpiryLookouts } from "@/lib/engine/lease/lookouts";
import type { LostClaims } from "@/lib/engine/lease/lost-claims";
import type { RecentAcknowledgements } from "@/lib/engine/lease/recent-acknowledgements";
import type { StandingTakers } from "@/lib/engine/lease/standing-takers";
import type { ClaimTurns } from "@/lib/engine/lease/turns";
import type { MessageCache } from "@/lib/engine/message-cache";
import type { NodeSelf } from "@/lib/engine/node-self";
import type { PostgresPresence } from "@/lib/engine/presence/board";
import type { InHand } from "@/lib/engine/publish/in-hand";
import type { Publisher } from "@/lib/engine/publish/publisher";
import type { RetentionMarks } from "@/lib/engine/publish/retention-marks";
import type { StraightRecord } from "@/lib/engine/publish/straight-record";
import type { QueueSignals } from "@/lib/engine/signals";
import type { TopologyCache } from "@/lib/engine/topology/cache";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { QueueUsage } from "@/lib/engine/topology/usage";

/** Where the engine tells what nobody waits for: failures of its duties and of idle connections. */
export interface EngineLog {
  error(message: string, error: unknown): void;
}

/** What all operations of the engine share within one process. */
export interface EngineContext {
  readonly database: Database;
  readonly topology: TopologyCache;
  readonly signals: QueueSignals;
  readonly publisher: Publisher;
  /** Calls of this node that take messages straight from who publishes them. */
  readonly takers: StandingTakers;
  /** What they were given and is not stored yet. */
  readonly inHand: InHand;
  /** What they took is written down. */
  readonly straight: StraightRecord;
  /**
   * To be called, and waited for, after the commit of whatever added messages to queues: wakes consumers and cuts the
   * queues to their lengths.
   */
  queuesGrew(queues: Iterable<QueueRecord>): Promise<void>;
  /** Has messages kept as long as their queues and exchanges want. */
  readonly retention: RetentionMarks;
  /** Keeps queues with `x-expires` alive. */
  readonly usage: QueueUsage;
  /** Who of this node may claim next. */
  readonly turns: ClaimTurns;
  /** Claims whose answer was lost, with the connection. */
  readonly lostClaims: LostClaims;
  /** What was acknowledged a moment ago, and a crash of the database might take back. */
  readonly acknowledgements: RecentAcknowledgements;
  /** What this node has stored a moment ago. */
  readonly messages: MessageCache;
  /** By which claims this node has handed messages out. */
  readonly claims: HeldClaims;
  /** Looks into queues at which somebody waits in vain. */
  readonly idle: IdleWatch;
  /** When to look for leases that have run out. */
  readonly lookouts: ExpiryLookouts;
  /** When messages that live for a moment only expire. */
  readonly expiries: Expiries;
  /** Groups of dead letters that the database knows. */
  readonly groups: KnownGroups;
  /** Where the doors of this process tell who is connected. */
  readonly presence: PostgresPresence;
  /** What the AMQP doors of all nodes agree on. */
  readonly doors: PostgresDoorCluster;
  /** This process among the nodes. */
  readonly self: NodeSelf;
  /** What happens to messages on the way to consumers and back. */
  readonly trail: Trail;
  /** What carries notices to the world outside. */
  readonly notifier: NoticeSender;
  readonly log: EngineLog;
}
