import { setMaxListeners } from "node:events";
import { random as seeded } from "@/bench/random";
import { takeStock, untilConsumed } from "@/test/soak/accounting";
import {
  amqpConsumer,
  amqpPublisher,
  laneConsumer,
  lanePublisher,
  transactionalPublisher,
} from "@/test/soak/amqp-clients";
import { SoakCluster } from "@/test/soak/cluster";
import { type FaultName, Faults, pause } from "@/test/soak/faults";
import { httpConsumer, httpPublisher, sqlPublisher } from "@/test/soak/http-clients";
import { Lane } from "@/test/soak/lane";
import { Ledger } from "@/test/soak/ledger";
import { call, deadQueue, exchange, insist, type SoakWorld, workQueues } from "@/test/soak/world";

export interface SoakOptions {
  readonly brokers: number;
  readonly webs: number;
  /** Of each kind of publisher and consumer, and of lanes. */
  readonly clients: number;
  /** In the order in which they come; the load ends with the last. */
  readonly faults: Iterable<FaultName>;
  /** Between two faults, in ms, at most. */
  readonly pauseMs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Database connections that were ended, two a second. */
  readonly terminated: number;
  readonly counts: Ledger["counts"];
  readonly violations: readonly string[];
  /** What the processes printed last. */
  readonly printed: readonly string[];
}

/**
 * Publishes and consumes through all doors while processes, connections and the database are killed, and then holds what
 * the clients know against what is there. Without violations, the broker has kept its promises.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const begin = Date.now();
  const cluster = await SoakCluster.start(options);
  const ledger = new Ledger();
  const random = seeded(options.seed);
  const publishing = new AbortController();
  const consuming = new AbortController();
  // All clients wait for them, again and again.
  setMaxListeners(0, publishing.signal, consuming.signal);
  const world: SoakWorld = {
    ...{ cluster, ledger, random },
    lanes: Array.from({ length: options.clients }, (_, index) => new Lane(`soak.lane.${index}`)),
    publishing: publishing.signal,
    consuming: consuming.signal,
  };
  const faults = new Faults(cluster, ledger, random);
  try {
    await declare(world);
    options.say(`${cluster.nodes.length} nodes run`);
    const publishers = startPublishers(world, options.clients);
    const consumers = startConsumers(world, options.clients);
    const terminating = terminate(faults, publishing.signal);
    for (const fault of options.faults) {
      await pause(random() * options.pauseMs);
      options.say(`${((Date.now() - begin) / 1000).toFixed(0)} s: ${fault}`);
      await faults.cause(fault);
    }
    publishing.abort();
    await Promise.all([...publishers, terminating]);
    options.say("no more faults: what is left is consumed");
    await untilConsumed(world, 60);
    consuming.abort();
    await Promise.all(consumers);
    await takeStock(world);
  } finally {
    publishing.abort();
    consuming.abort();
    await cluster.close();
  }
  return {
    seconds: Math.round((Date.now() - begin) / 1000),
    faults: Object.fromEntries(faults.done),
    terminated: faults.terminated,
    counts: ledger.counts,
    violations: ledger.violations,
    printed: cluster.printed,
  };
}

async function declare({ cluster, lanes }: SoakWorld): Promise<void> {
  const [node] = cluster.nodesOf("web");
  if (!node) throw new Error("a soak has a web node");
  const queue = (name: string, args: Record<string, unknown> = {}) =>
    insist(() => call(node, "PUT", `queues/%2F/${name}`, { durable: true, arguments: args }));
  await insist(() => call(node, "PUT", `exchanges/%2F/${exchange}`, { type: "fanout", durable: true }));
  for (const name of workQueues) {
    await queue(deadQueue(name));
    await queue(name, { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": deadQueue(name) });
    await insist(() => call(node, "POST", `bindings/%2F/e/${exchange}/q/${name}`, { routing_key: "" }));
  }
  for (const lane of lanes) await queue(lane.queue);
}

function startPublishers(world: SoakWorld, clients: number): Promise<void>[] {
  const numbers = Array.from({ length: clients }, (_, index) => index);
  return [
    ...numbers.map((number) => amqpPublisher(world, `amqp${number}`)),
    ...numbers.map((number) => httpPublisher(world, `http${number}`)),
    ...world.lanes.map((lane) => lanePublisher(world, lane)),
    transactionalPublisher(world, "tx"),
    sqlPublisher(world, "sql"),
  ];
}

function startConsumers(world: SoakWorld, clients: number): Promise<void>[] {
  const numbers = Array.from({ length: clients }, (_, index) => index);
  return [
    ...workQueues.flatMap((queue) => [
      ...numbers.map((number) => amqpConsumer(world, `${queue}.amqp${number}`, queue)),
      ...numbers.map((number) => httpConsumer(world, `${queue}.http${number}`, queue)),
    ]),
    ...world.lanes.map((lane) => laneConsumer(world, lane)),
  ];
}

/** Ends two of the nodes' database connections a second. */
async function terminate(faults: Faults, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await pause(500);
    await faults.terminateOne();
  }
}
