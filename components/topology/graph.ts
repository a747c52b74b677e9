import type { Binding } from "@/lib/api-client/bindings";
import type { Exchange } from "@/lib/api-client/exchanges";
import type { Queue } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";

/** An exchange, a queue, the consumers of a queue, or several exchanges or queues drawn as one. */
export interface Node {
  readonly id: string;
  readonly kind: "exchange" | "queue" | "consumers" | "group";
  readonly vhost: string;
  /** The name; of consumers that of their queue, of a group what its members' names begin with. */
  readonly name: string;
  /** An exchange's type; of a group what its members are. */
  readonly type: string;
  /** Messages per second that go through it. */
  readonly rate: number;
  readonly ready: number;
  readonly dead: number;
  /** Consumers, and those of them that hold all that they may. */
  readonly consumers: number;
  readonly full: number;
  /** Members of a group; 1 for anything else. */
  readonly members: number;
}

/**
 * How messages go on: by a binding, by the default exchange, to consumers, as dead letters, or as what no binding took
 * (alternate exchange).
 */
export type Way = "binding" | "default" | "consume" | "dead" | "alternate";

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly way: Way;
  /** Binding keys, or the key that dead letters get. */
  readonly keys: readonly string[];
  /** Messages per second, at most: of several bindings into one queue nobody counts the share of each. */
  readonly rate: number;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly edges: readonly Edge[];
}

export const exchangeId = (vhost: string, name: string) => `exchange ${vhost} ${name}`;
export const queueId = (vhost: string, name: string) => `queue ${vhost} ${name}`;
const consumersId = (vhost: string, queue: string) => `consumers ${vhost} ${queue}`;

/** Everything that is declared, and how it hangs together. Predeclared exchanges that nothing uses are left out. */
export function graphOf(exchanges: readonly Exchange[], queues: readonly Queue[], bindings: readonly Binding[]): Graph {
  const nodes = new Map<string, Node>();
  for (const exchange of exchanges) add(nodes, exchangeNode(exchange));
  for (const queue of queues) {
    add(nodes, queueNode(queue));
    if (isTaken(queue) || isMissed(queue)) add(nodes, consumersNode(queue));
  }
  const edges = new Map<string, Edge>();
  const connect = (from: string, to: string, way: Way, key: string | null, rate: number) => {
    if (!nodes.has(from) || !nodes.has(to)) return;
    const id = `${way} ${from} ${to}`;
    const before = edges.get(id);
    const keys = key === null ? [] : [key];
    edges.set(id, before ? { ...before, keys: [...before.keys, ...keys] } : { id, from, to, way, keys, rate });
  };
  connectBindings(nodes, bindings, connect);
  for (const exchange of exchanges) connectAlternate(exchange, connect);
  for (const queue of queues) connectQueue(queue, connect);

  const used = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  for (const { id, kind, name } of [...nodes.values()]) {
    const predeclared = kind === "exchange" && (name === "" || name.startsWith("amq."));
    if (predeclared && !used.has(id)) nodes.delete(id);
  }
  return { nodes, edges: [...edges.values()] };
}

function isTaken({ consumers, message_stats: stats }: Queue): boolean {
  return consumers > 0 || rateOf(stats, "deliver_get") > 0;
}

/** Dead letters wait for a person: nobody is missing there. */
function isMissed({ messages_ready: ready, dead_letters: dead }: Queue): boolean {
  return ready > dead;
}

type Connect = (from: string, to: string, way: Way, key: string | null, rate: number) => void;

function add(nodes: Map<string, Node>, node: Node): void {
  nodes.set(node.id, node);
}

function exchangeNode({ vhost, name, type, message_stats: stats }: Exchange): Node {
  const rate = Math.max(stats.publish_in_details.rate, stats.publish_out_details.rate);
  return { ...plain, id: exchangeId(vhost, name), kind: "exchange", vhost, name, type, rate };
}

function queueNode(queue: Queue): Node {
  const { vhost, name, type, messages_ready: ready, dead_letters: dead, consumers, consumers_full: full } = queue;
  const rate = rateOf(queue.message_stats, "publish");
  return { ...plain, id: queueId(vhost, name), kind: "queue", vhost, name, type, rate, ready, dead, consumers, full };
}

function consumersNode({ vhost, name, message_stats: stats, messages_ready: ready, ...queue }: Queue): Node {
  const [rate, full] = [rateOf(stats, "deliver_get"), queue.consumers_full];
  const counts = { rate, ready, full, consumers: queue.consumers };
  return { ...plain, id: consumersId(vhost, name), kind: "consumers", vhost, name, type: "", ...counts };
}

const plain = { ready: 0, dead: 0, consumers: 0, full: 0, members: 1 };

function connectBindings(nodes: ReadonlyMap<string, Node>, bindings: readonly Binding[], connect: Connect): void {
  const bound = new Set<string>();
  const own = bindings.filter(({ source }) => source !== "");
  for (const { vhost, source, destination, destination_type: kind, routing_key: key } of own) {
    const [from, to] = [exchangeId(vhost, source), (kind === "queue" ? queueId : exchangeId)(vhost, destination)];
    const target = nodes.get(to);
    const rate = target ? Math.min(nodes.get(from)?.rate ?? 0, target.rate) : 0;
    connect(from, to, "binding", key, rate);
    if (kind === "queue") bound.add(to);
  }
  // Every queue is bound to the default exchange; it is worth a line where that is the only way in.
  for (const { id, kind, vhost, name, rate } of nodes.values()) {
    if (kind === "queue" && !bound.has(id)) connect(exchangeId(vhost, ""), id, "default", name, rate);
  }
}

function connectAlternate({ vhost, name, arguments: table }: Exchange, connect: Connect): void {
  const alternate = table["alternate-exchange"];
  if (typeof alternate === "string")
    connect(exchangeId(vhost, name), exchangeId(vhost, alternate), "alternate", null, 0);
}

function connectQueue(queue: Queue, connect: Connect): void {
  const { vhost, name } = queue;
  connect(queueId(vhost, name), consumersId(vhost, name), "consume", null, rateOf(queue.message_stats, "deliver_get"));
  const table = { ...queue.effective_policy_definition, ...queue.arguments } as Readonly<Record<string, unknown>>;
  const exchange = table["x-dead-letter-exchange"] ?? table["dead-letter-exchange"];
  const key = table["x-dead-letter-routing-key"] ?? table["dead-letter-routing-key"];
  if (typeof exchange !== "string") return;
  const routingKey = typeof key === "string" ? key : null;
  if (exchange !== "") connect(queueId(vhost, name), exchangeId(vhost, exchange), "dead", routingKey, 0);
  // The default exchange leads straight to the queue of that name.
  else if (routingKey !== null) connect(queueId(vhost, name), queueId(vhost, routingKey), "dead", routingKey, 0);
}
