import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Bench, type Workload } from "@/bench/bench";
import { compareConsoles } from "@/bench/console/compare";
import type { Contestant } from "@/bench/contestants/contestant";
import { openGraphileWorker } from "@/bench/contestants/graphile-worker";
import { openLimit } from "@/bench/contestants/limit";
import { peerVersion } from "@/bench/contestants/peers";
import { openPgBoss } from "@/bench/contestants/pg-boss";
import { openPgmq } from "@/bench/contestants/pgmq";
import { openWarren } from "@/bench/contestants/warren";
import { Meter } from "@/bench/meter";
import { type BenchOptions, benchOptions, usage } from "@/bench/options";
import { type BenchPostgres, openBenchPostgres } from "@/bench/postgres";
import { amqp } from "@/bench/workloads/amqp";
import { backlog } from "@/bench/workloads/backlog";
import { consoleReads } from "@/bench/workloads/console-reads";
import { delayed } from "@/bench/workloads/delayed";
import { drain } from "@/bench/workloads/drain";
import { fanOut } from "@/bench/workloads/fan-out";
import { latency } from "@/bench/workloads/latency";
import { pinnedHorizon } from "@/bench/workloads/pinned-horizon";
import { publish } from "@/bench/workloads/publish";
import { requeues } from "@/bench/workloads/requeues";
import { steady } from "@/bench/workloads/steady";
import { topicRouting } from "@/bench/workloads/topic-routing";

const workloads: readonly Workload[] = [
  publish,
  drain,
  steady,
  backlog,
  latency,
  fanOut,
  topicRouting,
  pinnedHorizon,
  delayed,
  requeues,
  consoleReads,
];

/** Those that run only when they are named. */
const more: readonly Workload[] = [amqp];

/** Runs by itself: it measures whole servers and a browser, and needs nothing of what the others share. */
const consoles = "console";

/**
 * Measures Warren's engine, its peers and the limit script on the same Postgres, interleaved, prints tables and
 * writes all numbers to a JSON file.
 * @param args of the command line, see `usage`
 */
async function run(args: readonly string[]): Promise<void> {
  let options: BenchOptions | "help";
  try {
    options = benchOptions(args, namesOf(workloads), [...namesOf(more), consoles]);
    if (options !== "help" && options.workloads.includes(consoles) && options.workloads.length > 1) {
      throw new Error(`${consoles} runs by itself: name no other workload with it.`);
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
  if (options === "help") return console.log(usage);
  if (options.workloads.includes(consoles)) return compareConsoles(options);
  const postgres = await openBenchPostgres(options.synchronousCommit);
  const stop = () => {
    // All connections break now, and everybody says so.
    console.error = () => {};
    process.on("uncaughtException", () => {});
    void postgres.close().finally(() => process.exit(130));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  let status = 0;
  try {
    await measure(options, postgres);
  } catch (error) {
    console.error(error);
    status = 1;
  }
  await postgres.close();
  process.exit(status);
}

async function measure(options: BenchOptions, postgres: BenchPostgres): Promise<void> {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version };
  console.log(
    `PostgreSQL ${postgres.version}, synchronous_commit ${postgres.synchronousCommit}, Node ${process.version}, ` +
      `${machine.cpus} CPUs; medians of ${options.rounds} rounds of ${options.seconds} s, seed ${options.seed}`,
  );
  const peers = Object.fromEntries(
    ["graphile-worker", "pg-boss"].map((name) => [name, peerVersion(options.peers, name)]),
  );
  console.log(
    Object.entries(peers)
      .map((peer) => peer.join(" "))
      .join(", "),
  );
  const begin = new Date();
  const meter = await Meter.open(postgres);
  const warren = await openWarren(postgres.url, meter);
  const others = [
    { name: "graphile-worker", open: openGraphileWorker.bind(null, options.peers) },
    { name: "pg-boss", open: openPgBoss.bind(null, options.peers) },
    ...(options.pgmq === null ? [] : [{ name: "pgmq", open: openPgmq.bind(null, options.pgmq) }]),
    { name: "limit", open: openLimit },
  ];
  const contestants: Contestant[] = isIn(options, "warren") ? [warren] : [];
  for (const { name, open } of others) if (isIn(options, name)) contestants.push(await open(postgres.url, meter));
  const bench = new Bench({ options, postgres, meter, warren, contestants });
  try {
    for (const name of options.workloads) {
      const workload = [...workloads, ...more].find((one) => one.name === name);
      if (workload) await bench.run(workload);
    }
  } finally {
    for (const contestant of new Set([...contestants, warren])) await contestant.close();
    await meter.close();
  }
  const seconds = Math.round((Date.now() - begin.getTime()) / 1000);
  const file = options.output ?? path.join("bench/results", `${begin.toISOString().replaceAll(":", "-")}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const { version, synchronousCommit } = postgres;
  const server = { version, synchronousCommit };
  const report = { begin, seconds, machine, postgres: server, peers, options, results: bench.results };
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  console.log(`\n${seconds} s; all numbers are in ${file}`);
}

function isIn({ only }: BenchOptions, name: string): boolean {
  return only.length === 0 || only.includes(name);
}

function namesOf(some: readonly Workload[]): string[] {
  return some.map(({ name }) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
