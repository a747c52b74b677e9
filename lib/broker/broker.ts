import type { Resource, Right } from "@/lib/broker/access";
import type { Actor } from "@/lib/broker/actor";
import type { DeadLetterGroups } from "@/lib/broker/dead-letter-groups";
import type { Edits } from "@/lib/broker/edits";
import type { Changes } from "@/lib/broker/events";
import type { FailureHandling } from "@/lib/broker/failure-handling";
import type { Jobs } from "@/lib/broker/jobs";
import type { DeadLetter, Envelope, MessageRef, Page, PeekedMessage, TrashBatch } from "@/lib/broker/message";
import type { Channel, Connection, Consumer } from "@/lib/broker/presence";
import type {
  AnyReceipt,
  BindingRequest,
  BulkResult,
  DeadLetterQuery,
  ExchangeDeclaration,
  LeaseRequest,
  MoveRequest,
  PeekRequest,
  PublishOutcome,
  PublishRequest,
  QueueDeclaration,
  QueueDeclared,
  QueueDeletion,
  Receipt,
  RetryRequest,
  RoutePreview,
  Selection,
  Settlement,
  SettlementResult,
} from "@/lib/broker/requests";
import type { Binding, Destination, ExchangeStatus, Overview, QueueStatus, Sample, Vhost } from "@/lib/broker/topology";

/** A message in a caller's hands. */
export interface Leased extends Envelope {
  /** The properties as AMQP's content header has them, where they are at hand: to be passed on as they are. */
  readonly encodedProperties?: Uint8Array;
  readonly body: Uint8Array;
  /** Null when it was acknowledged automatically. */
  readonly receipt: Receipt | null;
  /** When the lease runs out; null when it was acknowledged automatically. */
  readonly leasedUntil: Date | null;
  /** Messages still ready behind this one, at least. */
  readonly remaining: number;
}

/** A message in the hands of a `StraightTaker`. Its numbers are 0 until it is stored. */
export type Given = Omit<Leased, "receipt"> & { readonly receipt: AnyReceipt | null };

/** What consumers see of a message that is acknowledged as it is taken. */
export type Taken = Pick<
  Leased,
  "exchange" | "routingKey" | "properties" | "encodedProperties" | "body" | "redelivered"
>;

/** What this broker can do; callers ask for the capability, never for the kind of broker. */
export interface Capabilities {
  readonly peek: boolean;
  readonly trash: boolean;
  readonly lease: boolean;
  readonly routePreview: boolean;
}

/** A limit, and how much of it is taken at all nodes, as they reported within the last second. */
export interface Counted {
  readonly most: number;
  readonly now: number;
}

/** Null where there is no limit. */
export interface ClientLimits {
  readonly vhostConnections: Counted | null;
  readonly userConnections: Counted | null;
  readonly userChannels: Counted | null;
}

export interface StatsRange {
  /** How far back, in ms. */
  readonly ageMs: number;
  /** Distance of two points, in ms. */
  readonly incrementMs: number;
}

/** What an overview adds up. */
export interface OverviewScope {
  readonly vhosts: readonly string[];
  /** Of connections and channels only this user's are counted. */
  readonly user?: string;
}

/**
 * The contract between the doors (HTTP, AMQP, console) and whatever keeps the queues. Every method may throw a
 * `BrokerError`: `not-found` for a missing vhost, exchange or queue, `bad-request` for input that breaks a rule,
 * `unavailable` when the database is away, and those named at each method.
 */
export interface Broker {
  readonly capabilities: Capabilities;
  /** What becomes of deliveries that come to nothing. */
  readonly failures: FailureHandling;

  /** Everything that the actor may see, or less with a scope. */
  overview(actor: Actor, range: StatsRange, scope?: OverviewScope): Promise<Overview>;
  /**
   * What changed since a position that was given before, by whichever node. With null it only
   * tells a position: that of some seconds ago, so that what happened while a page was on its way comes next. `bad-request` for a text that is no position.
   */
  changesSince(actor: Actor, position: string | null): Promise<Changes>;

  /** Resolves if the actor has the right. Throws `access-refused`. Doors ask before they let somebody consume. */
  checkAccess(actor: Actor, right: Right, resource: Resource): Promise<void>;

  /** How many clients there may be and are, for a door to decide whether one more may come. */
  clientLimits(actor: Actor, vhost: string): Promise<ClientLimits>;

  listVhosts(actor: Actor): Promise<readonly Vhost[]>;
  getVhost(actor: Actor, name: string): Promise<Vhost>;
  /** Creates it with its predeclared exchanges, or changes description and tags. */
  putVhost(
    actor: Actor,
    vhost: { name: string; description?: string; tags?: readonly string[] },
  ): Promise<{ created: boolean }>;
  /** Deletes it and everything in it. `precondition-failed` for the last vhost. */
  deleteVhost(actor: Actor, name: string): Promise<void>;

