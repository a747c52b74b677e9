import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Arguments } from "@/lib/amqp/wire/methods";
import { noProperties } from "@/lib/broker/properties/properties";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { headerPayload } from "@/test/support/amqp/frames";
import { RawClient } from "@/test/support/amqp/raw-client";

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startAmqpServer({ channelMax: 10, maxMessageSize: 1_000_000 });
  client = new RawClient(server.port);
});

afterEach(async () => {
  client.socket.destroy();
  await server.close();
  expect(server.errors).toEqual([]);
});

const ack: Arguments<"basic.ack"> = { deliveryTag: 1, multiple: false };
const consume = { queue: "q", consumerTag: "c", noLocal: false, noAck: false, exclusive: false, noWait: false };

describe("the handshake", () => {
  test("answers another protocol with its own header", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\n\r\n");
    const [answer] = await once(socket, "data");
    expect(answer).toEqual(Buffer.from("AMQP\0\0\x09\x01", "latin1"));
    await once(socket, "close");
  });

  test("takes AMQPLAIN", async () => {
    await client.logIn("\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x05guest", "AMQPLAIN");
    await client.expect("connection.tune");
  });

  test.each([
    ["a wrong password", "\0guest\0wrong", "PLAIN"],
    ["no credentials at all", "", "PLAIN"],
    ["a broken table", "\x05LOGINS\xff", "AMQPLAIN"],
  ])("%s only closes the socket of a client that doesn't know better", async (_, response, mechanism) => {
    await client.logIn(response, mechanism);
    await expect(client.next()).rejects.toThrow("ended");
  });

  test.each([
    ["frame_max above the offer", { frameMax: 200_000 }],
    ["frame_max without limit", { frameMax: 0 }],
    ["frame_max too small", { frameMax: 4095 }],
    ["channel_max above the offer", { channelMax: 11 }],
  ])("%s is 530", async (_, tune) => {
    await client.logIn();
    const offered = await client.expect("connection.tune");
    client.send(0, "connection.tune-ok", { ...offered, ...tune });
    expect(await client.expect("connection.close")).toMatchObject({ replyCode: 530 });
  });

  test("frames and methods out of turn are errors", async () => {
    await client.logIn();
    await client.expect("connection.tune");
    client.send(0, "connection.open", { virtualHost: "/" });
    expect(await client.expect("connection.close")).toMatchObject({ replyCode: 504, classId: 10, methodId: 40 });
  });

  test("a mechanism that isn't offered is an error", async () => {
    await client.logIn("", "EXTERNAL");
    expect(await client.expect("connection.close")).toMatchObject({ replyCode: 504 });
  });
});

describe("what ends a connection", () => {
  test.each<[string, number, (client: RawClient) => void]>([
    ["a frame above frame_max", 501, (c) => c.frame(3, 1, Buffer.alloc(131_073))],
    ["an unknown type of frame", 501, (c) => c.frame(9, 1, Buffer.alloc(0))],
    ["a missing frame-end", 501, (c) => c.socket.write(Buffer.from("0100010000000400000000ff", "hex"))],
    ["a heartbeat on a channel", 505, (c) => c.frame(8, 1, Buffer.alloc(0))],
    ["a body without a method", 505, (c) => c.frame(3, 1, Buffer.alloc(1))],
    ["content on channel 0", 505, (c) => c.frame(2, 0, Buffer.alloc(14))],
    ["an unknown method", 540, (c) => c.frame(1, 1, Buffer.from("003c00ff", "hex"))],
    ["a method that can't be decoded", 501, (c) => c.frame(1, 1, Buffer.from("003c005000", "hex"))],
    ["a channel's method on channel 0", 504, (c) => c.send(0, "basic.ack", ack)],
    ["a server's method", 503, (c) => c.send(1, "basic.qos-ok", {})],
    ["a channel that isn't open", 504, (c) => c.send(2, "basic.ack", ack)],
    ["a channel opened twice", 504, (c) => c.send(1, "channel.open", {})],
    [
      "immediate",
      540,
      (c) => {
        c.send(1, "basic.publish", { exchange: "", routingKey: "q", mandatory: false, immediate: true });
        c.frame(2, 1, headerPayload(0, noProperties));
      },
    ],
  ])("%s", async (_, replyCode, act) => {
    await client.open();
    await client.openChannel();
    const bystander = new RawClient(server.port);
    await bystander.open();
    act(client);
    expect(await client.expect("connection.close")).toMatchObject({ replyCode });
    client.send(0, "connection.close-ok", {});
    await client.closed();
    await bystander.openChannel();
    bystander.socket.destroy();
  });
});

