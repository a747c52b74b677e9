import amqp, { type ChannelModel } from "amqplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { type RunningNode, startNode } from "@/lib/engine/node";
import { deadLetteringScenarios } from "@/test/conformance/amqp/dead-lettering";
import { declaringScenarios } from "@/test/conformance/amqp/declaring";
import { deliveringScenarios } from "@/test/conformance/amqp/delivering";
import { publishingScenarios } from "@/test/conformance/amqp/publishing";
import type { Client, Scenario } from "@/test/conformance/amqp/scenario";
import { semanticsScenarios } from "@/test/conformance/amqp/semantics";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

const scenarios = {
  ...declaringScenarios,
  ...publishingScenarios,
  ...deliveringScenarios,
  ...deadLetteringScenarios,
  ...semanticsScenarios,
};

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

  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
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
