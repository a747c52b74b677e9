import type { ConfirmChannel, GetMessage } from "amqplib";
import { complaint, listen, pause, publish, type Scenario } from "@/test/conformance/amqp/scenario";

export const declaringScenarios: Readonly<Record<string, Scenario>> = {
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

  "line breaks in names": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("l.\r\nqueue\n");
    await channel.assertExchange("l.\nexchange", "fanout");
    await channel.bindQueue(queue, "l.exchange", "");
    const { queue: checked } = await channel.checkQueue("l.queue\n");
    await channel.deleteExchange("\rl.exchange");
    await channel.deleteQueue("l.queue\n");
    const left = await complaint(client, (other) => other.checkQueue("l.queue"));
    return [queue, checked, left, await complaint(client, (other) => other.checkExchange("l.exchange"))];
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
};
