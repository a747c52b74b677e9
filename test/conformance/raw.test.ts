import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";
import { channelScenarios } from "@/test/conformance/raw/channels";
import { frameScenarios } from "@/test/conformance/raw/frames";
import { handshakeScenarios } from "@/test/conformance/raw/handshake";
import { methodScenarios } from "@/test/conformance/raw/methods";
import { RawPeer } from "@/test/conformance/raw/raw-peer";
import type { RawScenario } from "@/test/conformance/raw/scenario";
import { transactionScenarios } from "@/test/conformance/raw/transactions";
import { startTwoDoors, type TwoDoors } from "@/test/conformance/two-doors";

const scenarios = {
  ...handshakeScenarios,
  ...frameScenarios,
  ...channelScenarios,
  ...methodScenarios,
  ...transactionScenarios,
};

/** What clients hide: right and wrong frames are answered as a real RabbitMQ answers them. */
describe.skipIf(!rabbitMqIsInstalled())("frame by frame", () => {
  let doors: TwoDoors;

  beforeAll(async () => {
    doors = await startTwoDoors();
  });
  afterAll(() => doors?.stop());

  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    const port = Number(new URL(doors.rabbitUrl).port);
    const [expected, actual] = await Promise.all([observed(port, scenario), observed(doors.warrenPort, scenario)]);
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
