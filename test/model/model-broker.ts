import type { Actor } from "@/lib/broker/actor";
import type { Broker, Capabilities, Leased, OverviewScope } from "@/lib/broker/broker";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { Changes } from "@/lib/broker/events";
import type { DeadLetter, MessageRef, Page, PeekedMessage, TrashBatch } from "@/lib/broker/message";
import type { Channel, Connection, Consumer } from "@/lib/broker/presence";
import type {
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
  Receipt,
  RetryRequest,
  RoutePreview,
  Selection,
  Settlement,
  SettlementResult,
} from "@/lib/broker/requests";
import { previewRoute } from "@/lib/broker/rules/route-preview";
import { routingKeys } from "@/lib/broker/rules/router";
import type { Binding, Destination, ExchangeStatus, Overview, QueueStatus, Sample, Vhost } from "@/lib/broker/topology";
import { ModelFlow } from "@/test/model/model-flow";
import { insertInOrder, type ModelEntry, type ModelQueue, readyIn, removeEntry } from "@/test/model/model-state";
import { ModelTopology } from "@/test/model/model-topology";
import { ModelTrashBin } from "@/test/model/model-trash";
import * as views from "@/test/model/model-views";

export interface ModelOptions {
  /** Milliseconds since 1970; the system's clock unless a test moves time itself. */
  readonly now?: () => number;
  readonly trashKeepMs?: number;
  /** The name of the node that is asked just now, for leases that are bound to it. */
  readonly node?: () => string;
}

/** Parts of the contract that the model has no opinion of. */
function unmodelled<T extends object>(): T {
  const refuse = () => Promise.reject(new BrokerError("not-implemented", "The model does not do this."));
  return new Proxy({} as T, { get: () => refuse });
}

const everything: Capabilities = { peek: true, trash: true, lease: true, routePreview: true };

/**
 * The semantics of a broker in memory: lists and maps, no speed, no storage, so simple that one can see that it is
 * right. The engine is compared with it; doors may be tried against it. Whatever time brings happens at the next call.
 */
export class ModelBroker implements Broker {
  readonly capabilities = everything;
  readonly groups = unmodelled<Broker["groups"]>();
  readonly failures = unmodelled<Broker["failures"]>();
  readonly jobs = unmodelled<Broker["jobs"]>();
  readonly edits = unmodelled<Broker["edits"]>();
  readonly #now: () => number;
  readonly #topology: ModelTopology;
  readonly #trash: ModelTrashBin;
  readonly #flow: ModelFlow;

  constructor(options: ModelOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#topology = new ModelTopology(this.#now);
    this.#trash = new ModelTrashBin(this.#topology, this.#now, options.trashKeepMs ?? 7 * 86_400_000);
    this.#flow = new ModelFlow(this.#topology, this.#trash, this.#now, options.node ?? (() => "model"));
  }

  async checkAccess(): Promise<void> {}

  async clientLimits() {
    return { vhostConnections: null, userConnections: null, userChannels: null };
  }

  /** Lets everything happen that time brings. Public, so that a test can say when. */
  sweep(): void {
    this.#flow.sweep();
  }

  /** A node is gone: what is bound to it comes back. */
  loseNode(name: string): void {
    this.sweep();
    this.#flow.loseNode(name);
    this.sweep();
  }

  /** The greatest number given so far. */
  get lastId(): number {
    return this.#flow.lastId;
  }

