import type { Channel, ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { consume, Nodes } from "@/test/support/amqp/nodes";
import { RawClient } from "@/test/support/amqp/raw-client";

/** What two broker nodes on one database agree on. */
let nodes: Nodes;
beforeEach(async () => {
  nodes = await Nodes.start(2);
});
afterEach(() => nodes.close());

const channelOn = (node: number) => nodes.open(node);

async function send(channel: Channel, queue: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
  await (channel as unknown as { waitForConfirms(): Promise<void> }).waitForConfirms();
}

describe("one active consumer", () => {
  const single = { arguments: { "x-single-active-consumer": true } };

  test("the oldest on any node is served, and the next goes on where it was", async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("turns", single);
    const first = await consume(one, "turns");
    const second = await consume(two, "turns");
    await send(two, "turns", "a", "b");
    await expect.poll(first.bodies).toEqual(["a", "b"]);
    one.ack(first.seen[0] as ConsumeMessage);
    await one.close();
    await expect.poll(second.bodies).toEqual(["b"]);
    await send(two, "turns", "c");
    await expect.poll(second.bodies).toEqual(["b", "c"]);
    expect(second.seen.map((message) => message?.fields.redelivered)).toEqual([true, false]);
  });

  test("who waits on the first node is given nothing while the second has the turn", async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await two.assertQueue("turns", single);
    const active = await consume(two, "turns", { noAck: true });
    const waiting = await consume(one, "turns", { noAck: true });
    for (let i = 0; i < 20; i++) await send(one, "turns", String(i));
    await expect.poll(active.bodies).toHaveLength(20);
    expect(waiting.seen).toEqual([]);
    await two.cancel(active.consumerTag);
    await send(two, "turns", "now");
    await expect.poll(waiting.bodies).toEqual(["now"]);
  });

  test("a node that died is followed", { timeout: 300_000 }, async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("turns", single);
    const first = await consume(one, "turns");
    const second = await consume(two, "turns");
    await send(two, "turns", "a");
    await expect.poll(first.bodies).toEqual(["a"]);
    await nodes.giveUp(0);
    await expect.poll(second.bodies, { timeout: 180_000 }).toEqual(["a"]);
  });
});

describe("exclusive", () => {
  test("a consumer keeps those of other nodes out, until it goes", async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("mine");
    const { consumerTag } = await consume(one, "mine", { exclusive: true });
    await expect(two.consume("mine", () => {})).rejects.toThrow(/403 .*in exclusive use/);
    const third = await channelOn(1);
    await one.cancel(consumerTag);
    await consume(third, "mine");
    const fourth = await channelOn(0);
    await expect(fourth.consume("mine", () => {}, { exclusive: true })).rejects.toThrow(/403/);
  });

  test.each<[string, (channel: Channel) => Promise<unknown>]>([
    ["declared", (channel) => channel.assertQueue("own", { exclusive: true })],
    ["looked at", (channel) => channel.checkQueue("own")],
    ["consumed from", (channel) => channel.consume("own", () => {})],
    ["read", (channel) => channel.get("own")],
    ["bound", (channel) => channel.bindQueue("own", "amq.fanout", "")],
    ["purged", (channel) => channel.purgeQueue("own")],
    ["deleted", (channel) => channel.deleteQueue("own")],
  ])("a queue can't be %s from another node", async (_, act) => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("own", { exclusive: true });
    await expect(act(two)).rejects.toThrow(/405 .*cannot obtain exclusive access to locked queue 'own'/);
    await one.checkQueue("own");
    // Anybody may send something there.
    await send(await channelOn(1), "own", "for you");
    expect(await one.get("own", { noAck: true })).toBeTruthy();
  });

  test("a queue that was deleted this moment is locked for nobody", async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    for (let round = 0; round < 5; round++) {
      await one.assertQueue("own", { exclusive: true });
      // The other node knows it from here on.
      await expect((await channelOn(1)).checkQueue("own")).rejects.toThrow(/405/);
      await one.deleteQueue("own");
      await two.assertQueue("own");
      await two.deleteQueue("own");
    }
    await expect(one.checkQueue("own")).rejects.toThrow(/404/);
  });

  test("a queue goes with the node of its connection", { timeout: 300_000 }, async () => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("own", { exclusive: true });
    await nodes.giveUp(0);
    const { broker } = nodes.node(1).composed;
    await expect
      .poll(
        () =>
          broker.getQueue(systemActor, "/", "own").then(
            () => "there",
            ({ code }) => code,
          ),
        { timeout: 180_000 },
      )
      .toBe("not-found");
    await two.assertQueue("own", { exclusive: true });
  });
});

test("consumers of all nodes are counted, and a queue that is used is not deleted", async () => {
  const [one, two] = [await channelOn(0), await channelOn(1)];
  await one.assertQueue("shared");
  const { consumerTag } = await consume(one, "shared");
  await consume(two, "shared");
  expect(await two.checkQueue("shared")).toMatchObject({ consumerCount: 2 });
  expect(await one.assertQueue("shared")).toMatchObject({ consumerCount: 2 });
  await one.cancel(consumerTag);
  expect(await one.checkQueue("shared")).toMatchObject({ consumerCount: 1 });
  await expect(one.deleteQueue("shared", { ifUnused: true })).rejects.toThrow(/406 .*in use/);
});

test("an auto-delete queue goes with the last consumer on any node", async () => {
  const [one, two] = [await channelOn(0), await channelOn(1)];
  await one.assertQueue("fleeting", { autoDelete: true });
  const first = await consume(one, "fleeting");
  const second = await consume(two, "fleeting");
  await one.cancel(first.consumerTag);
  await one.checkQueue("fleeting");
  await two.cancel(second.consumerTag);
  await expect((await channelOn(0)).checkQueue("fleeting")).rejects.toThrow(/404/);
});

