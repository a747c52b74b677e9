/** AMQP throughput and latency of Warren and of a real RabbitMQ, interleaved: `npx tsx bench/amqp.ts [seconds] [case]`. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Channel, type ConfirmChannel, type ConsumeMessage, connect } from "amqplib";
import { openBenchPostgres } from "@/bench/postgres";
import { cpuSeconds, ownChildren } from "@/bench/process-cpu";
import { nodeOptions } from "@/lib/platform/child-process";
import { freePort } from "@/lib/platform/ports";
import { rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";

interface Load {
  readonly name: string;
  readonly bytes: number;
  readonly persistent: boolean;
  readonly noAck: boolean;
  /** Producers, consumers and queues, as many of each. */
  readonly lanes: number;
  /** Messages per second over all producers; null: as fast as they are confirmed. */
  readonly rate: number | null;
}

const plain = { bytes: 1024, persistent: true, noAck: false, lanes: 1, rate: null };
const loads: readonly Load[] = [
  { ...plain, name: "1 KiB, persistent, manual ack" },
  { ...plain, name: "16 B, persistent, manual ack", bytes: 16 },
  { ...plain, name: "64 KiB, persistent, manual ack", bytes: 65_536 },
  { ...plain, name: "1 KiB, transient, auto-ack", persistent: false, noAck: true },
  { ...plain, name: "1 KiB, persistent, 10 producers, 10 consumers, 10 queues", lanes: 10 },
  { ...plain, name: "1 KiB, persistent, 500 messages/s", rate: 500 },
];

/** So many publishes of a producer are unconfirmed at most, so that neither side is drowned; and the consumers' prefetch. */
const mostUnconfirmed = 500;
const prefetch = 100;

/** What was seen of a load: messages per second from publisher to acknowledgement, and latencies in ms. */
interface Seen {
  readonly perSecond: number;
  /** CPU of the broker and its database, in us per message; 0 where that isn't known. */
  readonly cpuUs: number;
  readonly confirm: readonly number[];
  readonly delivery: readonly number[];
}

interface Contestant {
  readonly name: string;
  readonly url: string;
  /** CPU seconds that it has used so far. */
  cpu(): number;
  stop(): Promise<void>;
}

let runs = 0;

async function measure({ url, cpu }: Contestant, load: Load, seconds: number): Promise<Seen> {
  const publishing = await connect(url);
  const consuming = await connect(url);
  const confirm: number[] = [];
  const delivery: number[] = [];
  let taken = 0;
  let ended = false;
  const lanes = await Promise.all(
    Array.from({ length: load.lanes }, async (_, lane) => {
      const queue = `bench.${++runs}.${lane}`;
      const producer = await publishing.createConfirmChannel();
      const consumer = await consuming.createChannel();
      await producer.assertQueue(queue, { durable: true });
      await consumer.prefetch(prefetch);
      await consumer.consume(queue, (message) => take(consumer, message), { noAck: load.noAck });
      return { queue, producer };
    }),
  );

  function take(channel: Channel, message: ConsumeMessage | null): void {
    if (message === null) return;
    if (!load.noAck) channel.ack(message);
    taken++;
    if (load.rate !== null) delivery.push(performance.now() - message.content.readDoubleBE(0));
  }

  const producers = lanes.map(({ queue, producer }) => produce(producer, queue, load, () => ended, confirm));
  await pause(Math.min(1000, (seconds * 1000) / 3));
  taken = confirm.length = delivery.length = 0;
  const cpuBefore = cpu();
  const began = performance.now();
  await pause(seconds * 1000);
  const perSecond = taken / ((performance.now() - began) / 1000);
  const cpuUs = ((cpu() - cpuBefore) * 1e6) / Math.max(taken, 1);
  const seen = { perSecond, cpuUs, confirm: sorted(confirm), delivery: sorted(delivery) };
  ended = true;
  await Promise.all(producers);
  for (const { queue, producer } of lanes) await producer.deleteQueue(queue);
  await Promise.all([publishing.close(), consuming.close()]);
  return seen;
}

