import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { type RunningNode, startNode } from "@/lib/engine/node";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { channelScenarios } from "@/test/conformance/raw/channels";
import { frameScenarios } from "@/test/conformance/raw/frames";
import { handshakeScenarios } from "@/test/conformance/raw/handshake";
import { methodScenarios } from "@/test/conformance/raw/methods";
import { RawPeer } from "@/test/conformance/raw/raw-peer";
import type { RawScenario } from "@/test/conformance/raw/scenario";
import { transactionScenarios } from "@/test/conformance/raw/transactions";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

const scenarios = {
  ...handshakeScenarios,
  ...frameScenarios,
  ...channelScenarios,
  ...methodScenarios,
  ...transactionScenarios,
};

/** What clients hide: right and wrong frames are answered as a real RabbitMQ answers them. */
describe.skipIf(!rabbitMqIsInstalled())("frame by frame", () => {
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
    const port = Number(new URL(rabbit.url).port);
    const [expected, actual] = await Promise.all([observed(port, scenario), observed(warren.port, scenario)]);
    expect(actual).toEqual(expected);
  });
});

async function observed(port: number, scenario: RawScenario): Promise<unknown> {
  const peers: RawPeer[] = [];
  const peer = () => {
    const made = new RawPeer(port);
    peers.push(made);
    return made;
  };
  try {
    return await scenario({ port, peer });
  } finally {
    for (const { client } of peers) client.socket.destroy();
  }
}
