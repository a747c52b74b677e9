import amqp, { type ChannelModel } from "amqplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deadLetteringScenarios } from "@/test/conformance/amqp/dead-lettering";
import { declaringScenarios } from "@/test/conformance/amqp/declaring";
import { deliveringScenarios } from "@/test/conformance/amqp/delivering";
import { publishingScenarios } from "@/test/conformance/amqp/publishing";
import { type Client, type Scenario, setPatience } from "@/test/conformance/amqp/scenario";
import { semanticsScenarios } from "@/test/conformance/amqp/semantics";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";
import { startTwoDoors, type TwoDoors } from "@/test/conformance/two-doors";

const scenarios = {
  ...declaringScenarios,
  ...publishingScenarios,
  ...deliveringScenarios,
  ...deadLetteringScenarios,
  ...semanticsScenarios,
};

/** What the same clients see of a real RabbitMQ and of Warren is the same; exceptions are in docs/compatibility.md. */
describe.skipIf(!rabbitMqIsInstalled())("over AMQP", () => {
  let doors: TwoDoors;

  beforeAll(async () => {
    doors = await startTwoDoors();
  });
  afterAll(() => doors?.stop());

  const compare = async (scenario: Scenario) => {
    const sides = [
      observed(doors.rabbitUrl, scenario),
      observed(`amqp://guest:guest@127.0.0.1:${doors.warrenPort}`, scenario),
    ];
    // One that fails must not be asked again while the other is still at it: both would use the same names.
    await Promise.allSettled(sides);
    const [expected, actual] = await Promise.all(sides);
    expect(actual).toEqual(expected);
  };

  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    try {
      await compare(scenario);
    } catch (error) {
      // A pause ends too early where one of the two was held up: what differs counts when it does after long ones too.
      console.warn(`Seen with short pauses, asked again with long ones: ${error}`);
      setPatience(8);
      await compare(scenario).finally(() => setPatience(1));
    }
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
