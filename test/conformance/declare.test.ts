import { connect } from "amqplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { isBrokerError } from "@/lib/broker/errors";
import { fromPlain } from "@/lib/broker/properties/plain";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { amqplibTable } from "@/test/conformance/rabbitmq-side";
import { ModelBroker } from "@/test/model/model-broker";

type Arguments = Readonly<Record<string, unknown>>;
interface Declaration {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: Arguments;
}
interface ExchangeDeclaration extends Declaration {
  readonly type?: "direct" | "topic" | "fanout" | "headers";
  readonly internal?: boolean;
}

describe.skipIf(!rabbitMqIsInstalled())("declaring, as RabbitMQ does it", () => {
  let server: RabbitMqServer;
  let names = 0;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(() => server?.stop());

  /** What each of the declarations, one after the other, came to: `ok` or the error's text. */
  async function theirs(kind: "queue" | "exchange", name: string, declarations: readonly ExchangeDeclaration[]) {
    const connection = await connect(server.url);
    const results: string[] = [];
    for (const { type = "direct", arguments: given = {}, ...traits } of declarations) {
      const channel = await connection.createChannel();
      channel.on("error", () => {});
      const options = { durable: false, autoDelete: false, ...traits, arguments: amqplibTable(fromPlain(given)) };
      try {
        await (kind === "queue" ? channel.assertQueue(name, options) : channel.assertExchange(name, type, options));
        results.push("ok");
        await channel.close();
      } catch (error) {
        results.push(String((error as Error).message).replace(/^.*?"[A-Z_]+ - (.*)"$/s, "$1"));
      }
    }
    await connection.close();
    return results;
  }

  async function ours(kind: "queue" | "exchange", name: string, declarations: readonly ExchangeDeclaration[]) {
    const broker = new ModelBroker();
    const results: string[] = [];
    for (const {
      type = "direct",
      internal = false,
      durable = false,
      autoDelete = false,
      arguments: given = {},
    } of declarations) {
      const declared = { vhost: "/", name, durable, autoDelete, arguments: fromPlain(given) };
      try {
        if (kind === "queue") await broker.declareQueue(systemActor, { ...declared, exclusive: false });
        else await broker.declareExchange(systemActor, { ...declared, type, internal });
        results.push("ok");
      } catch (error) {
        if (!isBrokerError(error)) throw error;
        results.push(error.message);
      }
    }
    return results;
  }

  async function compare(kind: "queue" | "exchange", declarations: readonly ExchangeDeclaration[], upTo?: string) {
    const name = `declared-${++names}`;
    // The words after the name of the argument are ours, where RabbitMQ's are Erlang's.
    const cut = (text: string) => (upTo === undefined ? text : (text.split(upTo)[0] ?? ""));
    expect((await ours(kind, name, declarations)).map(cut)).toEqual((await theirs(kind, name, declarations)).map(cut));
  }

  test.each<[Arguments]>([
    [{ "x-message-ttl": 0 }],
    [{ "x-message-ttl": 60000 }],
    [{ "x-message-ttl": -1 }],
    [{ "x-message-ttl": "60000" }],
    [{ "x-message-ttl": 1.5 }],
    [{ "x-message-ttl": 315_360_000_000 }],
    [{ "x-message-ttl": 315_360_000_001 }],
    [{ "x-expires": 0 }],
    [{ "x-expires": 1000 }],
    [{ "x-max-length": 0 }],
    [{ "x-max-length": -1 }],
    [{ "x-max-length": true }],
    [{ "x-max-length-bytes": 5 }],
    [{ "x-overflow": "drop-head" }],
    [{ "x-overflow": "reject-publish-dlx" }],
    [{ "x-overflow": "drop" }],
    [{ "x-overflow": 1 }],
    [{ "x-dead-letter-routing-key": "k" }],
    [{ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "k" }],
    [{ "x-max-priority": 9 }],
    [{ "x-max-priority": 256 }],
    [{ "x-max-priority": 0 }],
    [{ "x-max-priority": "high" }],
    [{ "x-single-active-consumer": "yes" }],
    [{ "x-single-active-consumer": true }],
    [{ "x-queue-mode": "lazy" }],
    [{ "x-queue-mode": "sleepy" }],
    [{ "x-unknown": "whatever" }],
  ])("queue arguments %j", (given) => compare("queue", [{ arguments: given }], "': "));

  test.each<[Declaration, Declaration]>([
    [{}, {}],
    [{}, { durable: true }],
    [{}, { autoDelete: true }],
    [{ arguments: { "x-max-length": 10 } }, { arguments: { "x-max-length": { "!int8": 10 } } }],
    [{ arguments: { "x-max-length": 10 } }, { arguments: { "x-max-length": 11 } }],
    [{ arguments: { "x-max-length": 10 } }, {}],
    [{}, { arguments: { "x-message-ttl": 10 } }],
    [{}, { arguments: { "x-note": "new" } }],
    [{ arguments: { "x-overflow": "drop-head" } }, { arguments: { "x-overflow": "reject-publish" } }],
  ])("queue %j declared again as %j", (first, second) => compare("queue", [first, second]));

  test.each<[ExchangeDeclaration, ExchangeDeclaration]>([
    [{}, {}],
    [{ type: "topic" }, { type: "fanout" }],
    [{}, { durable: true }],
    [{}, { autoDelete: true }],
    [{}, { internal: true }],
    [{ arguments: { "alternate-exchange": "a" } }, { arguments: { "alternate-exchange": "b" } }],
    [{ arguments: { "alternate-exchange": "a" } }, {}],
    [{}, { arguments: { note: 1 } }],
  ])("exchange %j declared again as %j", (first, second) => compare("exchange", [first, second]));

  test.each(["amq.mine", "amq.gen-x"])("the reserved name %s", async (name) => {
    expect(await ours("queue", name, [{}])).toEqual(await theirs("queue", name, [{}]));
    expect(await ours("exchange", name, [{}])).toEqual(await theirs("exchange", name, [{}]));
  });
});
