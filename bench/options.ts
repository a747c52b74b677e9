import { parseArgs } from "node:util";

/** What a run measures, and how large. Sizes are the small ones unless asked otherwise. */
export interface BenchOptions {
  /** Names of workloads, in the order in which they run. */
  readonly workloads: readonly string[];
  readonly rounds: number;
  /** How long each contestant works in each case of each round, in s. */
  readonly seconds: number;
  /** Makes bodies, routing keys and the order of contestants. */
  readonly seed: number;
  /** Body sizes of B1, in bytes. */
  readonly sizes: readonly number[];
  /** Messages of the backlog that is drained (B3), looked into (B9) or simply lies there (B2 backlog, B7). */
  readonly messages: number;
  /** Messages that lie in the queue already while others flow (B2). */
  readonly backlog: number;
  /** Bytes of a body in backlog and console-reads. */
  readonly body: number;
  readonly consumers: readonly number[];
  readonly bindings: number;
  /** Only cases with this in their name; empty for all. */
  readonly cases: string;
  /** Only these contestants; empty for all. */
  readonly only: readonly string[];
  /** The folder that newer versions of the peers were installed in with npm; null: those that Warren brings. */
  readonly peers: string | null;
  /** pgmq's SQL file, which makes it a contestant; null for none. */
  readonly pgmq: string | null;
  /** Of the database of the bench; null leaves the server's own. */
  readonly synchronousCommit: string | null;
  /** Where the JSON goes; null for a new file in bench/results. */
  readonly output: string | null;
}

export const usage = `Usage: npm run bench [-- [options] [workload ...]]

Workloads: publish (B1), drain (B3), steady and backlog (B2), latency (B4), fan-out and topic-routing (B5),
pinned-horizon (B6), delayed (B7), requeues (B8), console-reads (B9); all of them by default. And, only when they are named: amqp;
console, by itself, which compares the pages with RabbitMQ's own in a browser.

  --rounds 3          how often each contestant is measured in each case
  --seconds 0.5       how long each time
  --seed 1            other bodies, keys and orders
  --sizes 16,1024,16384   bytes of a body in publish
  --messages 20000    of drain, backlog, delayed and console-reads: ten million if you like
  --body 1024         bytes of a body in backlog and console-reads
  --backlog 0         messages that lie in the queue during steady
  --consumers 1,8,64  of steady
  --bindings 10000    of topic-routing
  --case batches      only cases with this in their name
  --only warren,limit contestants: warren, graphile-worker, pg-boss, limit, pgbench, pgmq
  --peers folder      graphile-worker and pg-boss of its node_modules, which may need another Node: see docs/decisions/0005-bench.md
  --pgmq pgmq.sql     pgmq as well, from its SQL file (github.com/pgmq/pgmq, pgmq-extension/sql/pgmq.sql)
  --synchronous-commit on|off   for all of them
  --full              5 rounds of 2 s, a backlog of 200,000
  --output file.json

It runs on the embedded Postgres, in a folder of its own, or makes a database of its own on the server of
BENCH_DATABASE_URL (a role that may create databases), and leaves nothing behind.`;

/**
 * Reads the command line. Throws with words for what is wrong with it.
 * @param usual the workloads that run when none is named
 * @param more those that run only when they are named
 */
export function benchOptions(
  args: readonly string[],
  usual: readonly string[],
  more: readonly string[],
): BenchOptions | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      seed: { type: "string", default: "1" },
      sizes: { type: "string", default: "16,1024,16384" },
      messages: { type: "string" },
      body: { type: "string", default: "1024" },
      backlog: { type: "string", default: "0" },
      consumers: { type: "string", default: "1,8,64" },
      bindings: { type: "string", default: "10000" },
      case: { type: "string", default: "" },
      only: { type: "string", default: "" },
      peers: { type: "string" },
      pgmq: { type: "string" },
      "synchronous-commit": { type: "string" },
      full: { type: "boolean", default: false },
      output: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const known = [...usual, ...more];
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no workload ${unknown}: use ${known.join(", ")}.`);
  return {
    workloads: positionals.length === 0 ? usual : positionals,
    rounds: numberOf("rounds", values.rounds ?? (values.full ? "5" : "3"), 1),
    seconds: numberOf("seconds", values.seconds ?? (values.full ? "2" : "0.5"), 0.05),
    seed: numberOf("seed", values.seed, 0),
    sizes: listOf("sizes", values.sizes),
    messages: numberOf("messages", values.messages ?? (values.full ? "200000" : "20000"), 100),
    body: numberOf("body", values.body, 1),
    backlog: numberOf("backlog", values.backlog, 0),
    consumers: listOf("consumers", values.consumers),
    bindings: numberOf("bindings", values.bindings, 1),
    cases: values.case,
    only: values.only === "" ? [] : values.only.split(","),
    peers: values.peers ?? null,
    pgmq: values.pgmq ?? null,
    synchronousCommit: values["synchronous-commit"] ?? null,
    output: values.output ?? null,
  };
}

function numberOf(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!(value >= least)) throw new Error(`--${name} must be a number of at least ${least}, not ${text}.`);
  return value;
}

function listOf(name: string, text: string): number[] {
  return text.split(",").map((part) => numberOf(name, part, 1));
}