  /**
   * Numbers the entries that came after `before` anew, by a given order: for a test in which the order of what happens
   * at the same moment is another broker's to choose.
   */
  renumber(before: number, orderOf: (message: PeekedMessage) => number): void {
    const late = views
      .queuesOf(this.#topology)
      .flatMap((queue) => queue.entries.map((entry) => ({ queue, entry })))
      .filter(({ entry }) => entry.id > before)
      .map((found) => ({ ...found, order: orderOf(views.peeked(found.queue, found.entry)) }));
    const orders = [...new Set(late.map(({ order }) => order))].sort((a, b) => a - b);
    for (const { queue, entry, order } of late) {
      removeEntry(queue, entry);
      entry.id = before + 1 + orders.indexOf(order);
      insertInOrder(queue, entry);
    }
  }

  async overview(_actor: Actor, _range: unknown, scope?: OverviewScope): Promise<Overview> {
    this.sweep();
    return views.overview(this.#topology, scope?.vhosts[0]);
  }

  /** A model keeps no events: whoever asks is told to look at everything anew. */
  async changesSince(): Promise<Changes> {
    const nothing = { events: [], queues: [], exchanges: [], presence: [] };
    return { position: `0.${this.#now()}`, complete: false, ...nothing, topologyVersion: 0, sampledAt: 0 };
  }

  async listVhosts(): Promise<readonly Vhost[]> {
    return [...this.#topology.vhosts.values()].map(({ vhost }) => vhost);
  }

  async getVhost(_actor: Actor, name: string): Promise<Vhost> {
    return this.#topology.vhost(name).vhost;
  }

  async putVhost(_actor: Actor, vhost: { name: string; description?: string; tags?: readonly string[] }) {
    return this.#topology.putVhost(vhost);
  }

  async deleteVhost(_actor: Actor, name: string): Promise<void> {
    this.#topology.vhost(name);
    if (this.#topology.vhosts.size === 1) throw new BrokerError("precondition-failed", "The last vhost stays.");
    this.#topology.vhosts.delete(name);
  }

  async listExchanges(_actor: Actor, vhost?: string): Promise<readonly ExchangeStatus[]> {
    return views.exchanges(this.#topology, vhost);
  }

  async getExchange(_actor: Actor, vhost: string, name: string): Promise<ExchangeStatus> {
    this.#topology.vhost(vhost);
    const found = views.exchanges(this.#topology, vhost).find((exchange) => exchange.name === name);
    if (!found) throw notFound("exchange", name, vhost);
    return found;
  }

  async declareExchange(_actor: Actor, declaration: ExchangeDeclaration): Promise<{ created: boolean }> {
    return this.#topology.declareExchange(declaration);
  }

  async deleteExchange(_actor: Actor, vhost: string, name: string, options: { ifUnused: boolean }): Promise<void> {
    this.#topology.deleteExchange(vhost, name, options.ifUnused);
  }

  async listQueues(_actor: Actor, options: { vhost?: string }): Promise<readonly QueueStatus[]> {
    this.sweep();
    return views.queuesOf(this.#topology, options.vhost).map((queue) => views.queueStatus(this.#topology, queue));
  }

  async getQueue(_actor: Actor, vhost: string, name: string): Promise<QueueStatus> {
    this.sweep();
    return views.queueStatus(this.#topology, this.#topology.queue(vhost, name));
  }

  async queueSamples(_actor: Actor, vhost: string, name: string): Promise<readonly Sample[]> {
    this.#topology.queue(vhost, name);
    return [];
  }

  async declareQueue(_actor: Actor, declaration: QueueDeclaration): Promise<QueueDeclared> {
    this.sweep();
    return this.#topology.declareQueue(declaration);
  }

  async deleteQueue(_actor: Actor, vhost: string, name: string, options: { ifUnused: boolean; ifEmpty: boolean }) {
    this.sweep();
    return this.#topology.deleteQueue(vhost, name, options);
  }

  async purgeQueue(actor: Actor, vhost: string, name: string): Promise<{ messages: number; trash: string | null }> {
    this.sweep();
    const queue = this.#topology.queue(vhost, name);
    const thrown = readyIn(queue).map((entry) => ({ queue, entry }));
    for (const { entry } of thrown) removeEntry(queue, entry);
    return {
      messages: thrown.length,
      trash: this.#trash.throwAway("purge", { vhost, queue: name }, actor.user, thrown),
    };
  }

  async listBindings(
    _actor: Actor,
    filter: { vhost?: string; source?: string; destination?: Destination },
  ): Promise<readonly Binding[]> {
    const vhosts = filter.vhost === undefined ? [...this.#topology.vhosts.keys()] : [filter.vhost];
    return vhosts
      .flatMap((vhost) => this.#topology.bindings(vhost))
      .filter(({ source }) => filter.source === undefined || source === filter.source)
      .filter(({ destination: { kind, name } }) => {
        const wanted = filter.destination;
        return wanted === undefined || (kind === wanted.kind && name === wanted.name);
      });
  }

  async bind(_actor: Actor, binding: BindingRequest): Promise<Binding> {
    return this.#topology.bind(binding);
  }

  async unbind(
    _actor: Actor,
    binding: { vhost: string; source: string; destination: Destination; propertiesKey: string },
  ): Promise<void> {
    this.#topology.unbind(binding);
  }

  async publish(actor: Actor, request: PublishRequest): Promise<PublishOutcome> {
    this.sweep();
    const outcome = this.#flow.publish(actor, request);
    this.sweep();
    return outcome;
  }

  async previewRoute(_actor: Actor, request: Omit<PublishRequest, "body">): Promise<RoutePreview> {
    const { headers } = request.properties;
    const keys = routingKeys(request.routingKey, headers);
    return previewRoute(this.#topology.routing(request.vhost), request.exchange, keys, headers);
  }

  /** Waits, when asked to and nothing is there, by looking again every 10 ms. */
  async lease(actor: Actor, request: LeaseRequest): Promise<readonly Leased[]> {
    const deadline = Date.now() + request.waitMs;
    for (;;) {
      this.sweep();
      const leased = this.#flow.lease(actor, request);
      if (leased.length > 0 || Date.now() >= deadline || request.signal?.aborted) return leased;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async settle(_actor: Actor, settlements: readonly Settlement[]): Promise<readonly SettlementResult[]> {
    this.sweep();
    const results = settlements.map((one) => ({ receipt: one.receipt, result: this.#flow.settle(one) }));
    this.sweep();
    return results;
  }

  async extendLease(_actor: Actor, receipt: Receipt, visibilityTimeoutMs: number) {
    this.sweep();
    const lease = this.#flow.held(receipt)?.entry.lease;
    if (!lease) return { result: "gone" as const, leasedUntil: null };
    lease.until = this.#now() + visibilityTimeoutMs;
    return { result: "extended" as const, leasedUntil: new Date(lease.until) };
  }

  async peek(_actor: Actor, request: PeekRequest): Promise<Page<PeekedMessage>> {
    this.sweep();
    return views.peek(this.#topology, request);
  }

  async getMessage(_actor: Actor, ref: MessageRef, bodyLimit?: number): Promise<PeekedMessage> {
    this.sweep();
    const queue = this.#topology.queue(ref.vhost, ref.queue);
    const entry = queue.entries.find(({ id }) => id === ref.id);
    if (!entry) throw notFound("message", String(ref.id), ref.vhost);
    return views.peeked(queue, entry, bodyLimit);
  }

  async moveMessages(_actor: Actor, request: MoveRequest): Promise<BulkResult> {
    this.sweep();
    const from = this.#topology.queue(request.vhost, request.from);
    const selected = views.select([from], request.selection).filter(({ entry }) => entry.state === "ready");
    return this.#forwardAll(selected, () => request.to);
  }

  async listDeadLetters(_actor: Actor, query: DeadLetterQuery): Promise<Page<DeadLetter>> {
    this.sweep();
    return views.deadLetterPage(this.#topology, query);
  }

  async countDeadLetters(_actor: Actor, query: Pick<DeadLetterQuery, "vhost" | "queue" | "filter">): Promise<number> {
    this.sweep();
    return views.deadLetters(this.#topology, query).length;
  }

  async retryDeadLetters(_actor: Actor, request: RetryRequest): Promise<BulkResult> {
    this.sweep();
    const letters = this.#deadLettersOf(request.vhost, request.selection);
    return this.#forwardAll(
      letters,
      (entry) => request.to ?? { exchange: "", routingKey: entry.death?.originQueue ?? "" },
    );
  }

  async discardDeadLetters(actor: Actor, vhost: string, selection: Selection) {
    this.sweep();
    const letters = this.#deadLettersOf(vhost, selection);
    const free = letters.filter(({ entry }) => entry.state !== "leased");
    for (const { queue, entry } of free) removeEntry(queue, entry);
    const held = letters.filter(({ entry }) => entry.state === "leased");
    const result = views.bulkResult(letters.length, held, "a consumer holds it");
    const from = { vhost, queue: views.onlyQueueOf(selection) };
    return { ...result, trash: this.#trash.throwAway("discard", from, actor.user, free) };
  }

  async listTrash(_actor: Actor, vhost?: string): Promise<readonly TrashBatch[]> {
    return this.#trash.list(vhost);
  }

  async restoreTrash(_actor: Actor, batch: string): Promise<{ restored: number }> {
    this.sweep();
    const result = this.#trash.restore(batch);
    this.sweep();
    return result;
  }

  // Nobody is connected to a model: doors tell the engine, and no door tells it.
  async listConnections(): Promise<readonly Connection[]> {
    return [];
  }

  async getConnection(_actor: Actor, name: string): Promise<Connection> {
    throw notFound("connection", name);
  }

  async listChannels(): Promise<readonly Channel[]> {
    return [];
  }

  async listConsumers(): Promise<readonly Consumer[]> {
    return [];
  }

  async closeConnection(_actor: Actor, name: string): Promise<void> {
    throw notFound("connection", name);
  }

  /** Bodies that could still be restored, for the account of where every message is. */
  trashed(): readonly ModelEntry[] {
    return this.#trash.contents();
  }

  #deadLettersOf(vhost: string, selection: Selection) {
    const queues = [...this.#topology.vhost(vhost).queues.values()];
    if (selection.kind === "all" && selection.queue !== undefined) this.#topology.queue(vhost, selection.queue);
    const letters = views.select(queues, selection).filter(({ entry }) => entry.death !== null);
    return letters.sort((a, b) => a.entry.id - b.entry.id);
  }

  #forwardAll(
    selected: readonly { queue: ModelQueue; entry: ModelEntry }[],
    target: (entry: ModelEntry) => { exchange: string; routingKey: string },
  ): BulkResult {
    const skipped = selected.filter(
      ({ queue, entry }) => entry.state === "leased" || !this.#flow.forward(queue, entry, target(entry)),
    );
    this.#flow.trimAll();
    return views.bulkResult(selected.length, skipped, "it would go nowhere, or a consumer holds it");
  }
}