test("an auto-delete queue goes with the node of its last consumer", { timeout: 300_000 }, async () => {
  const one = await channelOn(0);
  await one.assertQueue("fleeting", { autoDelete: true });
  await consume(one, "fleeting");
  await nodes.giveUp(0);
  const { broker } = nodes.node(1).composed;
  await expect
    .poll(
      () =>
        broker.getQueue(systemActor, "/", "fleeting").then(
          () => "there",
          ({ code }) => code,
        ),
      { timeout: 180_000 },
    )
    .toBe("not-found");
});

test("a consumer of higher priority on another node comes first, until it is full", async () => {
  const [one, two] = [await channelOn(0), await channelOn(1)];
  await one.assertQueue("ranked");
  await two.prefetch(3);
  const high = await consume(two, "ranked", { priority: 5 });
  const low = await consume(one, "ranked", { noAck: true });
  await send(two, "ranked", "1", "2", "3");
  await expect.poll(() => [...low.bodies(), ...high.bodies()].sort()).toEqual(["1", "2", "3"]);
  expect(high.bodies()).toEqual(["1", "2", "3"]);
  await send(two, "ranked", "4");
  await expect.poll(low.bodies).toEqual(["4"]);
});

test("a direct reply finds its way to another node, and one for nobody is returned", async () => {
  const [asker, server] = [await channelOn(0), await channelOn(1)];
  await server.assertQueue("questions");
  const answers = await consume(asker, "amq.rabbitmq.reply-to", { noAck: true });
  asker.sendToQueue("questions", Buffer.from("6 x 7?"), { replyTo: "amq.rabbitmq.reply-to", correlationId: "1" });
  const questions = await consume(server, "questions", { noAck: true });
  await expect.poll(() => questions.seen.length).toBe(1);
  const { replyTo } = (questions.seen[0] as ConsumeMessage).properties;
  await send(server, replyTo, "42");
  await expect.poll(answers.bodies).toEqual(["42"]);

  const returned: string[] = [];
  server.on("return", (message: ConsumeMessage) => returned.push(message.content.toString()));
  const elsewhere = String(replyTo).replace(/to\.\d+\./, "to.999999999.");
  server.publish("", elsewhere, Buffer.from("anybody?"), { mandatory: true });
  await expect.poll(() => returned).toEqual(["anybody?"]);
});

describe("a queue that is deleted under its consumers", () => {
  test.each(["by another node", "over HTTP"])("%s, is told to all, also to one that has no room", async (how) => {
    const [one, two] = [await channelOn(0), await channelOn(1)];
    await one.assertQueue("doomed");
    await one.prefetch(1);
    const full = await consume(one, "doomed");
    const idle = await consume(await channelOn(0), "doomed");
    await send(two, "doomed", "a", "b");
    await expect.poll(() => full.seen.length + idle.seen.length).toBe(2);
    if (how === "over HTTP") {
      const { broker } = nodes.node(1).composed;
      const actor = { user: "guest", tags: [], address: null, door: "http" as const };
      await broker.deleteQueue(actor, "/", "doomed", { ifUnused: false, ifEmpty: false });
    } else await two.deleteQueue("doomed");
    await expect.poll(() => [full.seen.at(-1), idle.seen.at(-1)]).toEqual([null, null]);
  });
});

test("who was taken for dead and was not, consumes again, behind the others", async () => {
  const [one, two] = [await channelOn(0), await channelOn(1)];
  await one.assertQueue("back", { arguments: { "x-single-active-consumer": true } });
  const first = await consume(one, "back", { noAck: true });
  const second = await consume(two, "back", { noAck: true });
  const { composed } = nodes.node(0);
  const before = composed.doors.node;
  await nodes.giveUp(0);
  await expect.poll(() => composed.doors.node).not.toBe(before);
  await expect.poll(async () => (await two.checkQueue("back")).consumerCount).toBe(2);
  await send(two, "back", "a");
  await expect.poll(second.bodies).toEqual(["a"]);
  expect(first.seen).toEqual([]);
  await two.close();
  await send(await channelOn(1), "back", "b");
  await expect.poll(first.bodies).toEqual(["b"]);
});

describe("what a client holds whose node stops in good order", () => {
  /** A client of the first node that holds a message, and was told that it ends. */
  async function told() {
    const elsewhere = await channelOn(1);
    await elsewhere.assertQueue("q");
    await send(elsewhere, "q", "held");
    const holder = new RawClient(nodes.node(0).server.port);
    await holder.open();
    await holder.openChannel();
    const flags = { noLocal: false, noAck: false, exclusive: false, noWait: false };
    holder.send(1, "basic.consume", { queue: "q", consumerTag: "c", ...flags, arguments: new Map() });
    for (const name of ["basic.consume-ok", "basic.deliver"] as const) await holder.expect(name);
    while ((await holder.next()).name !== "body");
    const next = await consume(elsewhere, "q");
    const stopped = nodes.node(0).server.close();
    await holder.expect("connection.close");
    await send(elsewhere, "q", "sent later");
    await expect.poll(() => next.bodies()[0]).toBe("sent later");
    return { holder, next, stopped };
  }

  test("is nobody else's before it has answered", async () => {
    const { holder, next, stopped } = await told();
    holder.send(0, "connection.close-ok", {});
    await expect.poll(next.bodies).toEqual(["sent later", "held"]);
    expect(next.seen.map((message) => message?.fields.redelivered)).toEqual([false, true]);
    await stopped;
  });

  test("is somebody else's soon, though it never answers", async () => {
    const { next, stopped } = await told();
    await expect.poll(next.bodies, { timeout: 30_000 }).toEqual(["sent later", "held"]);
    await stopped;
  });
});
