import type { ConsumeMessage, Options } from "amqplib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { consume as consumeWith, Nodes, numbers } from "@/test/support/amqp/nodes";
import { RawClient } from "@/test/support/amqp/raw-client";

/** What goes straight from publishers to consumers who don't acknowledge; see decision 160. */
let nodes: Nodes;
beforeEach(async () => {
  nodes = await Nodes.start(1);
});
afterEach(() => nodes.close());

const open = (node = 0) => nodes.open(node);

function consume(channel: Parameters<typeof consumeWith>[0], queue: string) {
  return consumeWith(channel, queue, { noAck: true });
}

const warmUp = "warm-up";

/** Publishes until a message has gone straight to who consumes there; how many it took. */
async function untilStraight(queue: string, exchange = ""): Promise<number> {
  let count = 0;
  const message = { vhost: "/", exchange, routingKey: queue, properties: {}, body: Buffer.from(warmUp) };
  const { broker } = nodes;
  await expect
    .poll(async () => {
      count++;
      return (await broker.publish(systemActor, { ...message, unnumbered: true })).messageId;
    })
    .toBeNull();
  return count;
}

async function isStraight(queue: string): Promise<boolean> {
  const message = { vhost: "/", exchange: "", routingKey: queue, properties: {}, body: Buffer.from(warmUp) };
  const { broker } = nodes;
  return (await broker.publish(systemActor, { ...message, unnumbered: true })).messageId === null;
}

test("a transient message is delivered and confirmed without the database, a persistent one is not", async () => {
  const channel = await open();
  for (const queue of ["q", "beside"]) await channel.assertQueue(queue);
  const { bodies } = await consume(await open(), "q");
  const beside = await consume(await open(), "beside");
  await untilStraight("beside");
  const before = await untilStraight("q");
  await nodes.whileNothingIsStored(async () => {
    for (const body of numbers(1000)) channel.sendToQueue("q", Buffer.from(body));
    await channel.waitForConfirms();
    await expect.poll(bodies).toHaveLength(before + 1000);
    let confirmed = 0;
    channel.sendToQueue("q", Buffer.from("kept"), { persistent: true }, () => confirmed++);
    channel.sendToQueue("q", Buffer.from("behind it"), {}, () => confirmed++);
    // Elsewhere the same channel's messages arrive; here they wait for the one before them.
    channel.sendToQueue("beside", Buffer.from("meanwhile"));
    await expect.poll(beside.bodies).toContain("meanwhile");
    expect(confirmed).toBe(0);
    expect(bodies()).toHaveLength(before + 1000);
  });
  await channel.waitForConfirms();
  await expect.poll(bodies).toHaveLength(before + 1002);
  expect(bodies().slice(before)).toEqual([...numbers(1000), "kept", "behind it"]);
});

