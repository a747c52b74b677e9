import { readdirSync, readFileSync } from "node:fs";
import { Client } from "pg";
import type { BenchPostgres } from "@/bench/postgres";

/** What one contestant did in one case of one round. */
export interface Measurement {
  readonly count: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU of this process (contestant, its library, and the callers) and of all of Postgres, in us per message. */
  readonly nodeUs: number;
  readonly postgresUs: number | null;
  readonly walBytes: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** What only this workload knows, by name. */
  readonly more: Readonly<Record<string, number>>;
}

/** What the work of a measurement reports. */
export interface Done {
  readonly count: number;
  /** How long it took, where the work knows better than who watches it. */
  readonly seconds?: number;
  /** Of single messages, in ms. */
  readonly latencies?: readonly number[];
  readonly more?: Readonly<Record<string, number>>;
}

/** Linux counts CPU time in hundredths of a second for programs. */
const usPerTick = 10_000;

/** Measures what work costs in time, CPU and write-ahead log. */
export class Meter {
  readonly #client: Client;
  readonly #postmaster: number | null;

  private constructor(client: Client, postmaster: number | null) {
    this.#client = client;
    this.#postmaster = postmaster;
  }

  static async open(postgres: BenchPostgres): Promise<Meter> {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    return new Meter(client, postgres.postmaster);
  }

  async measure(work: () => Promise<Done>): Promise<Measurement> {
    const walBefore = await this.#wal();
    const ticksBefore = this.#ticks();
    const cpuBefore = process.cpuUsage();
    const begin = performance.now();
    const { count, latencies, more, seconds: known } = await work();
    const seconds = known ?? (performance.now() - begin) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    const ticks = this.#ticks();
    const wal = (await this.#wal()) - walBefore;
    const each = Math.max(count, 1);
    return {
      count,
      seconds,
      perSecond: count / seconds,
      nodeUs: (cpu.user + cpu.system) / each,
      postgresUs: ticks === null || ticksBefore === null ? null : ((ticks - ticksBefore) * usPerTick) / each,
      walBytes: wal / each,
      p50Ms: latencies ? percentile(latencies, 0.5) : null,
      p99Ms: latencies ? percentile(latencies, 0.99) : null,
      more: more ?? {},
    };
  }

  /** Runs a statement that isn't part of any measurement. */
  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#client.query(text, values)).rows as Row[];
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #wal(): Promise<number> {
    const [row] = await this.query<{ bytes: string }>("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes");
    return Number(row?.bytes);
  }

  /** Of the postmaster, its living children, and those whose end it has seen. */
  #ticks(): number | null {
    if (this.#postmaster === null) return null;
    let sum = 0;
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const fields = fieldsOf(name);
      if (!fields) continue;
      // man 5 proc_pid_stat: after the name come state, ppid, ...; utime, stime, cutime, cstime are fields 14 to 17.
      const [own, children] = [Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14])];
      if (Number(name) === this.#postmaster) sum += own + children;
      else if (Number(fields[1]) === this.#postmaster) sum += own;
    }
    return sum;
  }
}

function fieldsOf(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It ended just now; the postmaster has its times.
    return null;
  }
}

/** The value that this part of them doesn't exceed; 0 for none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
