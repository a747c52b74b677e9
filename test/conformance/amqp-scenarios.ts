import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, GetMessage, Options } from "amqplib";

/** What a scenario can use; connections are closed after it. */
export interface Client {
  connection(): Promise<ChannelModel>;
  /** A channel on a connection of its own. */
  channel(): Promise<Channel>;
  confirmChannel(): Promise<ConfirmChannel>;
}

/** Does something and gives back everything that was seen of it, for comparison. */
export type Scenario = (client: Client) => Promise<unknown>;

/** Long enough for whatever is still to come, in ms, where nothing tells that it has. */
const graceMs = 400;

function pause(ms = graceMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The server's words when it closes a channel or a connection for this, or "fine". */
async function complaint(client: Client, provoke: (channel: ConfirmChannel) => unknown): Promise<string> {
  const connection = await client.connection();
  const channel = await connection.createConfirmChannel();
  const words = new Promise<string>((resolve) => {
    channel.once("error", (error: Error) => resolve(`channel: ${serverWords(error)}`));
    connection.once("error", (error: Error) => resolve(`connection: ${serverWords(error)}`));
  });
  const done = (async () => {
    await provoke(channel);
    await channel.waitForConfirms();
    await pause(50);
    return "fine";
  })().catch(() => words);
  return Promise.race([done, words]);
}

function serverWords(error: Error): string {
  const words = /with message "(.*)"$/s.exec(error.message)?.[1] ?? error.message;
  // Where RabbitMQ goes on with an Erlang term, Warren says a sentence.
  return words.replace(/(invalid (?:expiration|arg) '[^']*'[^:]*: ).*/s, "$1...");
}

function shown(message: GetMessage | ConsumeMessage | false | null): unknown {
  if (message === null || message === false) return message;
  const { deliveryTag, redelivered, exchange, routingKey } = message.fields;
  const { headers, expiration, priority, contentType, deliveryMode, correlationId, replyTo } = message.properties;
  return {
    body: message.content.length > 100 ? message.content.length : message.content.toString(),
    deliveryTag,
    redelivered,
    exchange,
    routingKey,
    headers: withoutTimes(headers),
    properties: { expiration, priority, contentType, deliveryMode, correlationId, replyTo: replyTo && "a name" },
  };
}

/** Times differ, of course. RabbitMQ 3.10 has no x-last-death-*. */
function withoutTimes(headers: unknown): unknown {
  return JSON.parse(JSON.stringify(headers ?? {}), (key, value) =>
    key === "time" ? "a time" : key.startsWith("x-last-death") ? undefined : value,
  );
}

function publish(channel: Channel, queue: string, ...bodies: string[]): void {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
}

async function takeAll(channel: Channel, queue: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return seen;
    seen.push(shown(message));
  }
}

/** Consumes, and notes what comes; null is a cancellation by the server. */
async function listen(channel: Channel, queue: string, options: Options.Consume = {}) {
  const seen: (ConsumeMessage | null)[] = [];
  const { consumerTag } = await channel.consume(queue, (message) => seen.push(message), options);
  return { seen, consumerTag, shown: () => seen.map(shown) };
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  "what can't be declared": async (client) => {
    const setup = await client.channel();
    await setup.assertQueue("d.queue", { durable: true });
    await setup.assertExchange("d.exchange", "topic", { durable: true });
    const attempts: ((channel: ConfirmChannel) => unknown)[] = [
      (channel) => channel.assertQueue("d.queue", { durable: false }),
      (channel) => channel.assertQueue("d.queue", { durable: true, autoDelete: true }),
      (channel) => channel.assertQueue("d.queue", { durable: true, messageTtl: 5 }),
      (channel) => channel.assertExchange("d.exchange", "fanout", { durable: true }),
      (channel) => channel.assertExchange("d.exchange", "topic", { durable: false }),
      (channel) => channel.checkQueue("d.nowhere"),
      (channel) => channel.checkExchange("d.nowhere"),
      (channel) => channel.assertQueue("amq.mine"),
      (channel) => channel.assertExchange("amq.mine", "direct"),
      (channel) => channel.assertExchange("", "direct"),
      (channel) => channel.bindQueue("d.queue", "", "key"),
      (channel) => channel.bindQueue("d.queue", "d.nowhere", "key"),
      (channel) => channel.bindQueue("d.nowhere", "d.exchange", "key"),
      (channel) => channel.deleteExchange("amq.direct"),
      (channel) => channel.deleteExchange(""),
      (channel) => channel.deleteQueue("d.nowhere"),
      (channel) => channel.deleteExchange("d.nowhere"),
      (channel) => channel.purgeQueue("d.nowhere"),
      (channel) => channel.unbindQueue("d.queue", "d.exchange", "not bound"),
    ];
    const complaints = [];
    for (const attempt of attempts) complaints.push(await complaint(client, attempt));
    await setup.deleteQueue("d.queue");
    await setup.deleteExchange("d.exchange");
    return complaints;
  },

  "what can't be published, consumed or acknowledged": async (client) => {
    const setup = await client.channel();
    await setup.assertQueue("p.queue");
    await setup.assertExchange("p.internal", "fanout", { internal: true });
    const attempts: ((channel: ConfirmChannel) => unknown)[] = [
      (channel) => channel.publish("p.nowhere", "key", Buffer.from("x")),
      (channel) => channel.publish("p.internal", "key", Buffer.from("x")),
      (channel) => channel.publish("", "p.queue", Buffer.from("x"), { expiration: "soon" }),
      (channel) => channel.publish("", "p.queue", Buffer.from("x"), { userId: "somebody" }),
      (channel) => channel.consume("p.nowhere", () => {}),
      (channel) => channel.get("p.nowhere"),
      async (channel) => {
        await channel.consume("p.queue", () => {}, { consumerTag: "twice" });
        await channel.consume("p.queue", () => {}, { consumerTag: "twice" });
      },
      (channel) => channel.ack({ fields: { deliveryTag: 7 } } as ConsumeMessage),
      (channel) => channel.nack({ fields: { deliveryTag: 7 } } as ConsumeMessage, false, true),
      (channel) => channel.reject({ fields: { deliveryTag: 7 } } as ConsumeMessage, true),
      (channel) => channel.ackAll(),
      (channel) => channel.cancel("nobody"),
    ];
    const complaints = [];
    for (const attempt of attempts) complaints.push(await complaint(client, attempt));
    await setup.deleteQueue("p.queue");
    await setup.deleteExchange("p.internal");
    return complaints;
  },

  "a delivery that is acknowledged twice": async (client) => {
    return complaint(client, async (channel) => {
      const { queue } = await channel.assertQueue("", { exclusive: true });
      publish(channel, queue, "once");
      await channel.waitForConfirms();
      const message = (await channel.get(queue)) as GetMessage;
      channel.ack(message);
      channel.ack(message);
      await pause();
    });
  },

  "deleting only if unused or empty": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("u.queue");
    await channel.assertExchange("u.exchange", "fanout");
    await channel.bindQueue("u.queue", "u.exchange", "");
    publish(channel, "u.queue", "one", "two");
    await channel.waitForConfirms();
    const refused = [
      await complaint(client, (other) => other.deleteQueue("u.queue", { ifEmpty: true })),
      await complaint(client, (other) => other.deleteExchange("u.exchange", { ifUnused: true })),
    ];
    await listen(channel, "u.queue");
    refused.push(await complaint(client, (other) => other.deleteQueue("u.queue", { ifUnused: true })));
    await channel.deleteExchange("u.exchange");
    return [refused, await channel.deleteQueue("u.queue")];
  },

  "counts in answers": async (client) => {
    const channel = await client.confirmChannel();
    const seen: unknown[] = [await channel.assertQueue("c.queue")];
    publish(channel, "c.queue", "one", "two", "three");
    await channel.waitForConfirms();
    seen.push(await channel.assertQueue("c.queue"), await channel.checkQueue("c.queue"));
    const message = (await channel.get("c.queue")) as GetMessage;
    seen.push(message.fields.messageCount, await channel.purgeQueue("c.queue"));
    channel.nack(message);
    await pause();
    seen.push(await channel.deleteQueue("c.queue"), await channel.deleteQueue("c.queue"));
    return seen;
  },

  "exclusive queues and consumers": async (client) => {
    const owner = await client.channel();
    await owner.assertQueue("x.mine", { exclusive: true });
    await owner.assertQueue("x.shared");
    await owner.consume("x.shared", () => {}, { exclusive: true });
    const seen = [
      await complaint(client, (channel) => channel.assertQueue("x.mine", { exclusive: true })),
      await complaint(client, (channel) => channel.checkQueue("x.mine")),
      await complaint(client, (channel) => channel.consume("x.mine", () => {})),
      await complaint(client, (channel) => channel.deleteQueue("x.mine")),
      await complaint(client, (channel) => channel.consume("x.shared", () => {})),
      await complaint(client, (channel) => channel.consume("x.shared", () => {}, { exclusive: true })),
      await complaint(client, (channel) => channel.assertQueue("x.shared", { exclusive: true })),
      await complaint(client, async (channel) => {
        await channel.assertQueue("x.own", { exclusive: true });
        await channel.assertQueue("x.own", { exclusive: true });
        await channel.assertQueue("x.own", { exclusive: false });
      }),
    ];
    await owner.deleteQueue("x.shared");
    return seen;
  },

  "order, and coming back": async (client) => {
    const publisher = await client.confirmChannel();
    await publisher.assertQueue("o.queue");
    publish(publisher, "o.queue", "1", "2", "3", "4", "5");
    await publisher.waitForConfirms();
    const first = await client.channel();
    const heard = await listen(first, "o.queue");
    await pause();
    first.ack(heard.seen[1] as ConsumeMessage);
    first.nack(heard.seen[0] as ConsumeMessage, false, false);
    await first.close();
    const second = await client.channel();
    const again = await listen(second, "o.queue");
    await pause();
    second.nack(again.seen[0] as ConsumeMessage);
    await pause();
    await second.recover();
    await pause();
    await publisher.deleteQueue("o.queue");
    return [heard.shown(), again.shown().slice(0, 3), again.seen.length];
  },

  "several acknowledged at once": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("m.queue");
    publish(channel, "m.queue", "1", "2", "3", "4", "5", "6");
    await channel.waitForConfirms();
    const heard = await listen(channel, "m.queue");
    await pause();
    channel.ack(heard.seen[2] as ConsumeMessage, true);
    channel.nack(heard.seen[4] as ConsumeMessage, true, false);
    channel.cancel(heard.consumerTag);
    await pause();
    channel.nackAll(true);
    await pause();
    const left = await takeAll(channel, "m.queue");
    await channel.deleteQueue("m.queue");
    return left;
  },

  "prefetch of consumers and channels": async (client) => {
    const publisher = await client.confirmChannel();
    await publisher.assertQueue("q.queue");
    publish(publisher, "q.queue", ...Array.from({ length: 20 }, (_, i) => `${i}`));
    await publisher.waitForConfirms();
    const limited = await client.channel();
    await limited.prefetch(2);
    const two = await listen(limited, "q.queue");
    await limited.prefetch(4);
    const four = await listen(limited, "q.queue");
    const shared = await client.channel();
    await shared.prefetch(5, true);
    const one = await listen(shared, "q.queue");
    const other = await listen(shared, "q.queue");
    await pause();
    const counts = [two.seen.length, four.seen.length, one.seen.length + other.seen.length];
    limited.ack(two.seen[0] as ConsumeMessage);
    shared.ack((one.seen[0] ?? other.seen[0]) as ConsumeMessage);
    await pause();
    counts.push(two.seen.length, four.seen.length, one.seen.length + other.seen.length);
    await shared.prefetch(7, true);
    await pause();
    counts.push(one.seen.length + other.seen.length);
    await publisher.deleteQueue("q.queue");
    return counts;
  },

  "consumers are told that their queue is gone": async (client) => {
    const channel = await client.channel();
    await channel.assertQueue("g.queue");
    const heard = await listen(channel, "g.queue");
    await (await client.channel()).deleteQueue("g.queue");
    await pause();
    return heard.shown();
  },

  "nobody wants it: returned before it is confirmed": async (client) => {
    const channel = await client.confirmChannel();
    const seen: unknown[] = [];
    channel.on("return", (message) => seen.push([message.fields, message.content.toString()]));
    channel.publish("amq.direct", "nobody", Buffer.from("back"), { mandatory: true }, () => seen.push("confirmed"));
    channel.publish("amq.direct", "nobody", Buffer.from("gone"), {}, () => seen.push("confirmed"));
    await channel.waitForConfirms();
    await pause(50);
    return seen;
  },

  "immediate is refused": (client) =>
    complaint(client, (channel) =>
      channel.publish("", "nobody", Buffer.from("x"), { immediate: true } as Options.Publish),
    ),

  "rejected, expired and crowded out: dead letters": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertExchange("dl.exchange", "fanout");
    await channel.assertQueue("dl.dead");
    await channel.bindQueue("dl.dead", "dl.exchange", "");
    const deadLetterExchange = "dl.exchange";
    await channel.assertQueue("dl.rejected", { deadLetterExchange, deadLetterRoutingKey: "other" });
    await channel.assertQueue("dl.expired", { deadLetterExchange, messageTtl: 50 });
    await channel.assertQueue("dl.crowded", { deadLetterExchange, maxLength: 2 });
    const seen: unknown[] = [];
    channel.sendToQueue("dl.rejected", Buffer.from("bad"), { headers: { mine: 1 }, expiration: "60000" });
    await channel.waitForConfirms();
    channel.nack((await channel.get("dl.rejected")) as GetMessage, false, false);
    await pause();
    seen.push(await takeAll(channel, "dl.dead"));
    channel.sendToQueue("dl.expired", Buffer.from("late"), { CC: ["dl.nowhere"] });
    await pause();
    await pause();
    seen.push(await takeAll(channel, "dl.dead"));
    publish(channel, "dl.crowded", "1", "2", "3");
    await channel.waitForConfirms();
    await pause();
    seen.push(await takeAll(channel, "dl.dead"), await takeAll(channel, "dl.crowded"));
    for (const queue of ["dl.dead", "dl.rejected", "dl.expired", "dl.crowded"]) await channel.deleteQueue(queue);
    await channel.deleteExchange("dl.exchange");
    return seen;
  },

  "a dead letter that is sent back dies again, and is counted": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("dc.work", { deadLetterExchange: "", deadLetterRoutingKey: "dc.wait" });
    await channel.assertQueue("dc.wait", {
      deadLetterExchange: "",
      deadLetterRoutingKey: "dc.work",
      messageTtl: 30,
    });
    publish(channel, "dc.work", "job");
    await channel.waitForConfirms();
    for (let i = 0; i < 2; i++) {
      channel.reject((await patiently(channel, "dc.work")) as GetMessage, false);
      await pause();
      await pause();
    }
    const seen = shown(await patiently(channel, "dc.work"));
    for (const queue of ["dc.work", "dc.wait"]) await channel.deleteQueue(queue);
    return seen;
  },

  "a full queue refuses": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("f.queue", { maxLength: 1, arguments: { "x-overflow": "reject-publish" } });
    const seen: string[] = [];
    for (const body of ["1", "2"]) {
      await new Promise<void>((resolve) => {
        channel.sendToQueue("f.queue", Buffer.from(body), {}, (error) => {
          seen.push(error === null ? "ack" : "nack");
          resolve();
        });
      });
    }
    const left = await takeAll(channel, "f.queue");
    await channel.deleteQueue("f.queue");
    return [seen, left];
  },

  "the lower time to live counts, and 0 means now or never": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("t.queue", { messageTtl: 60_000 });
    channel.sendToQueue("t.queue", Buffer.from("short"), { expiration: "50" });
    channel.sendToQueue("t.queue", Buffer.from("never"), { expiration: "0" });
    channel.sendToQueue("t.queue", Buffer.from("long"), { expiration: "90000" });
    await channel.waitForConfirms();
    await pause();
    const left = await takeAll(channel, "t.queue");
    await channel.deleteQueue("t.queue");
    return left;
  },

  "priorities of messages": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("pr.queue", { maxPriority: 5 });
    for (const [body, priority] of Object.entries({ a: 0, b: 5, c: 3, d: 9, e: 3 })) {
      channel.sendToQueue("pr.queue", Buffer.from(body), { priority });
    }
    publish(channel, "pr.queue", "none");
    await channel.waitForConfirms();
    const left = await takeAll(channel, "pr.queue");
    await channel.deleteQueue("pr.queue");
    return left;
  },

  "priorities of consumers": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("pc.queue");
    await channel.prefetch(2);
    const low = await listen(channel, "pc.queue");
    const high = await listen(channel, "pc.queue", { priority: 10 });
    publish(channel, "pc.queue", "1", "2", "3");
    await pause();
    await channel.deleteQueue("pc.queue");
    return [low.seen.map((one) => one?.content.toString()), high.seen.map((one) => one?.content.toString())];
  },

  "one active consumer, and its successor": async (client) => {
    const setup = await client.confirmChannel();
    await setup.assertQueue("s.queue", { arguments: { "x-single-active-consumer": true } });
    const one = await client.channel();
    const two = await client.channel();
    const first = await listen(one, "s.queue");
    const second = await listen(two, "s.queue");
    publish(setup, "s.queue", "1", "2");
    await pause();
    await one.close();
    await pause();
    const seen = [first.shown(), second.shown()];
    await setup.deleteQueue("s.queue");
    return seen;
  },

  "replies that go directly": async (client) => {
    const asking = await client.channel();
    const answering = await client.channel();
    const { queue } = await answering.assertQueue("", { exclusive: true });
    const answers = await listen(asking, "amq.rabbitmq.reply-to", { noAck: true });
    asking.sendToQueue(queue, Buffer.from("question"), { replyTo: "amq.rabbitmq.reply-to", correlationId: "7" });
    await pause();
    const question = (await answering.get(queue, { noAck: true })) as GetMessage;
    answering.sendToQueue(question.properties.replyTo, Buffer.from("answer"), { correlationId: "7" });
    await pause();
    const answer = shown(answers.seen[0] ?? null) as { routingKey: string };
    return [
      question.properties.replyTo.startsWith("amq.rabbitmq.reply-to."),
      { ...answer, routingKey: "" },
      await complaint(client, (channel) =>
        channel.sendToQueue(queue, Buffer.from("x"), { replyTo: "amq.rabbitmq.reply-to" }),
      ),
      await complaint(client, (channel) => channel.consume("amq.rabbitmq.reply-to", () => {})),
    ];
  },

  "more keys, and blind ones": async (client) => {
    const channel = await client.confirmChannel();
    for (const queue of ["cc.to", "cc.copy", "cc.blind"]) await channel.assertQueue(queue);
    channel.sendToQueue("cc.to", Buffer.from("x"), { CC: ["cc.copy"], BCC: ["cc.blind"], headers: { mine: "kept" } });
    await channel.waitForConfirms();
    const seen = [];
    for (const queue of ["cc.to", "cc.copy", "cc.blind"]) {
      seen.push(await takeAll(channel, queue));
      await channel.deleteQueue(queue);
    }
    return seen;
  },

  "through several exchanges, and to the alternate one": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertExchange("e.alternate", "fanout");
    await channel.assertExchange("e.in", "topic", { alternateExchange: "e.alternate" });
    await channel.assertExchange("e.next", "headers");
    for (const queue of ["e.all", "e.some", "e.rest"]) await channel.assertQueue(queue);
    await channel.bindQueue("e.all", "e.in", "orders.#");
    await channel.bindExchange("e.next", "e.in", "orders.*.paid");
    await channel.bindQueue("e.some", "e.next", "", { "x-match": "any", country: "de", vip: true });
    await channel.bindQueue("e.rest", "e.alternate", "");
    channel.publish("e.in", "orders.7.paid", Buffer.from("1"), { headers: { country: "de" } });
    channel.publish("e.in", "orders.7.paid", Buffer.from("2"), { headers: { country: "fr" } });
    channel.publish("e.in", "refunds.7", Buffer.from("3"));
    await channel.waitForConfirms();
    const seen = [];
    for (const queue of ["e.all", "e.some", "e.rest"]) {
      seen.push(await takeAll(channel, queue));
      await channel.deleteQueue(queue);
    }
    for (const exchange of ["e.next", "e.in", "e.alternate"]) await channel.deleteExchange(exchange);
    return seen;
  },

  "gone with the last who used it": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("a.queue", { autoDelete: true });
    await channel.assertExchange("a.exchange", "fanout", { autoDelete: true });
    await channel.bindQueue("a.queue", "a.exchange", "");
    const exists = async () => [
      await complaint(client, (other) => other.checkQueue("a.queue")),
      await complaint(client, (other) => other.checkExchange("a.exchange")),
    ];
    const seen = [await exists()];
    const { consumerTag } = await listen(channel, "a.queue");
    seen.push(await exists());
    await channel.cancel(consumerTag);
    await pause();
    seen.push(await exists());
    return seen;
  },

  "bodies of all sizes, and typed headers": async (client) => {
    const channel = await client.confirmChannel();
    const { queue } = await channel.assertQueue("b.queue", { exclusive: true });
    for (const size of [0, 1, 4096, 131_064, 131_065, 1_000_000]) channel.sendToQueue(queue, Buffer.alloc(size, "x"));
    const headers = {
      text: "ä",
      yes: true,
      nothing: null,
      big: 2 ** 40,
      half: 0.5,
      list: [1, "two", [3]],
      table: { deep: { deeper: -1 } },
      when: { "!": "timestamp", value: 1_700_000_000 },
      bytes: Buffer.from([1, 2]),
    };
    channel.sendToQueue(queue, Buffer.from("typed"), { headers, contentType: "text/plain", persistent: true });
    await channel.waitForConfirms();
    return takeAll(channel, queue);
  },

  "a channel that fails doesn't harm the next of the same number": async (client) => {
    const connection = await client.connection();
    const failing = await connection.createChannel();
    failing.on("error", () => {});
    await failing.checkQueue("n.nowhere").catch(() => {});
    const next = await connection.createChannel();
    const { queue } = await next.assertQueue("", { exclusive: true });
    return (await next.checkQueue(queue)).messageCount;
  },
};

async function patiently(channel: Channel, queue: string): Promise<GetMessage | false> {
  for (let i = 0; i < 50; i++) {
    const message = await channel.get(queue);
    if (message !== false) return message;
    await pause(50);
  }
  return false;
}