test("the order of a channel is kept, whatever is persistent", { timeout: 60_000 }, async () => {
  const channel = await open();
  await channel.assertQueue("q");
  const consumer = await open();
  const { bodies } = await consume(consumer, "q");
  const total = 6000;
  for (let i = 0; i < total; i++) {
    // Stretches of either kind, and both by turns.
    const persistent = i % 1000 < 300 ? i % 7 === 0 : i % 1000 < 600;
    channel.sendToQueue("q", Buffer.from(String(i)), { persistent });
    if (i % 97 === 0) await new Promise(setImmediate);
    if (i % 1500 === 0) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
  await expect.poll(() => bodies().length, { timeout: 30_000 }).toBe(total);
  expect(bodies()).toEqual(numbers(total));
});

test("counters are exact, and what came slowly can be found again", async () => {
  const channel = await open();
  await channel.assertExchange("news", "fanout");
  for (const queue of ["a", "b"]) {
    await channel.assertQueue(queue);
    await channel.bindQueue(queue, "news", "");
  }
  const [a, b] = [await consume(await open(), "a"), await consume(await open(), "b")];
  const before = await untilStraight("", "news");
  for (const body of numbers(300)) channel.publish("news", "k", Buffer.from(body), { messageId: `m${body}` });
  await channel.waitForConfirms();
  const total = before + 300;
  await expect.poll(() => [a.seen.length, b.seen.length]).toEqual([total, total]);
  const { broker } = nodes;
  for (const queue of ["a", "b"]) {
    await expect
      .poll(async () => (await nodes.statusOf(queue)).totals)
      .toMatchObject({ publish: total, deliver: 0, deliverNoAck: total });
    expect((await nodes.statusOf(queue)).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  }
  expect(await broker.getExchange(systemActor, "/", "news")).toMatchObject({ publishIn: total, publishOut: 2 * total });
  const query = { vhost: "/", property: "message_id" as const, value: "m7" };
  const { lives } = await broker.failures.timeline(systemActor, query);
  expect(lives).toHaveLength(1);
  expect(lives[0]).toMatchObject({ exchange: "news", routingKey: "k", bodySize: 1, publishedBy: "guest", present: [] });
  const delivered = lives[0]?.events.filter(({ kind }) => kind === "delivered") ?? [];
  expect(delivered.map(({ queue }) => queue).sort()).toEqual(["a", "b"]);
});

test("what comes fast is counted exactly, and a part of it is kept", { timeout: 60_000 }, async () => {
  const channel = await open();
  await channel.assertQueue("q");
  const consumer = await consume(await open(), "q");
  const before = await untilStraight("q");
  const began = performance.now();
  for (const body of numbers(20_000)) channel.sendToQueue("q", Buffer.from(body));
  await channel.waitForConfirms();
  const seconds = (performance.now() - began) / 1000;
  const total = before + 20_000;
  await expect.poll(() => consumer.seen.length, { timeout: 30_000 }).toBe(total);
  await expect
    .poll(async () => (await nodes.statusOf("q")).totals)
    .toMatchObject({ publish: total, deliverNoAck: total });
  const { rows } = await nodes.other.query<{ n: number }>("SELECT count(*)::integer AS n FROM warren.message");
  expect(rows[0]?.n).toBeGreaterThan(1000);
  expect(rows[0]?.n).toBeLessThanOrEqual(before + 2000 * (1 + Math.ceil(seconds)));
});

test("cancelled in mid-flow, what was delivered and what is in the queue are all there is", {
  timeout: 60_000,
}, async () => {
  const channel = await open();
  await channel.assertQueue("q");
  const consuming = await open();
  const consumer = await consume(consuming, "q");
  const before = await untilStraight("q");
  const total = 5000;
  const publishing = (async () => {
    for (const body of numbers(total)) {
      channel.sendToQueue("q", Buffer.from(body));
      if (Number(body) % 100 === 0) await new Promise(setImmediate);
    }
    await channel.waitForConfirms();
  })();
  await expect.poll(() => consumer.seen.length).toBeGreaterThan(before + 500);
  await consuming.cancel(consumer.consumerTag);
  await publishing;
  const { messageCount } = await channel.checkQueue("q");
  const seen = consumer.bodies().slice(before);
  expect(seen.length + messageCount).toBe(total);
  expect(seen).toEqual(numbers(seen.length));
  const next = await consume(consuming, "q");
  await expect.poll(() => next.seen.length, { timeout: 30_000 }).toBe(messageCount);
  expect(next.bodies()).toEqual(numbers(total).slice(seen.length));
});

test("a consumer that doesn't read is given a bounded amount, and the rest in order", {
  timeout: 120_000,
}, async () => {
  const channel = await open();
  await channel.assertQueue("q");
  const client = new RawClient(nodes.node(0).server.port);
  await client.open();
  await client.openChannel();
  const flags = { noLocal: false, noAck: true, exclusive: false, noWait: false };
  client.send(1, "basic.consume", { queue: "q", consumerTag: "c", ...flags, arguments: new Map() });
  await client.expect("basic.consume-ok");
  const bodies = () => client.received.filter(({ name }) => name === "body").map(({ payload }) => payload);
  const before = await untilStraight("q");
  await expect.poll(() => bodies().length).toBe(before);
  client.socket.pause();
  const total = 800;
  for (let i = 0; i < total; i++) {
    const body = Buffer.alloc(50_000);
    body.writeUInt32BE(i);
    channel.sendToQueue("q", body);
  }
  await channel.waitForConfirms();
  // 40 MB: more than the kernel's buffers and the door's 4 MiB hold. What came later than that is stored.
  expect((await nodes.statusOf("q")).counts.ready).toBeGreaterThan(total / 4);
  client.socket.resume();
  await expect.poll(() => bodies().length, { timeout: 60_000 }).toBe(before + total);
  const order = bodies().slice(before);
  expect(order.map((body) => body.readUInt32BE())).toEqual(Array.from({ length: total }, (_, i) => i));
  await expect.poll(() => isStraight("q")).toBe(true);
  client.socket.destroy();
});

describe("the ordinary way is taken", () => {
  test.each<[string, Options.AssertQueue, Options.Publish]>([
    ["for persistent messages", {}, { persistent: true }],
    ["for what is to be delayed", {}, { headers: { "x-delay": 1 } }],
    ["where messages are to be retained", { arguments: { "x-retention": 60_000 } }, {}],
    [
      "where duplicates are looked for",
      { arguments: { "x-deduplication-window": 60_000 } },
      { headers: { "x-deduplication-id": "1" } },
    ],
    ["where a priority counts", { arguments: { "x-max-priority": 3 } }, {}],
    ["where a length in bytes is to be kept", { arguments: { "x-max-length-bytes": 10_000 } }, {}],
    ["where publishes may be refused", { arguments: { "x-max-length": 10, "x-overflow": "reject-publish" } }, {}],
  ])("%s", async (_, declaration, options) => {
    const channel = await open();
    await channel.assertQueue("q", declaration);
    await channel.assertQueue("straight");
    const consumer = await consume(await open(), "q");
    const beside = await consume(await open(), "straight");
    await untilStraight("straight");
    await nodes.whileNothingIsStored(async () => {
      channel.sendToQueue("q", Buffer.from("x"), options);
      channel.sendToQueue("straight", Buffer.from("x"));
      await expect.poll(beside.bodies).toContain("x");
      expect(consumer.seen).toEqual([]);
    });
    await expect.poll(consumer.bodies).toEqual(["x"]);
  });

  test("when one of its queues has nobody, so that both get it", async () => {
    const channel = await open();
    await channel.assertExchange("news", "fanout");
    for (const queue of ["read", "unread"]) {
      await channel.assertQueue(queue);
      await channel.bindQueue(queue, "news", "");
    }
    const consumer = await consume(await open(), "read");
    const before = await untilStraight("read");
    for (const body of numbers(100)) channel.publish("news", "", Buffer.from(body));
    await channel.waitForConfirms();
    expect(await channel.checkQueue("unread")).toMatchObject({ messageCount: 100 });
    await expect.poll(consumer.bodies).toEqual([...Array(before).fill(warmUp), ...numbers(100)]);
  });

  test("when somebody else waits there, too", async () => {
    const { broker } = nodes;
    const channel = await open();
    await channel.assertQueue("q");
    await consume(await open(), "q");
    await untilStraight("q");
    const request = { vhost: "/", queue: "q", max: 1, visibilityTimeoutMs: 1000, waitMs: 20_000 };
    const waiting = broker.lease(systemActor, { ...request, autoAck: true, countAs: "get" });
    const all = Promise.race([waiting, new Promise<null>((resolve) => setTimeout(() => resolve(null), 20_000))]);
    const published = setInterval(() => channel.sendToQueue("q", Buffer.from("x")), 5);
    const taken = await all;
    clearInterval(published);
    expect(taken).toHaveLength(1);
  });
});

test("a binding counts from the moment in which it was confirmed", async () => {
  const channel = await open();
  await channel.assertExchange("news", "fanout");
  await channel.assertQueue("first");
  await channel.bindQueue("first", "news", "");
  const first = await consume(await open(), "first");
  let sent = await untilStraight("", "news");
  for (let i = 0; i < 20; i++) {
    const queue = `later.${i}`;
    await channel.assertQueue(queue);
    await channel.bindQueue(queue, "news", "");
    channel.publish("news", "", Buffer.from("x"));
    await channel.waitForConfirms();
    sent++;
    expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 1 });
    await channel.deleteQueue(queue);
  }
  await expect.poll(() => first.seen.length).toBe(sent);
});

