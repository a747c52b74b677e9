import { once } from "node:events";
import type { Channel, ConsumeMessage, GetMessage } from "amqplib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let server: TestServer;

beforeEach(async () => {
  server = await startAmqpServer();
});

afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

async function openChannel(): Promise<Channel> {
  const channel = await (await server.connect()).createChannel();
  channel.on("error", () => {});
  return channel;
}

/** Resolves with the error that closes a channel. */
async function closing(channel: Channel): Promise<{ code: number; message: string }> {
  const [error] = await once(channel, "error");
  return error;
}

/** A consumer whose messages can be awaited one by one. */
async function consume(channel: Channel, queue: string, options = {}) {
  const arrived: (ConsumeMessage | null)[] = [];
  const waiting: ((message: ConsumeMessage | null) => void)[] = [];
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      const next = waiting.shift();
      if (next) next(message);
      else arrived.push(message);
    },
    options,
  );
  const next = (): Promise<ConsumeMessage | null> =>
    arrived.length > 0
      ? Promise.resolve(arrived.shift() as ConsumeMessage | null)
      : new Promise((resolve) => waiting.push(resolve));
  return { consumerTag, next, arrived };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("amqplib", () => {
  test("publishes with every type of header, and gets the same back", async () => {
    const channel = await openChannel();
    await channel.assertQueue("q", { durable: true });
    const headers = {
      text: "é",
      yes: true,
      small: 5,
      int: 100_000,
      big: 2 ** 40,
      negative: -(2 ** 40),
      float: 1.5,
      nothing: null,
      bytes: Buffer.from([0, 255]),
      list: [1, "two", [3]],
      inner: { a: { b: "c" } },
      when: { "!": "timestamp", value: 1_700_000_000 },
      exact: { "!": "decimal", value: { places: 2, digits: 995 } },
      short: { "!": "short", value: 7 },
      single: { "!": "float", value: 0.5 },
    };
    const options = {
      headers,
      contentType: "text/plain",
      contentEncoding: "utf-8",
      persistent: true,
      priority: 3,
      correlationId: "c",
      replyTo: "r",
      expiration: "60000",
      messageId: "m",
      timestamp: 1_700_000_000,
      type: "t",
      userId: "guest",
      appId: "a",
    };
    channel.sendToQueue("q", Buffer.from("body"), options);
    const message = await (await consume(channel, "q")).next();
    expect(message?.content.toString()).toBe("body");
    const { persistent, headers: _, ...others } = options;
    expect(message?.properties).toMatchObject({ ...others, deliveryMode: persistent ? 2 : 1 });
    expect(message?.properties.headers).toEqual({
      ...headers,
      short: 7,
      single: 0.5,
    });
  });

  test("carries bodies of any size, several to a batch", async () => {
    const channel = await openChannel();
    await channel.assertQueue("q");
    const consumer = await consume(channel, "q", { noAck: true });
    for (const size of [0, 1, 4088, 4096, 131064, 131072, 1_000_000]) {
      const body = Buffer.alloc(size, "0123456789");
      channel.sendToQueue("q", body);
      const message = await consumer.next();
      expect(message?.content.equals(body)).toBe(true);
    }
  });

  test("confirms after storing, and returns what goes nowhere before its confirm", async () => {
    const connection = await server.connect();
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue("q");
    const events: string[] = [];
    channel.on("return", ({ fields }) =>
      events.push(`return ${fields.routingKey} ${(fields as { replyCode?: number }).replyCode}`),
    );
    for (let i = 0; i < 50; i++) channel.sendToQueue("q", Buffer.from(`${i}`));
    channel.publish("", "nowhere", Buffer.from("lost"), { mandatory: true }, (error) =>
      events.push(`confirm ${error}`),
    );
    await channel.waitForConfirms();
    expect(events).toEqual(["return nowhere 312", "confirm null"]);
    expect((await channel.checkQueue("q")).messageCount).toBe(50);
  });

  test("nacks what a full queue refuses", async () => {
    const channel = await (await server.connect()).createConfirmChannel();
    await channel.assertQueue("full", { arguments: { "x-max-length": 1, "x-overflow": "reject-publish" } });
    channel.sendToQueue("full", Buffer.from("1"));
    await channel.waitForConfirms();
    channel.sendToQueue("full", Buffer.from("2"));
    await expect(channel.waitForConfirms()).rejects.toThrow();
  });

  test("deals messages in turn, and never more than the prefetch limit", async () => {
    const [one, two] = [await openChannel(), await openChannel()];
    await one.assertQueue("q");
    await one.prefetch(1);
    await two.prefetch(1);
    const first = await consume(one, "q");
    const second = await consume(two, "q");
    for (const text of ["a", "b", "c"]) one.sendToQueue("q", Buffer.from(text));
    const a = await first.next();
    const b = await second.next();
    expect([a?.content.toString(), b?.content.toString()].sort()).toEqual(["a", "b"]);
    await pause(50);
    expect([first.arrived.length, second.arrived.length]).toEqual([0, 0]);
    two.ack(b as ConsumeMessage);
    expect((await second.next())?.content.toString()).toBe("c");
  });

  test("hands what a dead client held to the next one, at once and flagged", async () => {
    const connection = await server.connect();
    const doomed = await connection.createChannel();
    const other = await openChannel();
    await other.assertQueue("q");
    await doomed.prefetch(1);
    const dying = await consume(doomed, "q");
    other.sendToQueue("q", Buffer.from("job"));
    await dying.next();
    const survivor = await consume(other, "q");
    // The socket is cut without a word of AMQP.
    (connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    const message = await survivor.next();
    expect(message?.fields.redelivered).toBe(true);
  });

  test("prefetch for the whole channel, changed while consuming", async () => {
    const channel = await openChannel();
    await channel.assertQueue("q");
    await channel.prefetch(2, true);
    const consumer = await consume(channel, "q");
    for (let i = 0; i < 5; i++) channel.sendToQueue("q", Buffer.from(`${i}`));
    await consumer.next();
    await consumer.next();
    await pause(50);
    expect(consumer.arrived).toHaveLength(0);
    await channel.prefetch(3, true);
    expect((await consumer.next())?.content.toString()).toBe("2");
  });

  test("nack, reject and recover put back or dead-letter", async () => {
    const channel = await openChannel();
    await channel.assertQueue("dead");
    await channel.assertQueue("q", { deadLetterExchange: "", deadLetterRoutingKey: "dead" });
    channel.sendToQueue("q", Buffer.from("x"));
    const first = (await channel.get("q")) as GetMessage;
    expect(first.fields.redelivered).toBe(false);
    channel.nack(first, false, true);
    await channel.recover();
    const second = (await channel.get("q")) as GetMessage;
    expect(second.fields.redelivered).toBe(true);
    channel.reject(second, false);
    await expect.poll(async () => (await channel.checkQueue("dead")).messageCount).toBe(1);
    const dead = (await channel.get("dead")) as GetMessage;
    expect(dead.properties.headers?.["x-death"]).toMatchObject([{ queue: "q", reason: "rejected", count: 1 }]);
  });

  test("server-named, exclusive and auto-delete queues", async () => {
    const owner = await server.connect();
    const channel = await owner.createChannel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    expect(queue).toMatch(/^amq\.gen-/);
    const stranger = await openChannel();
    const refused = closing(stranger);
    await expect(stranger.checkQueue(queue)).rejects.toThrow(/405/);
    expect((await refused).message).toContain("RESOURCE_LOCKED");
    await channel.assertQueue("fleeting", { autoDelete: true, durable: false });
    const { consumerTag } = await consume(channel, "fleeting");
    await channel.cancel(consumerTag);
    await owner.close();
    for (const gone of [queue, "fleeting"]) {
      const channel = await openChannel();
      await expect(channel.checkQueue(gone)).rejects.toThrow(/404/);
    }
  });

  test("consumers are told when their queue is deleted", async () => {
    const channel = await openChannel();
    await channel.assertQueue("q");
    const consumer = await consume(channel, "q");
    await (await openChannel()).deleteQueue("q");
    expect(await consumer.next()).toBeNull();
  });

  test("direct reply-to", async () => {
    const asking = await openChannel();
    const answering = await openChannel();
    await answering.assertQueue("rpc");
    await answering.consume("rpc", (request) => {
      answering.sendToQueue(request?.properties.replyTo, Buffer.from("42"), { correlationId: "1" });
    });
    const replies = await consume(asking, "amq.rabbitmq.reply-to", { noAck: true });
    asking.sendToQueue("rpc", Buffer.from("?"), { replyTo: "amq.rabbitmq.reply-to" });
    const reply = await replies.next();
    expect(reply?.content.toString()).toBe("42");
    expect(reply?.properties.correlationId).toBe("1");
  });

  test("exchanges: bind, unbind, to each other, delete twice", async () => {
    const channel = await openChannel();
    await channel.assertExchange("topic", "topic");
    await channel.assertExchange("fanout", "fanout");
    await channel.assertQueue("q");
    await channel.bindExchange("fanout", "topic", "a.#");
    await channel.bindQueue("q", "fanout", "");
    channel.publish("topic", "a.b", Buffer.from("1"));
    expect((await channel.checkQueue("q")).messageCount).toBe(1);
    await channel.unbindExchange("fanout", "topic", "a.#");
    await channel.unbindQueue("q", "topic", "never");
    channel.publish("topic", "a.b", Buffer.from("2"));
    expect((await channel.purgeQueue("q")).messageCount).toBe(1);
    await channel.deleteExchange("fanout");
    await channel.deleteExchange("fanout");
    expect((await channel.deleteQueue("q")).messageCount).toBe(0);
    expect((await channel.deleteQueue("q")).messageCount).toBe(0);
  });
});

describe("errors", () => {
  test.each<[string, (channel: Channel) => unknown, number, string]>([
    ["a missing queue", (c) => c.checkQueue("none"), 404, "NOT_FOUND - no queue 'none' in vhost '/'"],
    ["a missing exchange", (c) => c.checkExchange("none"), 404, "NOT_FOUND - no exchange 'none' in vhost '/'"],
    ["publishing to a missing exchange", (c) => c.publish("none", "", Buffer.alloc(0)), 404, "no exchange 'none'"],
    ["a reserved name", (c) => c.assertQueue("amq.mine"), 403, "ACCESS_REFUSED"],
    ["binding the default exchange", (c) => c.bindExchange("amq.topic", "", ""), 403, "default exchange"],
    ["an unknown type of exchange", (c) => c.assertExchange("x", "x-odd"), 406, "invalid exchange type 'x-odd'"],
    ["an unknown delivery tag", (c) => c.ack({ fields: { deliveryTag: 9 } } as never), 406, "unknown delivery tag 9"],
    [
      "another's user-id",
      (c) => c.sendToQueue("q", Buffer.alloc(0), { userId: "eve" }),
      406,
      "user_id property set to 'eve'",
    ],
    [
      "an expiration that is no number",
      (c) => c.sendToQueue("q", Buffer.alloc(0), { expiration: "x" }),
      406,
      "PRECONDITION_FAILED",
    ],
  ])("%s closes the channel, and no other", async (_, act, code, text) => {
    const connection = await server.connect();
    const [channel, other] = [await connection.createChannel(), await connection.createChannel()];
    const closed = closing(channel);
    void Promise.resolve(act(channel)).catch(() => {});
    const error = await closed;
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    await other.assertQueue("still-works");
  });

  test("a consumer tag used twice ends the connection", async () => {
    const connection = await server.connect();
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    await channel.assertQueue("q");
    await channel.consume("q", () => {}, { consumerTag: "same" });
    const closed = once(connection, "error");
    channel.consume("q", () => {}, { consumerTag: "same" }).catch(() => {});
    expect((await closed)[0]).toMatchObject({ code: 530 });
  });

  test("an exclusive consumer keeps others out", async () => {
    const [one, two] = [await openChannel(), await openChannel()];
    await one.assertQueue("q");
    await one.consume("q", () => {}, { exclusive: true });
    await expect(two.consume("q", () => {})).rejects.toThrow(/403/);
  });

  test("a wrong password and a missing vhost are told", async () => {
    const amqp = (await import("amqplib")).default;
    await expect(amqp.connect(`amqp://guest:wrong@127.0.0.1:${server.port}`)).rejects.toThrow(/403/);
    await expect(server.connect({ vhost: "nowhere" })).rejects.toThrow(/ConnectionClose/);
  });
});
