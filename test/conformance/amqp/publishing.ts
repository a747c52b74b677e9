import type { GetMessage, Options } from "amqplib";
import { complaint, listen, pause, type Scenario, shown, takeAll } from "@/test/conformance/amqp/scenario";

export const publishingScenarios: Readonly<Record<string, Scenario>> = {
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
    const { replyTo } = question.properties;
    const { messageCount, consumerCount } = await answering.checkQueue(replyTo);
    await asking.close();
    const gone = await complaint(client, (channel) => channel.checkQueue(replyTo));
    return [
      [messageCount, consumerCount, gone.replace(replyTo, "a name")],
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
};