test("who acknowledges may join who doesn't", async () => {
  const channel = await open();
  await channel.assertQueue("q");
  const taking = await consume(await open(), "q");
  const before = await untilStraight("q");
  const acknowledging = await open();
  let closed: unknown;
  acknowledging.on("error", (error) => (closed = error));
  const seen: string[] = [];
  const total = 2000;
  for (let i = 0; i < total; i++) {
    channel.sendToQueue("q", Buffer.from(String(i)));
    if (i % 100 === 0) await new Promise(setImmediate);
    if (i !== 500) continue;
    await acknowledging.consume("q", (message) => {
      seen.push((message as ConsumeMessage).content.toString());
      acknowledging.ack(message as ConsumeMessage);
    });
  }
  await channel.waitForConfirms();
  await expect.poll(() => seen.length + taking.seen.length, { timeout: 20_000 }).toBe(before + total);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  expect(seen.length).toBeGreaterThan(0);
  expect(closed).toBeUndefined();
});

test("a queue that was deleted and made again is another one", async () => {
  const channel = await open();
  const consuming = await open();
  for (let i = 0; i < 3; i++) {
    await channel.assertQueue("q");
    const consumer = await consume(consuming, "q");
    const before = await untilStraight("q");
    channel.sendToQueue("q", Buffer.from("x"));
    await channel.waitForConfirms();
    await expect.poll(() => consumer.seen.length).toBe(before + 1);
    await expect.poll(async () => (await nodes.statusOf("q")).totals.deliverNoAck).toBe(before + 1);
    await channel.deleteQueue("q");
    await expect.poll(() => consumer.seen.at(-1)).toBeNull();
  }
});