async function produce(
  channel: ConfirmChannel,
  queue: string,
  load: Load,
  ended: () => boolean,
  confirm: number[],
): Promise<void> {
  let unconfirmed = 0;
  let wake: (() => void) | undefined;
  const options = { persistent: load.persistent };
  const began = performance.now();
  for (let sent = 0; !ended(); sent++) {
    const body = Buffer.alloc(load.bytes);
    const at = performance.now();
    body.writeDoubleBE(at, 0);
    unconfirmed++;
    channel.sendToQueue(queue, body, options, (error) => {
      if (error !== null) throw error;
      unconfirmed--;
      if (load.rate !== null) confirm.push(performance.now() - at);
      wake?.();
    });
    if (load.rate !== null)
      await pause(Math.max(0, began + ((sent + 1) * 1000 * load.lanes) / load.rate - performance.now()));
    while (unconfirmed >= mostUnconfirmed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  await channel.waitForConfirms();
}

/**
 * Measures all loads on both and prints a table.
 * @param seconds how long each takes, on each, in each round
 * @param only part of a load's name; empty for all
 */
export async function compareAmqp(seconds: number, only = "", rounds = 3): Promise<void> {
  const contestants = [await startWarren()];
  try {
    if (rabbitMqIsInstalled()) contestants.push(await startRabbit());
    for (const load of loads.filter(({ name }) => name.includes(only))) {
      const seen = new Map<string, Seen[]>(contestants.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        const order = round % 2 === 0 ? contestants : [...contestants].reverse();
        for (const one of order) seen.get(one.name)?.push(await measure(one, load, seconds));
      }
      print(load, seen);
    }
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

function print(load: Load, seen: ReadonlyMap<string, readonly Seen[]>): void {
  console.log(`\n${load.name}`);
  const rates: number[] = [];
  const costs: number[] = [];
  for (const [name, all] of seen) {
    const rate = median(all.map(({ perSecond }) => perSecond));
    rates.push(rate);
    const cost = median(all.map(({ cpuUs }) => cpuUs));
    costs.push(cost);
    const rounds = all.map(({ perSecond }) => perSecond.toFixed(0)).join(", ");
    const latency = (of: "confirm" | "delivery") =>
      `${of} p50 ${middle(all, of, 0.5)} ms, p99 ${middle(all, of, 0.99)} ms`;
    const latencies = load.rate === null ? "" : `; ${latency("delivery")}; ${latency("confirm")}`;
    console.log(
      `  ${name.padEnd(9)} ${rate.toFixed(0).padStart(7)} messages/s (${rounds}), ${cost.toFixed(0)} us of CPU each${latencies}`,
    );
  }
  const [warren, rabbit] = rates;
  const [cost, rabbitCost] = costs;
  if (warren === undefined || rabbit === undefined || cost === undefined || rabbitCost === undefined) return;
  console.log(`  ratio     ${(warren / rabbit).toFixed(2)}; of CPU ${(rabbitCost / cost).toFixed(2)}`);
}

function middle(all: readonly Seen[], of: "confirm" | "delivery", quantile: number): string {
  const each = all.map((seen) => seen[of][Math.floor(seen[of].length * quantile)] ?? Number.NaN);
  return median(each).toFixed(2);
}

async function startWarren(): Promise<Contestant> {
  const postgres = await openBenchPostgres(null);
  const port = await freePort();
  const extra = process.env.BENCH_NODE_ARGS?.split(" ") ?? [];
  const child = spawn(process.execPath, [...nodeOptions, ...extra, "--import", "tsx", "bin/broker.ts"], {
    env: { ...process.env, DATABASE_URL: postgres.url, HOST: "127.0.0.1", AMQP_PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let listens = false;
  for await (const line of createInterface({ input: child.stdout })) {
    listens = line.includes("listens");
    if (listens) break;
  }
  child.stdout.resume();
  if (!listens) {
    await postgres.close();
    throw new Error("Warren's broker did not start.");
  }
  return {
    name: "warren",
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    cpu: () => cpuSeconds([child.pid, postgres.postmaster].filter((pid) => typeof pid === "number")),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      await postgres.close();
    },
  };
}

async function startRabbit(): Promise<Contestant> {
  const before = ownChildren();
  const { url, stop } = await startRabbitMq({ asInProduction: true });
  const started = ownChildren().filter((pid) => !before.includes(pid));
  return { name: "rabbitmq", url, cpu: () => cpuSeconds(started), stop };
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function median(numbers: readonly number[]): number {
  return sorted(numbers)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await compareAmqp(Number(process.argv[2] ?? 3), process.argv[3] ?? "", Number(process.argv[4] ?? 3));
  process.exit(0);
}
