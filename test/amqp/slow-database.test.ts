import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let engine: Engine;
let server: TestServer;
let other: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
  other = new Client({ connectionString: database.url });
  await other.connect();
});

afterEach(async () => {
  await other.end();
  await server.close();
  await engine.close();
  await database.drop();
});

test("while Postgres stores nothing, publishers are blocked, and then everything is confirmed", async () => {
  const connection = await server.connect();
  const told = (name: string) => new Promise<unknown>((resolve) => connection.once(name, resolve));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue("patient");
  channel.sendToQueue("patient", Buffer.from("before"));
  await channel.waitForConfirms();

  const blocked = told("blocked");
  await other.query("BEGIN; LOCK TABLE warren.message IN ACCESS EXCLUSIVE MODE");
  for (let i = 0; i < 100; i++) channel.sendToQueue("patient", Buffer.from(String(i)));
  expect(await blocked).toBe("the database is slow");

  const unblocked = told("unblocked");
  await other.query("COMMIT");
  await unblocked;
  await channel.waitForConfirms();
  expect(await channel.checkQueue("patient")).toMatchObject({ messageCount: 101 });
});