  listExchanges(actor: Actor, vhost?: string): Promise<readonly ExchangeStatus[]>;
  getExchange(actor: Actor, vhost: string, name: string): Promise<ExchangeStatus>;
  /** `precondition-failed` when one of that name exists with other properties; `access-refused` for `amq.` names. */
  declareExchange(actor: Actor, declaration: ExchangeDeclaration): Promise<{ created: boolean }>;
  /** Deleting what isn't there is `not-found`. `precondition-failed` with `ifUnused` when it has bindings as a source. */
  deleteExchange(actor: Actor, vhost: string, name: string, options: { ifUnused: boolean }): Promise<void>;

  listQueues(actor: Actor, options: { vhost?: string; trend?: boolean }): Promise<readonly QueueStatus[]>;
  /** @param options `use`: as when it is declared, this keeps a queue with `x-expires` alive */
  getQueue(actor: Actor, vhost: string, name: string, options?: { use: boolean }): Promise<QueueStatus>;
  queueSamples(actor: Actor, vhost: string, name: string, range: StatsRange): Promise<readonly Sample[]>;
  /** `precondition-failed` when one of that name exists with other properties or arguments. */
  declareQueue(actor: Actor, declaration: QueueDeclaration): Promise<QueueDeclared>;
  /** `trash` is the batch to restore it by, if it was to be restorable; an exclusive queue never is. */
  deleteQueue(
    actor: Actor,
    vhost: string,
    name: string,
    options: QueueDeletion,
  ): Promise<{ messages: number; trash?: string }>;
  /** Takes all ready messages out, into the trash; those in consumers' hands stay. */
  purgeQueue(actor: Actor, vhost: string, name: string): Promise<{ messages: number; trash: string | null }>;

  listBindings(
    actor: Actor,
    filter: { vhost?: string; source?: string; destination?: Destination },
  ): Promise<readonly Binding[]>;
  bind(actor: Actor, binding: BindingRequest): Promise<Binding>;
  /** Removing what isn't there is `not-found`. */
  unbind(
    actor: Actor,
    binding: { vhost: string; source: string; destination: Destination; propertiesKey: string },
  ): Promise<void>;

  /** Resolves after commit. `not-found` for an unknown exchange, `access-refused` for an internal one. */
  publish(actor: Actor, request: PublishRequest): Promise<PublishOutcome>;
  previewRoute(actor: Actor, request: Omit<PublishRequest, "body">): Promise<RoutePreview>;

  lease(actor: Actor, request: LeaseRequest): Promise<readonly Leased[]>;
  /**
   * @param options `lazily`: nobody is told the outcome, so acknowledgements need not wait for the disk. A crash of the
   *   database may take back those of its last moments; their messages come again.
   */
  settle(
    actor: Actor,
    settlements: readonly Settlement[],
    options?: { readonly lazily?: boolean },
  ): Promise<readonly SettlementResult[]>;
  /** Gives the holder more time, from now. `gone` when the lease has passed on. */
  extendLease(
    actor: Actor,
    receipt: Receipt,
    visibilityTimeoutMs: number,
  ): Promise<{ result: "extended" | "gone"; leasedUntil: Date | null }>;

  /** Reads without consuming: order, flags and counts stay as they are. */
  peek(actor: Actor, request: PeekRequest): Promise<Page<PeekedMessage>>;
  /** One message with its whole body (`bodyLimit` omitted). */
  getMessage(actor: Actor, ref: MessageRef, bodyLimit?: number): Promise<PeekedMessage>;
  /** Moves ready messages through an exchange, each in one transaction: gone here exactly when stored there. */
  moveMessages(actor: Actor, request: MoveRequest): Promise<BulkResult>;

  listDeadLetters(actor: Actor, query: DeadLetterQuery): Promise<Page<DeadLetter>>;
  /** Exact count of what `listDeadLetters` would list in all. */
  countDeadLetters(actor: Actor, query: Pick<DeadLetterQuery, "vhost" | "queue" | "filter">): Promise<number>;
  /** Sends dead letters back; each is gone here exactly when it is stored there. */
  retryDeadLetters(actor: Actor, request: RetryRequest): Promise<BulkResult>;
  /** Into the trash. */
  discardDeadLetters(actor: Actor, vhost: string, selection: Selection): Promise<BulkResult & { trash: string | null }>;

  /** Dead letters by cause. */
  readonly groups: DeadLetterGroups;
  /** Works over many messages that go on after a crash. */
  readonly jobs: Jobs;
  /** Messages that wait, sent edited. */
  readonly edits: Edits;

  listTrash(actor: Actor, vhost?: string): Promise<readonly TrashBatch[]>;
  /** Puts a batch back: same queue, order and ids. `not-found` when it expired or the queue is gone; `conflict` when it was restored before. */
  restoreTrash(actor: Actor, batch: string): Promise<{ restored: number }>;

  /** Clients that are connected now. */
  listConnections(actor: Actor, options: { vhost?: string }): Promise<readonly Connection[]>;
  getConnection(actor: Actor, name: string): Promise<Connection>;
  listChannels(actor: Actor, options: { vhost?: string; connection?: string }): Promise<readonly Channel[]>;
  listConsumers(actor: Actor, options: { vhost?: string; queue?: string }): Promise<readonly Consumer[]>;
  /** Asks for it to be closed; the client is told the reason. What it holds goes back to its queues. */
  closeConnection(actor: Actor, name: string, reason: string): Promise<void>;
}
