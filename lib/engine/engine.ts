import type { Broker } from "@/lib/broker/broker";
import type { NoticeSender } from "@/lib/broker/notifications";
import { messageTtl } from "@/lib/broker/rules/queue-arguments";
import type { EngineContext, EngineLog } from "@/lib/engine/context";
import { Database } from "@/lib/engine/database";
import { KnownGroups } from "@/lib/engine/dead-lettering/known-groups";
import { deadLetterRefused } from "@/lib/engine/dead-lettering/refused";
import { enforceLimits } from "@/lib/engine/dead-lettering/trim";
import { PostgresDoorCluster } from "@/lib/engine/door-cluster";
import { Expiries } from "@/lib/engine/duties/expiries";
import { Trail } from "@/lib/engine/history/trail";
import { acknowledgeAgain } from "@/lib/engine/lease/acknowledge";
import { returnExpiredLeases } from "@/lib/engine/lease/expired-leases";
import { HeldClaims } from "@/lib/engine/lease/held-claims";
import { IdleWatch } from "@/lib/engine/lease/idle-watch";
import { ExpiryLookouts } from "@/lib/engine/lease/lookouts";
import { LostClaims } from "@/lib/engine/lease/lost-claims";
import { RecentAcknowledgements } from "@/lib/engine/lease/recent-acknowledgements";
import { type StandingTaker, StandingTakers } from "@/lib/engine/lease/standing-takers";
import { ClaimTurns } from "@/lib/engine/lease/turns";
import { MessageCache } from "@/lib/engine/message-cache";
import { NodeSelf } from "@/lib/engine/node-self";
import { postgresBroker } from "@/lib/engine/postgres-broker";
import { PostgresPresence } from "@/lib/engine/presence/board";
import { InHand } from "@/lib/engine/publish/in-hand";
import type { InHandMessage } from "@/lib/engine/publish/in-hand-message";
import { Publisher } from "@/lib/engine/publish/publisher";
import { RetentionMarks } from "@/lib/engine/publish/retention-marks";
import type { Handovers, Routed } from "@/lib/engine/publish/store";
import { StraightWay } from "@/lib/engine/publish/straight";
import { StraightRecord } from "@/lib/engine/publish/straight-record";
import { QueueSignals } from "@/lib/engine/signals";
import type { NewMessage } from "@/lib/engine/sql/publish";
import { TopologyCache } from "@/lib/engine/topology/cache";
import type { QueueRecord } from "@/lib/engine/topology/records";
import { QueueUsage } from "@/lib/engine/topology/usage";

export interface EngineOptions {
  /** A `postgres://` address of a migrated database. */
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly log: EngineLog;
  /** What carries notices of failures to the world outside; without it they are not sent. */
  readonly notifier?: NoticeSender;
  /** Persistent messages are stored before anybody is given them. */
  readonly storeFirst?: boolean;
}

export interface Engine {
  readonly broker: Broker;
  readonly context: EngineContext;
  /** Wakes what waits, lets running calls end and closes the connections. */
  close(): Promise<void>;
}

const noSender: NoticeSender = {
  send: async () => ({ result: "failed", status: null, error: "This process sends no notices.", ms: 0 }),
};

