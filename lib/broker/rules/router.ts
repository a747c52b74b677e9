import { BrokerError, notFound } from "@/lib/broker/errors";
import { emptyTable, type FieldTable, textOf } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { type HeadersPattern, headersMatch, headersPattern } from "@/lib/broker/rules/headers-match";
import { TopicIndex } from "@/lib/broker/rules/topic";
import type { ExchangeType } from "@/lib/broker/topology";

/** What routing must know of an exchange; callers may hang more on it, and get the same object back. */
export interface RoutingExchange {
  readonly id: number;
  readonly name: string;
  readonly type: ExchangeType;
  readonly internal: boolean;
  readonly arguments: FieldTable;
  /** The alternate exchange that a policy sets; an argument counts more. */
  readonly policyAlternate?: string | null;
}

/** What routing must know of a queue; callers may hang more on it, and get the same object back. */
export interface RoutingQueue {
  readonly id: number;
  readonly name: string;
}

/** Exactly one of `queueId` and `exchangeId` is set. */
export interface RoutingBinding {
  readonly sourceId: number;
  readonly queueId: number | null;
  readonly exchangeId: number | null;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** The whole topology of one vhost. Bindings of the default exchange exist by themselves and are not listed. */
export interface RoutingTopology<X extends RoutingExchange, Q extends RoutingQueue, B extends RoutingBinding> {
  readonly vhost: string;
  readonly exchanges: readonly X[];
  readonly queues: readonly Q[];
  readonly bindings: readonly B[];
}

/** Where a published message goes. */
export interface Route<X extends RoutingExchange, Q extends RoutingQueue> {
  /** Each queue once. Empty: unroutable. */
  readonly queues: readonly Q[];
  /** Every exchange that it passed, once each, the one it was published to first. */
  readonly exchanges: readonly X[];
}

interface QueueNode<Q> {
  readonly queue: Q;
  reached: number;
}

interface ExchangeNode<X, Q> {
  readonly exchange: X;
  readonly alternate: string | undefined;
  readonly match: Matcher<Target<X, Q>>;
  reached: number;
}

type Target<X, Q> = QueueNode<Q> | ExchangeNode<X, Q>;
type Matcher<T> = (keys: readonly string[], headers: FieldTable, found: (target: T) => void) => void;

/**
 * The bindings of one vhost, compiled: a map per direct exchange, a trie per topic exchange, a list per headers
 * exchange. It never changes; a new topology makes a new table. Not to be used by two searches at once, which
 * synchronous code can't do anyway: nodes carry the mark of the search that reached them last.
 */
export class RoutingTable<
  X extends RoutingExchange = RoutingExchange,
  Q extends RoutingQueue = RoutingQueue,
  B extends RoutingBinding = RoutingBinding,
> {
  readonly vhost: string;
  readonly #exchanges = new Map<string, ExchangeNode<X, Q>>();
  readonly #queues = new Map<string, QueueNode<Q>>();
  readonly #bindingsOf = new Map<number, B[]>();
  #search = 0;

  constructor(topology: RoutingTopology<X, Q, B>) {
    this.vhost = topology.vhost;
    const queueById = new Map<number, QueueNode<Q>>();
    for (const queue of topology.queues) {
      const node = { queue, reached: 0 };
      queueById.set(queue.id, node);
      this.#queues.set(queue.name, node);
    }
    for (const binding of topology.bindings) {
      const siblings = this.#bindingsOf.get(binding.sourceId);
      if (siblings) siblings.push(binding);
      else this.#bindingsOf.set(binding.sourceId, [binding]);
    }
    const exchangeById = new Map<number, ExchangeNode<X, Q>>();
    for (const exchange of topology.exchanges) {
      const node = this.#exchangeNode(exchange, (binding) =>
        binding.queueId === null ? exchangeById.get(binding.exchangeId ?? -1) : queueById.get(binding.queueId),
      );
      exchangeById.set(exchange.id, node);
      this.#exchanges.set(exchange.name, node);
    }
  }

  exchange(name: string): X | undefined {
    return this.#exchanges.get(name)?.exchange;
  }

  queue(name: string): Q | undefined {
    return this.#queues.get(name)?.queue;
  }

  /** Bindings with this exchange as their source, in the order in which they were given. */
  bindingsOf(exchange: X): readonly B[] {
    return this.#bindingsOf.get(exchange.id) ?? [];
  }

  /**
   * Routes as far as it goes, whoever publishes; null for an unknown exchange. An exchange whose own bindings match
   * nothing passes the message to its alternate exchange; each exchange is passed once, so cycles end
   * (rabbit_exchange:route; https://www.rabbitmq.com/docs/e2e, https://www.rabbitmq.com/docs/ae).
   */
  follow(exchangeName: string, keys: readonly string[], headers: FieldTable = emptyTable): Route<X, Q> | null {
    const first = this.#exchanges.get(exchangeName);
    if (!first) return null;
    const search = ++this.#search;
    const queues: Q[] = [];
    const passed: ExchangeNode<X, Q>[] = [first];
    first.reached = search;
    // The list grows while it is walked.
    for (const node of passed) {
      let matched = false;
      node.match(keys, headers, (target) => {
        matched = true;
        reach(target, search, queues, passed);
      });
      if (matched || node.alternate === undefined) continue;
      const alternate = this.#exchanges.get(node.alternate);
      if (alternate) reach(alternate, search, queues, passed);
    }
    return { queues, exchanges: passed.map((node) => node.exchange) };
  }

