import { mkdtempSync, rmSync } from "node:fs";
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
}, 120_000);

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
}, 180_000);
