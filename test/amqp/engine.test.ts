import type { ConsumeMessage, GetMessage } from "amqplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let engine: Engine;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
});

afterAll(async () => {
  await server?.close();
  await engine?.close();
  await database?.drop();
});

test("every confirmed message comes out once, in order, and leaves nothing behind", async () => {
  const publishing = await (await server.connect()).createConfirmChannel();
  await publishing.assertQueue("orders");
  const consuming = await (await server.connect()).createChannel();
  await consuming.prefetch(100);
  const total = 2000;
  const seen: number[] = [];
  const all = new Promise<void>((resolve) => {
    void consuming.consume("orders", (message) => {
      seen.push(Number(message?.content.toString()));
      consuming.ack(message as ConsumeMessage);
      if (seen.length === total) resolve();
    });
  });
  for (let i = 0; i < total; i++) publishing.sendToQueue("orders", Buffer.from(`${i}`), { persistent: true });
  await publishing.waitForConfirms();
  await all;
  expect(seen).toEqual(Array.from({ length: total }, (_, i) => i));
  await expect
    .poll(async () => (await engine.broker.getQueue(actor, "/", "orders")).counts)
    .toMatchObject({ ready: 0, unacknowledged: 0 });
});

test("a fast consumer that stops holds its prefetch, and the rest is ready, in order, and not redelivered", async () => {
  const total = 12_000;
  const publishing = await (await server.connect()).createConfirmChannel();
  await publishing.assertQueue("stream");
  for (let i = 0; i < total; i++) publishing.sendToQueue("stream", Buffer.from(`${i}`));
  await publishing.waitForConfirms();
  const consuming = await (await server.connect()).createChannel();
  await consuming.prefetch(50);
  let seen = 0;
  await consuming.consume("stream", (message) => {
    if (++seen <= 6_000) consuming.ack(message as ConsumeMessage);
  });
  const left = { ready: total - 6_050, unacknowledged: 50 };
  await expect
    .poll(async () => (await engine.broker.getQueue(actor, "/", "stream")).counts, { timeout: 60_000 })
    .toMatchObject(left);
  const rest: [number, boolean][] = [];
  const other = await (await server.connect()).createChannel();
  await other.prefetch(50);
  await other.consume("stream", (message) => {
    rest.push([Number(message?.content.toString()), message?.fields.redelivered ?? true]);
    other.ack(message as ConsumeMessage);
  });
  const expected = Array.from({ length: left.ready }, (_, i) => [6_050 + i, false]);
  await expect.poll(() => rest.length, { timeout: 60_000 }).toBe(left.ready);
  expect(rest).toEqual(expected);
});

test("a worker that dies in mid-task loses its message to the other, first come first", async () => {
  const connection = await server.connect();
  const doomed = await connection.createChannel();
  const other = await (await server.connect()).createChannel();
  await other.assertQueue("tasks");
  await doomed.prefetch(1);
  await other.prefetch(1);
  const held = new Promise<void>((resolve) => void doomed.consume("tasks", () => resolve()));
  other.sendToQueue("tasks", Buffer.from("first"));
  await held;
  other.sendToQueue("tasks", Buffer.from("second"));
  (connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await expect.poll(async () => (await other.checkQueue("tasks")).messageCount).toBe(2);
  const seen: [string, boolean][] = [];
  await other.consume("tasks", (message) => {
    if (message === null) return;
    seen.push([message.content.toString(), message.fields.redelivered]);
    other.ack(message);
  });
  await expect
    .poll(() => seen)
    .toEqual([
      ["first", true],
      ["second", false],
    ]);
});

test("what a channel gives back is there for its next request", async () => {
  const channel = await (await server.connect()).createChannel();
  await channel.assertQueue("dead");
  await channel.assertQueue("given", {
    arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" },
  });
  for (const text of ["1", "2"]) channel.sendToQueue("given", Buffer.from(text));
  const body = (message: GetMessage | false) => (message === false ? null : message.content.toString());
  for (let round = 0; round < 5; round++) {
    const [first, second] = [await channel.get("given"), await channel.get("given")];
    expect([body(first), body(second)]).toEqual(["1", "2"]);
    channel.nack(second as GetMessage, true, true);
  }
  channel.reject((await channel.get("given")) as GetMessage, false);
  const dead = await channel.get("dead");
  expect(body(dead)).toBe("1");
  channel.ack(dead as GetMessage);
  expect(await channel.deleteQueue("dead", { ifEmpty: true })).toEqual({ messageCount: 0 });
  await channel.deleteQueue("given");
});

test("properties come back byte for byte through the database", async () => {
  const channel = await (await server.connect()).createChannel();
  await channel.assertQueue("typed");
  const headers = {
    short: { "!": "short", value: 7 },
    big: 2 ** 52,
    when: { "!": "timestamp", value: 1 },
    price: { "!": "decimal", value: { places: 2, digits: 995 } },
    bytes: Buffer.from([0xff]),
    list: [null, true],
  };
  channel.sendToQueue("typed", Buffer.from([0, 0xff]), { headers, timestamp: 1_700_000_000 });
  const message = await channel.get("typed");
  expect((message as GetMessage).properties.headers).toEqual({ ...headers, short: 7 });
  expect([...(message as GetMessage).content]).toEqual([0, 0xff]);
});

test("a queue's own timeout closes the channel that holds a message for longer, and the message goes on", async () => {
  const connection = await server.connect();
  const slow = await connection.createChannel();
  await slow.assertQueue("hurried", { arguments: { "x-consumer-timeout": 300 } });
  const failed = new Promise<Error>((resolve) => slow.once("error", resolve));
  await slow.consume("hurried", () => {});
  slow.sendToQueue("hurried", Buffer.from("job"));
  expect((await failed).message).toMatch(/406.*timed out.*300 ms.*x-consumer-timeout/s);
  const other = await connection.createChannel();
  await expect.poll(() => other.get("hurried", { noAck: true })).toMatchObject({ fields: { redelivered: true } });
});

test("what needs no acknowledgement is counted as such, and a cancel loses none of it", async () => {
  const channel = await (await server.connect()).createConfirmChannel();
  await channel.assertQueue("unacknowledged");
  const total = 3000;
  for (let i = 0; i < total; i++) channel.sendToQueue("unacknowledged", Buffer.from(`${i}`));
  await channel.waitForConfirms();
  const seen: number[] = [];
  const take = (message: ConsumeMessage | null) => seen.push(Number(message?.content.toString()));
  while (seen.length < total) {
    const { consumerTag } = await channel.consume("unacknowledged", take, { noAck: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await channel.cancel(consumerTag);
  }
  expect(seen).toEqual(Array.from({ length: total }, (_, i) => i));
  await expect
    .poll(async () => (await engine.broker.getQueue(actor, "/", "unacknowledged")).totals)
    .toMatchObject({ deliverNoAck: total, deliver: 0, ack: 0, redeliver: 0 });
});

const actor = { user: "test", tags: ["administrator"], address: null, door: "system" } as const;