describe("what is returned", () => {
  test("comes in one piece with its confirm", async () => {
    await client.open();
    await client.openChannel();
    client.send(1, "confirm.select", { noWait: false });
    await client.expect("confirm.select-ok");
    for (let i = 0; i < 20; i++) {
      client.send(1, "basic.publish", { exchange: "", routingKey: "nowhere", mandatory: true, immediate: false });
      client.frame(2, 1, headerPayload(0, noProperties));
      await once(client.socket, "data");
      expect(client.received.splice(0).map(({ name }) => name)).toEqual(["basic.return", "header", "basic.ack"]);
    }
  });
});

describe("the client's goodbye", () => {
  test("what came before is done before it is answered, what comes after is not", async () => {
    await client.open();
    await client.openChannel();
    const flags = { passive: false, durable: true, exclusive: false, autoDelete: false, noWait: true };
    client.send(1, "queue.declare", { queue: "q", ...flags, arguments: new Map() });
    client.publish(1, "q", Buffer.from("before"));
    client.send(0, "connection.close", { replyCode: 200, replyText: "bye", classId: 0, methodId: 0 });
    client.publish(1, "q", Buffer.from("after"));
    client.frame(3, 1, Buffer.from("nonsense"));
    await client.expect("connection.close-ok");
    const other = await (await server.connect()).createChannel();
    expect(await other.checkQueue("q")).toMatchObject({ messageCount: 1 });
  });

  test("it is answered when what came before fails", async () => {
    await client.open();
    await client.openChannel();
    client.send(1, "basic.publish", { exchange: "nowhere", routingKey: "", mandatory: false, immediate: false });
    client.frame(2, 1, headerPayload(0, noProperties));
    client.send(1, "basic.get", { queue: "nowhere", noAck: true });
    client.send(0, "connection.close", { replyCode: 200, replyText: "bye", classId: 0, methodId: 0 });
    await client.expect("channel.close");
    await client.expect("connection.close-ok");
  });
});

describe("channels", () => {
  test("a closing channel ignores everything but the answer, then its number is free", async () => {
    await client.open();
    await client.openChannel();
    client.send(1, "basic.ack", { deliveryTag: 5, multiple: false });
    expect(await client.expect("channel.close")).toMatchObject({ replyCode: 406, classId: 60, methodId: 80 });
    client.publish(1, "q", Buffer.from("ignored"));
    client.send(1, "basic.ack", ack);
    client.frame(3, 1, Buffer.alloc(5));
    client.send(1, "channel.close-ok", {});
    await client.openChannel();
  });

  test("there are no more of them than were negotiated", async () => {
    await client.open({ channelMax: 2 });
    await client.openChannel(1);
    await client.openChannel(7);
    client.send(2, "channel.open", {});
    expect(await client.expect("connection.close")).toMatchObject({ replyCode: 530 });
  });

  test("acknowledging all of nothing is allowed, a used tag is not", async () => {
    await client.open();
    await client.openChannel();
    await client.declare(1, "q");
    client.send(1, "basic.ack", { deliveryTag: 0, multiple: true });
    client.publish(1, "q", Buffer.from("x"));
    client.send(1, "basic.get", { queue: "q", noAck: false });
    expect(await client.expect("basic.get-ok")).toMatchObject({ deliveryTag: 1, messageCount: 0 });
    await client.next();
    await client.next();
    client.send(1, "basic.ack", ack);
    client.send(1, "basic.ack", ack);
    expect(await client.expect("channel.close")).toMatchObject({ replyCode: 406 });
  });

  test("a body beyond the limit closes the channel before it arrives", async () => {
    await client.open();
    await client.openChannel();
    client.send(1, "basic.publish", { exchange: "", routingKey: "q", mandatory: false, immediate: false });
    client.frame(2, 1, headerPayload(1_000_001, noProperties));
    expect(await client.expect("channel.close")).toMatchObject({ replyCode: 406 });
  });

  test("bodies are split at the negotiated frame_max", async () => {
    await client.open({ frameMax: 4096 });
    await client.openChannel();
    await client.declare(1, "q");
    client.send(1, "basic.publish", { exchange: "", routingKey: "q", mandatory: false, immediate: false });
    client.frame(2, 1, headerPayload(10_000, noProperties));
    for (const size of [4088, 4088, 1824]) client.frame(3, 1, Buffer.alloc(size, "x"));
    client.send(1, "basic.get", { queue: "q", noAck: true });
    await client.expect("basic.get-ok");
    expect((await client.next()).name).toBe("header");
    const sizes = [await client.next(), await client.next(), await client.next()].map((frame) => frame.payload.length);
    expect(sizes).toEqual([4088, 4088, 1824]);
  });
});

