import type { Channel } from "amqplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, createCluster } from "@/test/engine/core/cluster";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let cluster: Cluster;
let server: TestServer;
let channel: Channel;

beforeAll(async () => {
  cluster = await createCluster(1);
  server = await startAmqpServer({}, cluster.broker, { cluster: cluster.nodes[0]?.context.doors });
  channel = await (await server.connect()).createChannel();
});

afterAll(async () => {
  await server?.close();
  await cluster?.close();
});

test("a program for RabbitMQ's delayed-message plugin works as it is", async () => {
  await channel.assertExchange("later", "x-delayed-message", { arguments: { "x-delayed-type": "direct" } });
  await channel.assertExchange("later", "x-delayed-message", { arguments: { "x-delayed-type": "direct" } });
  await channel.assertQueue("delayed");
  await channel.bindQueue("delayed", "later", "k");
  const got: [string, unknown][] = [];
  await channel.consume("delayed", (message) => {
    got.push([message?.content.toString() ?? "", message?.properties.headers?.["x-delay"]]);
  });
  channel.publish("later", "k", Buffer.from("second"), { headers: { "x-delay": 500 } });
  channel.publish("later", "k", Buffer.from("first"), { headers: { "x-delay": 100 } });
  await expect
    .poll(() => got)
    .toEqual([
      ["first", -100],
      ["second", -500],
    ]);
});

test("a consumer with room for many has one of each group at a time", async () => {
  await channel.assertQueue("ordered", { arguments: { "x-ordered-groups": true } });
  for (const body of ["a1", "a2", "b1", "a3"]) {
    channel.sendToQueue("ordered", Buffer.from(body), { headers: { "x-group-id": body.slice(0, 1) } });
  }
  const held: string[] = [];
  const done: string[] = [];
  await channel.consume("ordered", (message) => {
    if (!message) return;
    const body = message.content.toString();
    held.push(body);
    setTimeout(() => {
      expect(held.filter((other) => other.startsWith(body.slice(0, 1)))).toEqual([body]);
      held.splice(held.indexOf(body), 1);
      done.push(body);
      channel.ack(message);
    }, 50);
  });
  await expect.poll(() => done).toHaveLength(4);
  expect(done.filter((body) => body.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
});

test("a duplicate is confirmed, and is not returned as unroutable", async () => {
  const confirming = await (await server.connect()).createConfirmChannel();
  let returned = 0;
  confirming.on("return", () => returned++);
  await confirming.assertQueue("once", { arguments: { "x-deduplication-window": 60_000 } });
  const options = { mandatory: true, headers: { "x-deduplication-id": "7" } };
  for (const body of ["a", "b"]) confirming.sendToQueue("once", Buffer.from(body), options);
  await confirming.waitForConfirms();
  expect(returned).toBe(0);
  expect((await confirming.checkQueue("once")).messageCount).toBe(1);
});

test("messages that may live for 0 ms reach a consumer that is there, and nobody else", async () => {
  await channel.assertQueue("fleeting");
  channel.sendToQueue("fleeting", Buffer.from("nobody"), { expiration: "0" });
  expect(await channel.get("fleeting")).toBe(false);
  const got: string[] = [];
  await channel.consume("fleeting", (message) => void got.push(message?.content.toString() ?? ""), { noAck: true });
  const sent = Array.from({ length: 30 }, (_, n) => String(n));
  for (const body of sent) channel.sendToQueue("fleeting", Buffer.from(body), { expiration: "0" });
  await expect.poll(() => got).toEqual(sent);
});

test("a consumer with a rate limit is given no more than that, and all in the end", async () => {
  await channel.assertQueue("paced");
  for (let i = 0; i < 8; i++) channel.sendToQueue("paced", Buffer.from(`${i}`));
  const paced = await (await server.connect()).createChannel();
  const at: number[] = [];
  const consumer = { noAck: true, arguments: { "x-rate-limit": 20, "x-rate-burst": 2 } };
  const begun = performance.now();
  await paced.consume("paced", () => at.push(performance.now()), consumer);
  await expect.poll(() => at.length).toBe(8);
  // Two at once, and six at 20 a second; what comes over the network may be told a little late, never early.
  expect((at[7] as number) - begun).toBeGreaterThan(250);
  await expect(
    (async () => {
      const wrong = await (await server.connect()).createChannel();
      wrong.on("error", () => {});
      await wrong.consume("paced", () => {}, { arguments: { "x-rate-limit": 0 } });
    })(),
  ).rejects.toThrow("406");
});
