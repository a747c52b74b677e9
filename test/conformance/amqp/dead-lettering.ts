import type { ConsumeMessage, GetMessage } from "amqplib";
import { listen, patiently, pause, publish, type Scenario, shown, takeAll } from "@/test/conformance/amqp/scenario";

export const deadLetteringScenarios: Readonly<Record<string, Scenario>> = {
  "what may live for no time at all, and comes back": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("", { exclusive: true, messageTtl: 0 });
    const heard = await listen(channel, queue);
    channel.sendToQueue(queue, Buffer.from("now or never"));
    while (heard.seen.length === 0) await pause(10);
    channel.nack(heard.seen[0] as ConsumeMessage);
    await pause();
    return [heard.seen.length, (await channel.checkQueue(queue)).messageCount];
  },

  "deaths that somebody else has written down, some more than once and without a count": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("dx.dead");
    await channel.assertQueue("dx.work", { deadLetterExchange: "", deadLetterRoutingKey: "dx.dead" });
    const written = (queue: string, more: object = {}) => ({
      ...{ reason: "rejected", queue, exchange: "x", "routing-keys": ["k"] },
      ...more,
    });
    const deaths = [
      ...[written("one"), written("one"), written("two", { count: 3 }), written("dx.work"), written("dx.work")],
      ...[written("two", { reason: "expired" }), written("two", { count: 4, exchange: "y" }), written("three")],
    ];
    const seen = [];
    for (const list of [deaths, deaths.slice(0, 1), deaths.slice(3, 4), deaths.slice(6)]) {
      channel.sendToQueue("dx.work", Buffer.from("again"), { headers: { "x-death": list } });
      await channel.waitForConfirms();
      channel.reject((await patiently(channel, "dx.work")) as GetMessage, false);
      const { properties } = (await patiently(channel, "dx.dead")) as GetMessage;
      const left = (properties.headers?.["x-death"] ?? []) as unknown as Record<string, unknown>[];
      seen.push(left.map(({ queue, reason, count, exchange }) => [queue, reason, count ?? null, exchange]).map(String));
    }
    for (const queue of ["dx.dead", "dx.work"]) await channel.deleteQueue(queue);
    return seen.map((entries) => [entries[0], ...entries.slice(1).sort()]);
  },

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
};
