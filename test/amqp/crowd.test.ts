import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { RawClient } from "@/test/support/amqp/raw-client";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let engine: Engine;
let server: TestServer;

beforeEach(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
});

afterEach(async () => {
  await server.close();
  await engine.close();
  await database.drop();
});

test("500 connections at once publish and consume, and leave nothing behind", { timeout: 300_000 }, async () => {
  const connections = await Promise.all(Array.from({ length: 500 }, () => server.connect()));
  const seen: string[] = [];
  await Promise.all(
    connections.map(async (connection, index) => {
      const channel = await connection.createConfirmChannel();
      const { queue } = await channel.assertQueue("", { exclusive: true });
      const received = new Promise<void>((resolve) => {
        void channel.consume(
          queue,
          (message) => {
            seen.push(message?.content.toString() ?? "");
            resolve();
          },
          { noAck: true },
        );
      });
      channel.sendToQueue(queue, Buffer.from(String(index)));
      await channel.waitForConfirms();
      await received;
    }),
  );
  expect(new Set(seen).size).toBe(500);
  await Promise.all(connections.map((connection) => connection.close()));
  await expect.poll(() => server.server.connections).toBe(0);
  const queues = await engine.broker.listQueues({ user: "t", tags: [], address: null, door: "system" }, {});
  expect(queues).toEqual([]);
});

test("2047 channels of one connection work, and one more ends it", { timeout: 300_000 }, async () => {
  const client = new RawClient(server.port);
  await client.open();
  const last = 2047;
  for (let channel = 1; channel <= last; channel++) client.send(channel, "channel.open", {});
  for (let channel = 1; channel <= last; channel++) await client.expect("channel.open-ok");
  await client.declare(1, "shared");
  for (let channel = 1; channel <= last; channel++) {
    client.send(channel, "confirm.select", { noWait: true });
    client.publish(channel, "shared", Buffer.from("x"));
  }
  const confirmed = new Set<number>();
  while (confirmed.size < last) {
    const { name, channel } = await client.next();
    if (name !== "basic.ack") throw new Error(`basic.ack expected, got ${name}`);
    confirmed.add(channel);
  }
  client.send(last + 1, "channel.open", {});
  expect(await client.expect("connection.close")).toMatchObject({ replyCode: 530 });
  client.socket.destroy();
});
