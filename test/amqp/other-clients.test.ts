import { AMQPClient } from "@cloudamqp/amqp-client";
import { Connection } from "rabbitmq-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let engine: Engine;
let server: TestServer;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
  url = `amqp://guest:guest@127.0.0.1:${server.port}`;
});

afterAll(async () => {
  await server?.close();
  await engine?.close();
  await database?.drop();
});

test("rabbitmq-client: topology, confirms, a failing handler, a call and its answer", async () => {
  const rabbit = new Connection(url);
  const seen: [string, boolean][] = [];
  const consumer = rabbit.createConsumer(
    {
      queue: "rc.visits",
      queueOptions: { durable: true },
      qos: { prefetchCount: 2 },
      exchanges: [{ exchange: "rc.events", type: "topic" }],
      queueBindings: [{ exchange: "rc.events", routingKey: "users.*" }],
    },
    async (message) => {
      seen.push([message.body, message.redelivered]);
      if (message.body === "bad" && !message.redelivered) throw new Error("once");
    },
  );
  consumer.on("error", () => {});
  await new Promise<void>((resolve) => consumer.on("ready", () => resolve()));
  const publisher = rabbit.createPublisher({ confirm: true });
  for (const body of ["good", "bad", "good"]) {
    await publisher.send({ exchange: "rc.events", routingKey: "users.visit", durable: true }, body);
  }
  await expect.poll(() => seen.length).toBe(4);
  expect(seen).toContainEqual(["bad", true]);

  const answering = rabbit.createConsumer({ queue: "rc.square" }, async (message, reply) => {
    await reply(message.body.n ** 2);
  });
  await new Promise<void>((resolve) => answering.on("ready", () => resolve()));
  const asking = rabbit.createRPCClient({ confirm: true });
  expect((await asking.send("rc.square", { n: 7 })).body).toBe(49);

  await Promise.all([publisher.close(), asking.close(), consumer.close(), answering.close()]);
  await rabbit.close();
});

test("@cloudamqp/amqp-client: topology, confirms, prefetch, get, and an error of the server's", async () => {
  const client = new AMQPClient(url);
  const connection = await client.connect();
  const channel = await connection.channel();
  await channel.confirmSelect();
  await channel.queueDeclare("ca.jobs", { durable: true });
  await channel.exchangeDeclare("ca.events", "direct");
  await channel.queueBind("ca.jobs", "ca.events", "job");
  for (let i = 0; i < 50; i++) {
    await channel.basicPublish("ca.events", "job", `${i}`, { deliveryMode: 2, headers: { number: i } });
  }
  const first = await channel.basicGet("ca.jobs", { noAck: false });
  expect([first?.bodyString(), first?.messageCount]).toEqual(["0", 49]);
  await first?.nack(true);
  await channel.prefetch(10);
  const seen: string[] = [];
  const consumer = await channel.basicConsume("ca.jobs", { noAck: false }, async (message) => {
    seen.push(message.bodyString() ?? "");
    await message.ack();
  });
  await expect.poll(() => seen).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  await consumer.cancel();
  await expect((await connection.channel()).queueDeclare("ca.nowhere", { passive: true })).rejects.toThrow(
    /404|NOT_FOUND/,
  );
  await connection.close();
});
