import { randomUUID } from "node:crypto";
import type { Actor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";
import type { DeathReason } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { FailureReport, LeaseRequest, PublishOutcome, PublishRequest, Settlement } from "@/lib/broker/requests";
import { deadLetter, deathSummary, isDeadLetterCycle } from "@/lib/broker/rules/dead-lettering";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { expirationMs, messageTtl, rankOf } from "@/lib/broker/rules/queue-arguments";
import { route, routingKeys, withoutBcc } from "@/lib/broker/rules/router";
import {
  becomeReady,
  insertInOrder,
  type ModelEntry,
  type ModelQueue,
  readyIn,
  removeEntry,
} from "@/test/model/model-state";
import type { ModelTopology } from "@/test/model/model-topology";
import type { ModelTrashBin } from "@/test/model/model-trash";

interface Copy {
  readonly messageId: number;
  readonly body: Uint8Array;
  readonly publishedAt: number;
  readonly publishedBy: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly death: ModelEntry["death"];
}

/** The life of messages: in, to a holder, back or away, and on as dead letters. */
export class ModelFlow {
  readonly #topology: ModelTopology;
  readonly #trash: ModelTrashBin;
  readonly #now: () => number;
  readonly #node: () => string;
  #ids = 0;

  constructor(topology: ModelTopology, trash: ModelTrashBin, now: () => number, node: () => string) {
    this.#topology = topology;
    this.#trash = trash;
    this.#now = now;
    this.#node = node;
  }

  /** The greatest number given so far. */
  get lastId(): number {
    return this.#ids;
  }

  publish(actor: Actor, request: PublishRequest): PublishOutcome {
    checkRoutingKey(request.routingKey);
    expirationMs(request.properties.expiration);
    const keys = routingKeys(request.routingKey, request.properties.headers);
    const { queues } = route(this.#topology.routing(request.vhost), request.exchange, keys, request.properties.headers);
    const properties = withoutBcc(request.properties);
    const messageId = ++this.#ids;
    const { body, exchange, routingKey } = request;
    const now = this.#now();
    const copy = {
      messageId,
      body,
      exchange,
      routingKey,
      properties,
      publishedAt: now,
      publishedBy: actor.user,
      death: null,
    };
    const targets = queues.map(({ id }) => this.#topology.queueById(id) as ModelQueue);
    const refusing = targets.filter((queue) => refuses(queue, body.length));
    const taking = targets.filter((queue) => !refusing.includes(queue));
    for (const queue of taking) {
      this.#append(queue, copy, messageId);
      queue.totals.publish++;
    }
    for (const queue of taking) this.#trim(queue);
    for (const queue of refusing) {
      if (queue.limits.overflow === "reject-publish-dlx") this.#sendOn(queue, copy, "maxlen");
    }
    return {
      messageId: taking.length > 0 ? messageId : null,
      routed: taking.length > 0,
      queues: taking.map(({ queue }) => queue.name),
      rejected: refusing.map(({ queue }) => queue.name),
    };
  }

  /** Brings the model up to the present: leases that ran out, delays that ended, messages that expired. */
  sweep(): void {
    const now = this.#now();
    const queues = this.#queues();
    for (const queue of queues) {
      for (const entry of [...queue.entries]) {
        if (entry.lease && entry.lease.until <= now) this.#requeue(queue, entry, { delayMs: 0, counts: true });
      }
      for (const entry of queue.entries) {
        if (entry.availableAt !== null && entry.availableAt <= now) becomeReady(entry);
      }
      this.#trim(queue);
    }
    for (const queue of queues) {
      for (let head = expiredHead(queue, now); head; head = expiredHead(queue, now)) this.#bury(queue, head, "expired");
    }
  }

  lease(actor: Actor, request: LeaseRequest): Leased[] {
    const queue = this.#topology.queue(request.vhost, request.queue);
    const now = this.#now();
    const met = readyIn(queue).slice(0, request.max);
    // What expired behind one that did not is noticed when somebody comes upon it.
    for (const entry of met.filter((one) => isExpired(one, now))) this.#bury(queue, entry, "expired");
    const taken = met.filter((entry) => !isExpired(entry, now));
    const until = now + request.visibilityTimeoutMs;
    for (const entry of taken) {
      if (request.autoAck) removeEntry(queue, entry);
      else {
        entry.state = "leased";
        const node = request.boundToNode ? this.#node() : null;
        entry.lease = { receipt: randomUUID(), holder: actor.user, since: now, until, node };
      }
      queue.totals[totalOf(request)]++;
      if (entry.redelivered) queue.totals.redeliver++;
    }
    const remaining = readyIn(queue).length;
    return taken.map((entry) => ({
      id: entry.id,
      messageId: entry.messageId,
      exchange: entry.exchange,
      routingKey: entry.routingKey,
      properties: entry.properties,
      bodySize: entry.body.length,
      body: entry.body,
      redelivered: entry.redelivered,
      deliveryCount: entry.deliveryCount,
      receipt: entry.lease?.receipt ?? null,
      leasedUntil: entry.lease && new Date(entry.lease.until),
      remaining,
    }));
  }

  settle({ receipt, outcome }: Settlement): "settled" | "gone" {
    const held = this.held(String(receipt));
    if (!held) return "gone";
    const { queue, entry } = held;
    switch (outcome.kind) {
      case "ack":
        removeEntry(queue, entry);
        queue.totals.ack++;
        break;
      case "requeue":
        this.#requeue(queue, entry, { delayMs: outcome.delayMs ?? 0, counts: outcome.counts ?? true });
        this.#trim(queue);
        break;
      case "reject":
        this.#bury(queue, entry, "rejected", outcome.error);
    }
    return "settled";
  }

  loseNode(name: string): void {
    for (const queue of this.#queues()) {
      for (const entry of [...queue.entries]) {
        if (entry.lease?.node === name) this.#requeue(queue, entry, { delayMs: 0, counts: true });
      }
      this.#trim(queue);
    }
  }

  held(receipt: string): { queue: ModelQueue; entry: ModelEntry } | null {
    for (const { queues } of this.#topology.vhosts.values()) {
      for (const queue of queues.values()) {
        const entry = queue.entries.find(({ lease }) => lease?.receipt === receipt);
        if (entry?.lease && entry.lease.until > this.#now()) return { queue, entry };
      }
    }
    return null;
  }

  /**
   * Takes a message on to where an exchange routes it, as a new copy. False when it stays: it would go nowhere, or to a
   * queue that has no room. CC is left out of it: whoever sends a message somewhere means there. Queues are cut to their
   * lengths afterwards, by `trimAll`.
   */
  forward(queue: ModelQueue, entry: ModelEntry, to: { exchange: string; routingKey: string }): boolean {
    const { headers } = entry.properties;
    const found = route(this.#topology.routing(queue.queue.vhost), to.exchange, [to.routingKey], headers);
    const targets = found.queues.map(({ id }) => this.#topology.queueById(id) as ModelQueue);
    if (targets.length === 0 || targets.some((target) => refuses(target, entry.body.length))) return false;
    removeEntry(queue, entry);
    const id = ++this.#ids;
    for (const target of targets) this.#append(target, { ...entry, ...to, death: null }, id);
    return true;
  }

  trimAll(): void {
    for (const queue of this.#queues()) this.#trim(queue);
  }

  #queues(): ModelQueue[] {
    return [...this.#topology.vhosts.values()].flatMap((vhost) => [...vhost.queues.values()]);
  }

  #requeue(queue: ModelQueue, entry: ModelEntry, how: { delayMs: number; counts: boolean }): void {
    const { deliveryLimit } = queue.limits;
    if (how.counts && deliveryLimit !== null && entry.deliveryCount + 1 > deliveryLimit) {
      this.#bury(queue, entry, "delivery_limit");
      return;
    }
    if (how.counts) entry.deliveryCount++;
    entry.redelivered = true;
    becomeReady(entry);
    if (how.delayMs > 0) {
      entry.state = "delayed";
      entry.availableAt = this.#now() + how.delayMs;
    }
  }

  /** Takes a message out of its queue and sends it on as a dead letter, or to the trash if a person may want it back. */
  #bury(queue: ModelQueue, entry: ModelEntry, reason: DeathReason, error?: FailureReport): void {
    removeEntry(queue, entry);
    const arrived = this.#sendOn(queue, entry, reason, error);
    if (!arrived && (reason === "rejected" || reason === "delivery_limit")) this.#trash.drop(queue, entry);
  }

  #sendOn(queue: ModelQueue, copy: Copy, reason: DeathReason, error?: FailureReport): boolean {
    const { deadLetterExchange, deadLetterRoutingKey } = queue.limits;
    if (deadLetterExchange === null) return false;
    const at = new Date(this.#now());
    const letter = deadLetter(copy, {
      queue: queue.queue.name,
      reason,
      at,
      deadLetterRoutingKey,
      ...(error && { error }),
    });
    const { headers } = letter.properties;
    const found = this.#topology.routing(queue.queue.vhost).follow(deadLetterExchange, letter.keys, headers);
    const targets = (found?.queues ?? [])
      .map(({ id }) => this.#topology.queueById(id) as ModelQueue)
      .filter((target) => !isDeadLetterCycle(headers, target.queue.name, reason))
      .filter((target) => !refuses(target, copy.body.length));
    const summary = deathSummary(headers, at);
    const death = summary && { ...summary, originExchange: copy.exchange, originRoutingKey: copy.routingKey };
    const id = ++this.#ids;
    for (const target of targets) {
      this.#append(
        target,
        { ...copy, exchange: deadLetterExchange, routingKey: letter.routingKey, properties: letter.properties, death },
        id,
      );
    }
    for (const target of targets) this.#trim(target);
    return targets.length > 0;
  }

  #append(queue: ModelQueue, copy: Copy, id: number): void {
    const now = this.#now();
    const ttl = messageTtl(queue.limits, expirationMs(copy.properties.expiration));
    insertInOrder(queue, {
      id,
      messageId: copy.messageId,
      body: copy.body,
      publishedAt: copy.publishedAt,
      publishedBy: copy.publishedBy,
      exchange: copy.exchange,
      routingKey: copy.routingKey,
      properties: copy.properties,
      death: copy.death,
      rank: rankOf(queue.limits, copy.properties.priority),
      enqueuedAt: now,
      expiresAt: ttl === null ? null : now + ttl,
      state: "ready",
      redelivered: false,
      deliveryCount: 0,
      availableAt: null,
      lease: null,
    });
  }

  /** Drops from the head what a queue has too much. */
  #trim(queue: ModelQueue): void {
    if (queue.limits.overflow !== "drop-head") return;
    for (let head = readyIn(queue)[0]; head && isOver(queue, 0, 0); head = readyIn(queue)[0]) {
      this.#bury(queue, head, isExpired(head, this.#now()) ? "expired" : "maxlen");
    }
  }
}

function refuses(queue: ModelQueue, bytes: number): boolean {
  return queue.limits.overflow !== "drop-head" && isOver(queue, 1, bytes);
}

function isOver(queue: ModelQueue, more: number, moreBytes: number): boolean {
  const { maxLength, maxLengthBytes } = queue.limits;
  const ready = readyIn(queue);
  const bytes = ready.reduce((sum, { body }) => sum + body.length, 0);
  return (
    (maxLength !== null && ready.length + more > maxLength) ||
    (maxLengthBytes !== null && bytes + moreBytes > maxLengthBytes)
  );
}

function isExpired({ expiresAt }: ModelEntry, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** An expired message that is the first of its rank; behind one that has not expired it waits for its turn. */
function expiredHead(queue: ModelQueue, now: number): ModelEntry | undefined {
  const ready = readyIn(queue);
  return ready.find((entry) => isExpired(entry, now) && ready.find(({ rank }) => rank === entry.rank) === entry);
}

function totalOf({ countAs, autoAck }: LeaseRequest): "get" | "getNoAck" | "deliver" | "deliverNoAck" {
  if (countAs === "get") return autoAck ? "getNoAck" : "get";
  return autoAck ? "deliverNoAck" : "deliver";
}