  #exchangeNode(exchange: X, targetOf: (binding: B) => Target<X, Q> | undefined): ExchangeNode<X, Q> {
    // Compiled at first use: bindings may lead to exchanges that come later in the list, and most are never used.
    let compiled: Matcher<Target<X, Q>> | undefined;
    return {
      exchange,
      alternate: alternateOf(exchange),
      reached: 0,
      match: (keys, headers, found) => {
        compiled ??= exchange.name === "" ? this.#defaultMatcher() : this.#compile(exchange, targetOf);
        compiled(keys, headers, found);
      },
    };
  }

  #defaultMatcher(): Matcher<Target<X, Q>> {
    return (keys, _headers, found) => {
      for (const key of keys) {
        const queue = this.#queues.get(key);
        if (queue) found(queue);
      }
    };
  }

  #compile(exchange: X, targetOf: (binding: B) => Target<X, Q> | undefined): Matcher<Target<X, Q>> {
    const bindings: { binding: B; target: Target<X, Q> }[] = [];
    for (const binding of this.bindingsOf(exchange)) {
      const target = targetOf(binding);
      if (target) bindings.push({ binding, target });
    }
    switch (exchange.type) {
      case "fanout":
        return fanoutMatcher(bindings.map(({ target }) => target));
      case "direct":
        return directMatcher(bindings.map(({ binding, target }) => ({ key: binding.routingKey, target })));
      case "topic":
        return topicMatcher(bindings.map(({ binding, target }) => ({ key: binding.routingKey, target })));
      case "headers":
        return headersMatcher(
          bindings.map(({ binding, target }) => ({ pattern: headersPattern(binding.arguments), target })),
        );
    }
  }
}

/** Adds a target to what was found, unless this search has found it before. */
function reach<X, Q>(target: Target<X, Q>, search: number, queues: Q[], passed: ExchangeNode<X, Q>[]): void {
  if (target.reached === search) return;
  target.reached = search;
  if ("queue" in target) queues.push(target.queue);
  else passed.push(target);
}

/**
 * Routes what a client publishes. Throws `not-found` for an unknown exchange and `access-refused` for an internal one.
 * @param keys the routing key first, then those of the CC and BCC headers: see `routingKeys`
 */
export function route<X extends RoutingExchange, Q extends RoutingQueue, B extends RoutingBinding>(
  table: RoutingTable<X, Q, B>,
  exchangeName: string,
  keys: readonly string[],
  headers?: FieldTable,
): Route<X, Q> {
  const found = table.follow(exchangeName, keys, headers);
  if (!found) throw notFound("exchange", exchangeName, table.vhost);
  if (found.exchanges[0]?.internal) {
    throw new BrokerError(
      "access-refused",
      `cannot publish to internal exchange '${exchangeName}' in vhost '${table.vhost}'`,
      { exchange: exchangeName, vhost: table.vhost },
    );
  }
  return found;
}

/**
 * The keys that a message is routed by: its own, then those in the lists CC and BCC
 * (https://www.rabbitmq.com/docs/sender-selected). Members that aren't texts are passed over, as in RabbitMQ; a CC or
 * BCC that isn't a list throws `precondition-failed`.
 */
export function routingKeys(routingKey: string, headers: FieldTable | undefined): readonly string[] {
  if (headers === undefined || !(headers.has("CC") || headers.has("BCC"))) return [routingKey];
  return [routingKey, ...copiesIn(headers, "CC"), ...copiesIn(headers, "BCC")];
}

/** The keys in a CC or BCC header. Throws `precondition-failed` when it isn't a list. */
export function copiesIn(headers: FieldTable, name: "CC" | "BCC"): readonly string[] {
  const value = headers.get(name);
  if (value === undefined) return [];
  if (value.t !== "A") {
    throw new BrokerError("precondition-failed", `invalid message: the header ${name} must be a list of strings`);
  }
  return value.v.map(textOf).filter((key) => key !== undefined);
}

/** The properties as consumers may see them: without the BCC header. */
export function withoutBcc(properties: MessageProperties): MessageProperties {
  if (!properties.headers?.has("BCC")) return properties;
  const headers = new Map(properties.headers);
  headers.delete("BCC");
  return { ...properties, headers };
}

/**
 * The name in an exchange's `alternate-exchange` argument, or what a policy sets. The default exchange has none, and can't be one: RabbitMQ
 * routes nothing through it then.
 */
export function alternateOf(exchange: RoutingExchange): string | undefined {
  if (exchange.name === "") return undefined;
  return (textOf(exchange.arguments.get("alternate-exchange")) ?? exchange.policyAlternate) || undefined;
}

function fanoutMatcher<T>(targets: readonly T[]): Matcher<T> {
  return (_keys, _headers, found) => {
    for (const target of targets) found(target);
  };
}

function directMatcher<T>(bindings: readonly { key: string; target: T }[]): Matcher<T> {
  const byKey = new Map<string, T[]>();
  for (const { key, target } of bindings) {
    const targets = byKey.get(key);
    if (targets) targets.push(target);
    else byKey.set(key, [target]);
  }
  return (keys, _headers, found) => {
    for (const key of keys) for (const target of byKey.get(key) ?? []) found(target);
  };
}

function topicMatcher<T>(bindings: readonly { key: string; target: T }[]): Matcher<T> {
  const index = new TopicIndex<T>();
  for (const { key, target } of bindings) index.add(key, target);
  return (keys, _headers, found) => {
    for (const key of keys) index.match(key, found);
  };
}

function headersMatcher<T>(bindings: readonly { pattern: HeadersPattern; target: T }[]): Matcher<T> {
  return (_keys, headers, found) => {
    for (const { pattern, target } of bindings) if (headersMatch(pattern, headers)) found(target);
  };
}
