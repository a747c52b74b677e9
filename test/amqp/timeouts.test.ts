import type { ChannelModel } from "amqplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AccessControl } from "@/lib/engine/access/access-control";
import { postgresAdministration } from "@/lib/engine/administration/postgres-administration";
import { type Cluster, createCluster, tester } from "@/test/engine/core/cluster";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let cluster: Cluster;
let server: TestServer;
let connection: ChannelModel;

beforeAll(async () => {
  cluster = await createCluster(1);
  server = await startAmqpServer({ acknowledgementTimeoutMs: 1500 }, cluster.broker);
  connection = await server.connect();
  const { context } = cluster.nodes[0] as (typeof cluster.nodes)[0];
  const policy = { vhost: "/", name: "patience", pattern: "^policy", applyTo: "queues", priority: 0 } as const;
  const definition = { "consumer-timeout": 400 };
  await postgresAdministration(context, new AccessControl(context)).putPolicy(tester, "user", {
    ...policy,
    definition,
  });
});

afterAll(async () => {
  await server?.close();
  await cluster?.close();
});

/** The timeout, in ms, that ended the channel of a consumer that acknowledges nothing. */
async function timeoutOf(queue: string, ofQueue?: number, ofConsumer?: number): Promise<number> {
  const channel = await connection.createChannel();
  const closed = new Promise<Error>((resolve) => channel.once("error", resolve));
  const timeout = (ms: number | undefined) => ({ arguments: ms === undefined ? {} : { "x-consumer-timeout": ms } });
  await channel.assertQueue(queue, timeout(ofQueue));
  await channel.consume(queue, () => {}, timeout(ofConsumer));
  channel.sendToQueue(queue, Buffer.from("job"));
  return Number(/Timeout value used: (\d+) ms/.exec((await closed).message)?.[1]);
}

test("the consumer's timeout goes before the queue's, that before the policy's, and that before the server's", async () => {
  const used = await Promise.all([
    timeoutOf("policy.and.all", 300, 200),
    timeoutOf("policy.and.queue", 300),
    timeoutOf("policy.alone"),
    timeoutOf("server.alone"),
  ]);
  expect(used).toEqual([200, 300, 400, 1500]);
});

test("what basic.get took has to be acknowledged within the queue's timeout, and goes back after it", async () => {
  const channel = await connection.createChannel();
  const closed = new Promise<Error>((resolve) => channel.once("error", resolve));
  await channel.assertQueue("read", { arguments: { "x-consumer-timeout": 300 } });
  channel.sendToQueue("read", Buffer.from("job"));
  const next = await connection.createChannel();
  await expect.poll(() => channel.get("read")).toBeTruthy();
  expect((await closed).message).toMatch(/Timeout value used: 300 ms/);
  await expect.poll(() => next.get("read", { noAck: true })).toMatchObject({ fields: { redelivered: true } });
});
