import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { systemActor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import { isConnectionTrouble } from "@/lib/engine/database-errors";
import { expiredMessages } from "@/lib/engine/duties/expiry";
import { expireTrash, sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import { delayedMessages, expiredLeases } from "@/lib/engine/duties/leases";
import { lostNodes } from "@/lib/engine/duties/lost-nodes";
import { foldCounters } from "@/lib/engine/duties/statistics";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { type RunningNode, startNode } from "@/lib/engine/node";
import { migrate } from "@/lib/platform/migrate";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/postgres/server";
import { endHandover, storedClock } from "@/test/model/clock";

interface Node {
  readonly name: string;
  readonly engine: Engine;
  readonly running: RunningNode;
}

/**
 * Several nodes on a Postgres of their own, of which one at a time is asked. The duties run only when they are told to,
 * so that a test knows what has happened.
 */
export class NodesForTest {
  /** What the nodes would have logged, except that they lost connections. */
  readonly errors: unknown[] = [];
  readonly #directory: string;
  #server: EmbeddedPostgres;
  #client: Client;
  #shift: (ms: number) => Promise<void> = async () => {};
  readonly #nodes: Node[] = [];
  readonly #ending: Promise<void>[] = [];
  #started = 0;
  #turn = 0;

  static async start(size: number): Promise<NodesForTest> {
    const directory = mkdtempSync(path.join(tmpdir(), `warren-test-${process.pid}-`));
    const server = await startEmbeddedPostgres({ dataDirectory: directory, purpose: "test", say: () => {} });
    await migrate(server.url);
    const nodes = new NodesForTest(directory, server);
    await nodes.#client.connect();
    nodes.#shift = await storedClock(() => nodes.#client);
    for (let index = 0; index < size; index++) nodes.#nodes.push(await nodes.#startNode());
    return nodes;
  }

  private constructor(directory: string, server: EmbeddedPostgres) {
    this.#directory = directory;
    this.#server = server;
    this.#client = clientOf(server);
  }

  /** The broker of the node whose turn it is. */
  get broker(): Broker {
    return this.#current.engine.broker;
  }

  /** The name of the node whose turn it is; one that takes another's place has another name. */
  get node(): string {
    return this.#current.name;
  }

  turnTo(index: number): void {
    this.#turn = index % this.#nodes.length;
  }

  /** Moves time on for everything that is stored, in ms. */
  shift(ms: number): Promise<void> {
    return this.#shift(ms);
  }

  /** Lets the node whose turn it is do what the duties do for messages, until nothing is left to do. */
  async runDuties(): Promise<void> {
    const { context } = this.#current.engine;
    const { signal } = new AbortController();
    await this.#client.query(endHandover);
    // What one of them brings about may be another's to go on with: a lease ends, and then the message expires.
    for (const duty of [expiredLeases, delayedMessages, expiredMessages, expiredMessages]) {
      while ((await duty.run(context, signal)) === true);
    }
  }

  foldCounters(): Promise<void> {
    return foldCounters(this.#current.engine.context);
  }

  /** Ends the node whose turn it is in good order; another takes its place. */
  async stopNode(): Promise<void> {
    const { engine, running } = this.#current;
    await running.stop();
    await engine.close();
    this.#nodes[this.#turn] = await this.#startNode();
  }

  /**
   * Ends the node whose turn it is as SIGKILL does: its connections break, and it says nothing to anybody. It is given
   * up for lost at once instead of after some seconds of silence; another takes its place, and finds what it held.
   */
  async killNode(): Promise<void> {
    const { name, engine, running } = this.#current;
    await this.#client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [
      name,
    ]);
    // Without its pools it can't take itself off the list.
    await engine.close();
    this.#ending.push(running.stop());
    await this.#client.query("UPDATE warren.node SET gone_at = now() WHERE name = $1", [name]);
    const heir = await this.#startNode();
    this.#nodes[this.#turn] = heir;
    await lostNodes().run(heir.engine.context, new AbortController().signal);
  }

  /**
   * Stops Postgres and starts it again under its nodes. At an immediate stop it recovers from its log. What was committed
   * without waiting for the disk is made safe before, since nobody could tell how much of it would be left.
   */
  async restartPostgres(how: "clean" | "immediate"): Promise<void> {
    await this.#client.query("SET synchronous_commit = on; UPDATE warren.topology SET version = version");
    await this.#client.end();
    if (how === "immediate") process.kill(this.#server.pid, "SIGQUIT");
    await this.#server.stop();
    this.#server = await startEmbeddedPostgres({ dataDirectory: this.#directory, purpose: "test", say: () => {} });
    this.#client = clientOf(this.#server);
    await this.#client.connect();
    for (const { engine } of this.#nodes) await untilItAnswers(engine.broker);
  }

  /** Deletes a vhost with all that lay in it, and what that leaves behind. */
  async clear(vhost: string): Promise<void> {
    await this.broker.deleteVhost(systemActor, vhost);
    await sweepLeftovers(this.#current.engine.context);
    await expireTrash(this.#current.engine.context);
  }

  async close(): Promise<void> {
    await Promise.all(this.#ending);
    for (const { engine, running } of this.#nodes) {
      await running.stop();
      await engine.close();
    }
    await this.#client.end().catch(() => {});
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #current(): Node {
    return this.#nodes[this.#turn] as Node;
  }

  async #startNode(): Promise<Node> {
    const name = `node ${++this.#started}`;
    const log = {
      error: (_message: string, error: unknown) => {
        if (!isConnectionTrouble(error)) this.errors.push(error);
      },
    };
    const engine = createEngine({ databaseUrl: this.#server.url, applicationName: name, log });
    // One of kind `web` is a node that leads no duties.
    const running = startNode(engine.context, { name, kind: "web", version: "0" });
    while (engine.context.self.isEntering) await new Promise((resolve) => setTimeout(resolve, 2));
    return { name, engine, running };
  }
}

function clientOf(server: EmbeddedPostgres): Client {
  const client = new Client({ connectionString: server.url });
  client.on("error", () => {});
  return client;
}

/** Until no broken connection is left that a caller would come upon. */
async function untilItAnswers(broker: Broker): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      await broker.listVhosts(systemActor);
      return;
    } catch (error) {
      if (!isBrokerError(error) || error.code !== "unavailable" || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
