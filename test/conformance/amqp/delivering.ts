import type { ConfirmChannel, ConsumeMessage, GetMessage } from "amqplib";
import { complaint, listen, pause, publish, type Scenario, shown, takeAll } from "@/test/conformance/amqp/scenario";

export const deliveringScenarios: Readonly<Record<string, Scenario>> = {
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

  "who doesn't acknowledge gets nothing while others of the channel hold all that they may": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    await channel.prefetch(1, true);
    const careful = await listen(channel, queue);
    publish(channel, queue, "1");
    while (careful.seen.length === 0) await pause(10);
    const careless = await listen(channel, queue, { noAck: true });
    publish(channel, queue, "2");
    await pause();
    return [careful.seen.length, careless.seen.length];
  },

  "who gets finds what those who consume leave": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("g.queue", { exclusive: true });
    const greedy = await listen(channel, queue);
    const got = [];
    for (let i = 1; i <= 25; i++) {
      publish(channel, queue, `${i}`);
      got.push(await channel.get(queue, { noAck: i % 2 === 0 }));
    }
    await channel.cancel(greedy.consumerTag);
    await channel.prefetch(2);
    const modest = await listen(channel, queue);
    publish(channel, queue, "a", "b", "c", "d");
    const fetched = await channel.get(queue, { noAck: true });
    await channel.cancel(modest.consumerTag);
    const careless = await listen(channel, queue, { noAck: true });
    publish(channel, queue, "e");
    got.push(await channel.get(queue));
    // RabbitMQ's queue tells the channel of deliveries while this asks it: which of them gets its tag first is open.
    const untagged = [fetched, ...modest.seen].map((message) => ({ ...(shown(message) as object), deliveryTag: null }));
    return [got, greedy.shown(), untagged, careless.shown()];
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