describe("with two nodes", () => {
  beforeEach(async () => {
    await nodes.add();
  });

  test("who consumes on the other one gets everything, in order", async () => {
    const channel = await open(0);
    await channel.assertQueue("q");
    const consumer = await consume(await open(1), "q");
    for (const body of numbers(500)) channel.sendToQueue("q", Buffer.from(body));
    await channel.waitForConfirms();
    await expect.poll(consumer.bodies).toEqual(numbers(500));
  });

  test("both who consume get some, and none is lost or given twice", async () => {
    const channel = await open(0);
    await channel.assertQueue("q");
    const here = await consume(await open(0), "q");
    await untilStraight("q");
    const there = await consume(await open(1), "q");
    await expect.poll(() => isStraight("q")).toBe(false);
    const bodies = numbers(3000);
    for (const body of bodies) {
      channel.sendToQueue("q", Buffer.from(body));
      if (Number(body) % 50 === 0) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
    const seen = () => [...here.bodies(), ...there.bodies()].filter((body) => body !== warmUp);
    await expect.poll(() => seen().length, { timeout: 20_000 }).toBe(3000);
    expect(seen().sort()).toEqual([...bodies].sort());
  });

  test("a binding made on the other one is heard of", async () => {
    const [channel, far] = [await open(0), await open(1)];
    await channel.assertExchange("news", "fanout");
    await channel.assertQueue("near");
    await channel.bindQueue("near", "news", "");
    await consume(await open(0), "near");
    await untilStraight("", "news");
    await far.assertQueue("far");
    await far.bindQueue("far", "news", "");
    await expect
      .poll(async () => {
        channel.publish("news", "", Buffer.from("x"));
        await channel.waitForConfirms();
        return (await far.checkQueue("far")).messageCount;
      })
      .toBeGreaterThan(0);
  });
});