/** An engine on a database. It connects when it is first asked for something, and again whenever it has to. */
export function createEngine(options: EngineOptions): Engine {
  const { log } = options;
  const claims = new HeldClaims();
  const messages = new MessageCache();
  const database = new Database({
    url: options.databaseUrl,
    applicationName: options.applicationName,
    onError: (error) => log.error("An idle database connection was lost.", error),
    onLost: () => {
      claims.clear();
      messages.clear();
      context.acknowledgements.lost();
    },
  });
  const topology = new TopologyCache(database);
  const signals = new QueueSignals();
  const queuesGrew = async (queues: Iterable<QueueRecord>) => {
    const grown = new Set(queues);
    signals.announce([...grown].map((queue) => queue.id));
    await enforceLimits(context, grown);
  };
  const handovers: Handovers = {
    takers: signals,
    granted: (claim) => claims.granted(claim),
    lost: (queueId, leaseToken) => context.lostClaims.add(queueId, leaseToken),
  };
  const takers = new StandingTakers();
  const trail = new Trail(database);
  const straight = new StraightRecord(database, topology, trail, log);
  const inHand = new InHand(database, topology, straight, {
    stored: (given, rows) => inHandStored(context, given, rows),
    granted: handovers.granted,
    lost: handovers.lost,
    ready: (queueIds) => signals.announce(queueIds),
    isEmpty: (queueId) => signals.isEmpty(queueId),
    relieved: () => publisher.roomMade(),
  });
  const way = new StraightWay(takers, signals, straight, inHand, options.storeFirst ?? false);
  const publisher = new Publisher(database, topology, handovers, way, inHand, async (stored, since) => {
    for (const one of stored) remember(messages, one);
    for (const queueId of stored.find((one) => one.handed)?.handed ?? []) signals.noteEmpty(queueId, since);
    for (const one of stored) noteExpiry(context, one);
    for (const one of stored) for (const { id } of readyIn(one)) if (takers.holdingAt(id)) signals.count(id, 1);
    await queuesGrew(stored.flatMap(readyIn));
    await context.retention.stored(stored);
    await deadLetterRefused(context, stored);
  });
  const self = new NodeSelf();
  const context: EngineContext = {
    database,
    topology,
    signals,
    publisher,
    takers,
    inHand,
    straight,
    queuesGrew,
    retention: new RetentionMarks(database),
    usage: new QueueUsage(database),
    turns: new ClaimTurns(),
    lostClaims: new LostClaims(
      async (scope) => {
        await returnExpiredLeases(context, scope);
      },
      (queueIds) => signals.doubt(queueIds),
    ),
    messages,
    claims,
    acknowledgements: new RecentAcknowledgements((holds) => acknowledgeAgain(context, holds)),
    idle: new IdleWatch(database, signals),
    lookouts: new ExpiryLookouts(),
    expiries: new Expiries(),
    groups: new KnownGroups(database),
    presence: new PostgresPresence(database),
    trail,
    notifier: options.notifier ?? noSender,
    doors: new PostgresDoorCluster(database, topology, self),
    self,
    log,
  };
  return {
    broker: postgresBroker(context),
    context,
    close: async () => {
      context.idle.close();
      signals.wakeAll();
      await Promise.all([context.lostClaims.close(), context.acknowledgements.close()]);
      await publisher.close();
      await inHand.stored();
      await straight.flush();
      await trail.flush();
      await database.close();
    },
  };
}

/** For the consumers of this node that will ask for it. */
function remember(messages: MessageCache, stored: Routed): void {
  if (stored.messageId === null || stored.message.delayMs > 0) return;
  const readers = messages.readersOf(readyIn(stored).map((queue) => queue.id));
  if (readers === 0) return;
  const { exchange, routingKey, encoded, body } = stored.message;
  messages.add(stored.messageId, { exchange, routingKey, properties: encoded, body }, readers);
}

/** What consumers had in hand is held by them, and comes back by itself when they don't settle it in time. */
function inHandStored(context: EngineContext, given: readonly InHandMessage[], rows: readonly NewMessage[]): void {
  const notes = new Map<StandingTaker, number[]>();
  for (const { taker, id } of given) {
    const seqs = notes.get(taker);
    if (seqs) seqs.push(id);
    else notes.set(taker, [id]);
  }
  for (const [{ queueId, holder, holding }, seqs] of notes) {
    if (holding) context.lookouts.granted(queueId, holding.visibilityTimeoutMs);
    context.trail.note("delivered", queueId, holder, seqs);
  }
  for (const { placements } of rows) for (const { ttlMs } of placements) context.expiries.stored(ttlMs);
}

/** Tells when it expires in one of its queues. */
function noteExpiry({ expiries }: EngineContext, { queues, message }: Routed): void {
  for (const { limits } of queues) expiries.stored(messageTtl(limits, message.expirationMs));
}

/** The queues in which it may have become ready, or one of those before it. */
function readyIn({ queues, handed }: Routed): readonly QueueRecord[] {
  return handed ? queues.filter((queue) => !handed.has(queue.id)) : queues;
}
