import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { migrate } from "@/lib/platform/migrate";
import { freePort } from "@/lib/platform/ports";
import { clearLeftovers } from "@/lib/platform/postgres/postmaster";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/postgres/server";

/** A broker or web process that is started again on the same port whenever it was killed. */
export interface SoakNode {
  readonly name: string;
  readonly kind: "broker" | "web";
  readonly port: number;
  readonly skewMs: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** Processes as in production, on a Postgres as in production, with clocks that disagree. */
export class SoakCluster {
  readonly nodes: readonly SoakNode[];
  /** The last lines that each process printed, for a failure's report. */
  readonly printed: string[] = [];
  readonly #directory: string;
  readonly #running = new Map<SoakNode, Running>();
  #postgres: EmbeddedPostgres;
  #closing = false;

  static async start(size: { readonly brokers: number; readonly webs: number }): Promise<SoakCluster> {
    const directory = mkdtempSync(path.join(tmpdir(), `warren-test-${process.pid}-`));
    const postgres = await startPostgres(directory);
    await migrate(postgres.url);
    const nodes: SoakNode[] = [];
    for (let index = 0; index < size.brokers + size.webs; index++) {
      const kind = index < size.brokers ? "broker" : "web";
      // Hours apart, and not one of them right.
      const skewMs = (index % 2 === 0 ? 1 : -1) * (index + 1) * 3_600_000;
      nodes.push({ name: `${kind} ${index}`, kind, port: await freePort(), skewMs });
    }
    const cluster = new SoakCluster(directory, postgres, nodes);
    await Promise.all(nodes.map((node) => cluster.startNode(node)));
    return cluster;
  }

  private constructor(directory: string, postgres: EmbeddedPostgres, nodes: readonly SoakNode[]) {
    this.#directory = directory;
    this.#postgres = postgres;
    this.nodes = nodes;
  }

  nodesOf(kind: SoakNode["kind"]): readonly SoakNode[] {
    return this.nodes.filter((node) => node.kind === kind);
  }

  /** Of the role that the nodes use. */
  get databaseUrl(): string {
    return this.#postgres.url;
  }

  get superuserUrl(): string {
    return this.#postgres.superuserUrl;
  }

  get postmaster(): number {
    return this.#postgres.pid;
  }

  /** Starts a node, and resolves when it takes connections. */
  async startNode(node: SoakNode): Promise<void> {
    const program = node.kind === "broker" ? "bin/broker.ts" : "test/soak/http-node.ts";
    const clock = pathToFileURL("test/soak/skewed-clock.mjs").href;
    const child = spawn(process.execPath, ["--import", "tsx", "--import", clock, program], {
      env: {
        ...process.env,
        DATABASE_URL: this.databaseUrl,
        HOST: "127.0.0.1",
        [node.kind === "broker" ? "AMQP_PORT" : "PORT"]: String(node.port),
        WARREN_SOAK_SKEW_MS: String(node.skewMs),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.#running.set(node, { child, ended });
    const ready = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.printed.push(`${new Date().toISOString()} ${node.name}: ${line}`);
          if (this.printed.length > 2_000) this.printed.splice(0, 1_000);
          if (/ listens/.test(line)) resolve();
        });
      }
    });
    await Promise.race([ready, ended]);
    // It may have come up while Postgres was down, which a process alone does not wait for.
    if (child.exitCode === null || this.#closing) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await this.startNode(node);
  }

  signal(node: SoakNode, signal: NodeJS.Signals): void {
    this.#running.get(node)?.child.kill(signal);
  }

  /** Ends a node and waits until it is gone. */
  async endNode(node: SoakNode, signal: NodeJS.Signals): Promise<void> {
    const running = this.#running.get(node);
    running?.child.kill(signal);
    await running?.ended;
  }

  /** Ends Postgres and starts it again. */
  async restartPostgres(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.postmaster, signal);
    await this.#postgres.ended;
    await this.#postgres.stop();
    this.#postgres = await startPostgres(this.#directory);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.nodes.map((node) => this.endNode(node, "SIGKILL")));
    await this.#postgres.stop();
    await clearLeftovers(path.join(this.#directory, "postgres"), () => {}).catch(() => {});
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** With the settings of production: here it matters that a commit waits for the disk. */
function startPostgres(dataDirectory: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDirectory, purpose: "production", say: () => {} });
}