describe("transactions", () => {
  async function count(): Promise<number> {
    const flags = { passive: true, durable: true, exclusive: false, autoDelete: false, noWait: false };
    client.send(1, "queue.declare", { queue: "q", ...flags, arguments: new Map() });
    return (await client.expect("queue.declare-ok")).messageCount;
  }

  beforeEach(async () => {
    await client.open();
    await client.openChannel();
    await client.declare(1, "q");
    client.send(1, "tx.select", {});
    await client.expect("tx.select-ok");
  });

  test("nothing is published before the commit, and nothing at all after a rollback", async () => {
    client.publish(1, "q", Buffer.from("a"));
    expect(await count()).toBe(0);
    client.send(1, "tx.rollback", {});
    await client.expect("tx.rollback-ok");
    client.publish(1, "q", Buffer.from("b"));
    client.publish(1, "q", Buffer.from("c"));
    client.send(1, "tx.commit", {});
    await client.expect("tx.commit-ok");
    expect(await count()).toBe(2);
  });

  test("acknowledgements are undone by a rollback, and can be given again", async () => {
    client.publish(1, "q", Buffer.from("a"));
    client.send(1, "tx.commit", {});
    await client.expect("tx.commit-ok");
    client.send(1, "basic.get", { queue: "q", noAck: false });
    await client.expect("basic.get-ok");
    await client.next();
    await client.next();
    client.send(1, "basic.ack", ack);
    client.send(1, "tx.rollback", {});
    await client.expect("tx.rollback-ok");
    client.send(1, "basic.ack", ack);
    client.send(1, "tx.commit", {});
    await client.expect("tx.commit-ok");
    client.send(1, "basic.recover", { requeue: true });
    await client.expect("basic.recover-ok");
    expect(await count()).toBe(0);
  });

  test("confirms can't be had beside them", async () => {
    client.send(1, "confirm.select", { noWait: false });
    expect(await client.expect("channel.close")).toMatchObject({ replyCode: 406 });
  });
});

describe("slow peers", () => {
  test("one that doesn't read is given a bounded amount", async () => {
    await client.open();
    await client.openChannel();
    await client.declare(1, "q");
    client.send(1, "basic.consume", { ...consume, arguments: new Map() });
    await client.expect("basic.consume-ok");
    client.socket.pause();
    const publisher = await (await server.connect()).createConfirmChannel();
    const body = Buffer.alloc(500_000);
    for (let i = 0; i < 60; i++) publisher.sendToQueue("q", body);
    await publisher.waitForConfirms();
    // What was published after them has reached somebody who reads.
    await publisher.assertQueue("marker");
    publisher.sendToQueue("marker", Buffer.alloc(0));
    await new Promise<void>((resolve) => void publisher.consume("marker", () => resolve()));
    const { counts } = await server.broker.getQueue(
      { user: "guest", tags: [], address: null, door: "system" },
      "/",
      "q",
    );
    expect(counts.ready).toBeGreaterThan(20);
    client.socket.resume();
    await expect.poll(() => client.received.filter(({ name }) => name === "basic.deliver").length).toBe(60);
  });

  test("one that never acknowledges loses its channel, and the message goes back", async () => {
    const impatient = await startAmqpServer({ acknowledgementTimeoutMs: 100 });
    const slow = new RawClient(impatient.port);
    await slow.open();
    await slow.openChannel();
    await slow.declare(1, "q");
    slow.publish(1, "q", Buffer.from("x"));
    slow.send(1, "basic.get", { queue: "q", noAck: false });
    await slow.expect("basic.get-ok");
    await slow.next();
    await slow.next();
    const close = await slow.expect("channel.close");
    expect(close).toMatchObject({ replyCode: 406, replyText: expect.stringContaining("timed out") });
    slow.send(1, "channel.close-ok", {});
    await slow.openChannel();
    slow.send(1, "basic.get", { queue: "q", noAck: true });
    expect(await slow.expect("basic.get-ok")).toMatchObject({ redelivered: true });
    slow.socket.destroy();
    await impatient.close();
  });

  test("heartbeats are sent, and a silent peer is given up", async () => {
    await client.open({ heartbeat: 1 });
    await expect.poll(() => client.received.some(({ name }) => name === "heartbeat")).toBe(true);
    await client.closed();
  });
});
