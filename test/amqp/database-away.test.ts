import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ChannelModel } from "amqplib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { migrate } from "@/lib/platform/migrate";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/postgres/server";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let directory: string;
let postgres: EmbeddedPostgres;
let engine: Engine;
let server: TestServer;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-amqp-away-"));
  postgres = await startPostgres();
  await migrate(postgres.url);
  engine = createEngine({ databaseUrl: postgres.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
}, 600_000);

afterEach(async () => {
  await server?.close();
  await engine?.close();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

function startPostgres(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDirectory: directory, purpose: "production", say: () => {} });
}

function event(connection: ChannelModel, name: string): Promise<unknown> {
  return new Promise((resolve) => connection.once(name, resolve));
}

/** How much has come over a client's socket, which its types don't show. */
function bytesReceived(connection: ChannelModel): number {
  return (connection as unknown as { connection: { stream: Socket } }).connection.stream.bytesRead;
}

/** Sends a signal to all processes of the server. Those that are just starting or ending are left out. */
function signalPostgres(name: "SIGSTOP" | "SIGCONT"): void {
  process.kill(postgres.pid, name);
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      if (Number(parent) === postgres.pid) process.kill(Number(pid), name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

test("while Postgres stands still, publishers are told, heartbeats go on, and then everything is confirmed and delivered", async () => {
  const publishing = await server.connect({ query: "?heartbeat=2" });
  const consuming = await server.connect({ query: "?heartbeat=2" });
  const closed: unknown[] = [];
  for (const connection of [publishing, consuming]) connection.on("close", (error) => closed.push(error));
  const publisher = await publishing.createConfirmChannel();
  const consumer = await consuming.createChannel();
  await publisher.assertQueue("orders");
  await consumer.prefetch(20);
  const seen = new Set<string>();
  await consumer.consume("orders", (message) => {
    if (message === null) return;
    seen.add(message.content.toString());
    consumer.ack(message);
  });
  const confirmed: string[] = [];
  const refused: string[] = [];
  let next = 0;
  const publish = (count: number) => {
    for (let i = 0; i < count; i++) {
      const text = String(next++);
      publisher.sendToQueue("orders", Buffer.from(text), { persistent: true }, (error) => {
        (error === null ? confirmed : refused).push(text);
      });
    }
  };
  publish(200);
  await expect.poll(() => seen.size).toBe(200);

  const blocked = event(publishing, "blocked");
  signalPostgres("SIGSTOP");
  try {
    publish(500);
    expect(await blocked).toMatch(/^the database is (slow|away)$/);
    // A heartbeat has eight bytes, and comes every second; the client gives up after four without any.
    const before = bytesReceived(consuming);
    await expect.poll(() => bytesReceived(consuming)).toBeGreaterThanOrEqual(before + 4 * 8);
    expect(closed).toEqual([]);
  } finally {
    signalPostgres("SIGCONT");
  }
  await expect.poll(() => confirmed.length + refused.length).toBe(700);
  publish(200);
  await expect.poll(() => confirmed.filter((text) => !seen.has(text))).toEqual([]);
  await expect.poll(() => confirmed.length + refused.length).toBe(900);
  await expect.poll(async () => (await publisher.checkQueue("orders")).messageCount).toBe(0);
  expect(closed).toEqual([]);
}, 180_000);

test("while Postgres is killed and comes back, no confirmed message is lost and nobody has to connect again", async () => {
  const publishing = await server.connect();
  const consuming = await server.connect();
  const closed: unknown[] = [];
  for (const connection of [publishing, consuming]) connection.on("close", (error) => closed.push(error));
  const publisher = await publishing.createConfirmChannel();
  const consumer = await consuming.createChannel();
  await publisher.assertQueue("orders");
  await consumer.prefetch(20);
  const seen = new Set<number>();
  let working = 0;
  await consumer.consume("orders", (message) => {
    if (message === null) return;
    seen.add(Number(message.content.toString()));
    working++;
    setTimeout(() => {
      consumer.ack(message);
      working--;
    }, 5);
  });

  const confirmed: number[] = [];
  let refused = 0;
  let next = 0;
  let ended = false;
  const publishAll = async () => {
    while (!ended) {
      const number = next++;
      publisher.sendToQueue("orders", Buffer.from(String(number)), { persistent: true }, (error) => {
        if (error === null) confirmed.push(number);
        else refused++;
      });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const publishes = publishAll();
  await expect.poll(() => confirmed.length).toBeGreaterThan(100);

  const blocked = event(publishing, "blocked");
  const port = postgres.port;
  process.kill(postgres.pid, "SIGKILL");
  await postgres.ended;
  expect(await blocked).toBe("the database is away");
  const before = confirmed.length;
  await expect.poll(() => refused).toBeGreaterThan(10);

  const unblocked = event(publishing, "unblocked");
  postgres = await startPostgres();
  expect(postgres.port).toBe(port);
  await unblocked;
  await expect.poll(() => confirmed.length).toBeGreaterThan(before + 100);
  ended = true;
  await publishes;
  await publisher.waitForConfirms().catch(() => {});
  await expect.poll(() => confirmed.filter((number) => !seen.has(number)), { timeout: 180_000 }).toEqual([]);
  await expect.poll(async () => working + (await publisher.checkQueue("orders")).messageCount).toBe(0);
  expect(closed).toEqual([]);
  expect(server.errors).toHaveLength(2);
}, 600_000);
