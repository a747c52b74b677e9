import { Client } from "pg";
import type { SoakCluster } from "@/test/soak/cluster";
import type { Ledger } from "@/test/soak/ledger";

/** What is done to the cluster while it works. */
export const faultNames = [
  "kill a broker",
  "kill a web node",
  "stop a broker in good order",
  "kill Postgres",
  "kill a server process",
  "restart Postgres",
  "no more connections",
  "a table is locked",
] as const;
/** Takes longer than the others: a node that is stuck is given up, and comes back. */
const stuckBroker = "a broker is stuck";
export type FaultName = (typeof faultNames)[number] | typeof stuckBroker;

const connections = "application_name LIKE 'warren%' AND pid <> pg_backend_pid()";

/** Does things to a cluster that it has to survive. */
export class Faults {
  readonly done = new Map<FaultName, number>();
  readonly #cluster: SoakCluster;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  #terminated = 0;

  constructor(cluster: SoakCluster, ledger: Ledger, random: () => number) {
    this.#cluster = cluster;
    this.#ledger = ledger;
    this.#random = random;
  }

  /** How many connections were ended. */
  get terminated(): number {
    return this.#terminated;
  }

  /** Resolves when it is over and what was ended runs again. */
  async cause(name: FaultName): Promise<void> {
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
    switch (name) {
      case "kill a broker":
        return this.#end("broker", "SIGKILL");
      case "kill a web node":
        return this.#end("web", "SIGKILL");
      case "stop a broker in good order":
        return this.#end("broker", "SIGTERM");
      case "kill Postgres":
        return this.#crash(() => this.#cluster.restartPostgres("SIGKILL"));
      case "kill a server process":
        return this.#crash(() => this.#killBackend());
      case "restart Postgres":
        return this.#cluster.restartPostgres("SIGINT");
      case "no more connections":
        return this.#refuseConnections();
      case "a table is locked":
        return this.#lockTable();
      case stuckBroker:
        return this.#stick();
    }
  }

  /** Ends one of the nodes' connections, chosen at random; nothing when the server is away. */
  async terminateOne(): Promise<void> {
    const rows = await this.#sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${connections} ORDER BY random() LIMIT 1`,
    ).catch(() => []);
    this.#terminated += rows.length;
  }

  async #end(kind: "broker" | "web", signal: NodeJS.Signals): Promise<void> {
    const nodes = this.#cluster.nodesOf(kind);
    const node = nodes[Math.floor(this.#random() * nodes.length)];
    if (!node) return;
    await this.#cluster.endNode(node, signal);
    await pause(this.#random() * 1_000);
    await this.#cluster.startNode(node);
  }

  /** Told before and after, since nobody knows when exactly. */
  async #crash(crash: () => Promise<void>): Promise<void> {
    this.#ledger.crashed();
    await crash();
    this.#ledger.crashed();
  }

  /** When one of its processes is killed, Postgres ends all others and recovers. */
  async #killBackend(): Promise<void> {
    const [victim] = await this.#sql(`SELECT pid FROM pg_stat_activity WHERE ${connections} ORDER BY random() LIMIT 1`);
    if (victim) process.kill(victim.pid as number, "SIGKILL");
    await this.#untilUp();
  }

  /** New connections are refused, and many are needed. */
  async #refuseConnections(): Promise<void> {
    await this.#sql("ALTER ROLE warren CONNECTION LIMIT 3");
    try {
      await this.#sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${connections}`);
      await pause(2_000);
    } finally {
      await this.#sql("ALTER ROLE warren CONNECTION LIMIT -1");
    }
  }

  /** Whoever asks for anything waits, until all connections of the pools are taken. */
  async #lockTable(): Promise<void> {
    await this.#withClient(async (client) => {
      await client.query("BEGIN");
      await client.query("SET LOCAL lock_timeout = '5s'; LOCK TABLE warren.entry IN ACCESS EXCLUSIVE MODE");
      await pause(2_000);
      await client.query("COMMIT");
    }).catch(() => {});
  }

  /** Longer than it takes to be given up for lost. */
  async #stick(): Promise<void> {
    const nodes = this.#cluster.nodesOf("broker");
    const node = nodes[Math.floor(this.#random() * nodes.length)];
    if (!node) return;
    this.#cluster.signal(node, "SIGSTOP");
    for (let seconds = 0; seconds < 14; seconds++) {
      this.#ledger.nodeStuck();
      await pause(1_000);
    }
    this.#cluster.signal(node, "SIGCONT");
    this.#ledger.nodeStuck();
  }

  async #untilUp(): Promise<void> {
    for (;;) {
      await pause(100);
      if (await this.#sql("SELECT 1").catch(() => null)) return;
    }
  }

  async #sql(text: string): Promise<Record<string, unknown>[]> {
    return this.#withClient(async (client) => (await client.query(text)).rows);
  }

  async #withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const address = new URL(this.#cluster.superuserUrl);
    address.pathname = new URL(this.#cluster.databaseUrl).pathname;
    const client = new Client({ connectionString: address.toString(), application_name: "soak" });
    client.on("error", () => {});
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
