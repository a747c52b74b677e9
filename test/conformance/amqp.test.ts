import amqp, { type ChannelModel } from "amqplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { type RunningNode, startNode } from "@/lib/engine/node";
import { type Client, type Scenario, scenarios } from "@/test/conformance/amqp-scenarios";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { semanticsScenarios } from "@/test/conformance/semantics-scenarios";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

/** What the same clients see of a real RabbitMQ and of Warren is the same; exceptions are in docs/compatibility.md. */
describe.skipIf(!rabbitMqIsInstalled())("over AMQP", () => {
  let database: TestDatabase;
  let engine: Engine;
  let node: RunningNode;
  let warren: TestServer;
  let rabbit: RabbitMqServer;

  beforeAll(async () => {
    [database, rabbit] = await Promise.all([createTestDatabase(), startRabbitMq()]);
    engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
    node = startNode(engine.context, { name: "test", kind: "broker", version: "0" });
    warren = await startAmqpServer({}, engine.broker);
  }, 120_000);

  afterAll(async () => {
    await warren?.close();
    await node?.stop();
    await engine?.close();
    await Promise.all([database?.drop(), rabbit?.stop()]);
  });

  test.each(Object.entries({ ...scenarios, ...semanticsScenarios }))("%s", async (_, scenario) => {
    const [expected, actual] = await Promise.all([
      observed(rabbit.url, scenario),
      observed(`amqp://guest:guest@127.0.0.1:${warren.port}`, scenario),
    ]);
    expect(actual).toEqual(expected);
  });
});

async function observed(url: string, scenario: Scenario): Promise<unknown> {
  const connections: ChannelModel[] = [];
  const client: Client = {
    connection: async () => {
      const connection = await amqp.connect(url);
      connection.on("error", () => {});
      connections.push(connection);
      return connection;
    },
    channel: async () => {
      const channel = await (await client.connection()).createChannel();
      channel.on("error", () => {});
      return channel;
    },
    confirmChannel: async () => {
      const channel = await (await client.connection()).createConfirmChannel();
      channel.on("error", () => {});
      return channel;
    },
  };
  try {
    return await scenario(client);
  } finally {
    for (const connection of connections) await connection.close().catch(() => {});
  }
}
