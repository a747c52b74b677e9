import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { consume, Nodes, numbers } from "@/test/support/amqp/nodes";

/** What consumers who acknowledge are given before it is stored; see decision 180. */
let nodes: Nodes;
let channel: ConfirmChannel;
let consuming: ConfirmChannel;
beforeEach(async () => {
  nodes = await Nodes.start(1);
  channel = await nodes.open();
  consuming = await nodes.open();
});
afterEach(async () => {
  await expectTrueCounts(nodes);
  await nodes.close();
});

const persistent = { persistent: true };

/** Publishes and counts the confirms; true for an ack. */
function publish(queue: string, bodies: readonly string[], options: object = persistent) {
  const confirms: boolean[] = [];
  for (const body of bodies)
    channel.sendToQueue(queue, Buffer.from(body), options, (error) => confirms.push(error === null));
  return confirms;
}

function at(seen: readonly (ConsumeMessage | null)[], index: number): ConsumeMessage {
  const message = seen.at(index);
  if (!message) throw new Error(`there is no message ${index}`);
  return message;
}

/** A queue with a consumer that waits, and takes straight what comes. */
async function ready(queue = "q", prefetch = 100, options: Parameters<ConfirmChannel["assertQueue"]>[1] = {}) {
  await channel.assertQueue(queue, options);
  await consuming.prefetch(prefetch);
  const consumer = await consume(consuming, queue);
  return { ...consumer, warmUps: await untilWaiting(queue, consumer.seen) };
}

/** Its consumer has looked into the queue, and knows that it is empty. Resolves with how many messages it took to find out. */
async function untilWaiting(queue: string, seen: (ConsumeMessage | null)[]): Promise<number> {
  let count = 0;
  await expect
    .poll(async () => {
      let isStraight = false;
      const from = seen.length;
      await nodes.whileNothingIsStored(async () => {
        publish(queue, ["warm-up"]);
        count++;
        const end = Date.now() + 300;
        while (!isStraight && Date.now() < end) {
          isStraight = seen.length > from;
          if (!isStraight) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      await expect.poll(() => seen.length).toBe(from + 1);
      consuming.ack(at(seen, -1));
      await channel.waitForConfirms();
      return isStraight;
    })
    .toBe(true);
  seen.length = 0;
  return count;
}

test("it is delivered before it is stored, and confirmed when it is acknowledged", async () => {
  const { seen, warmUps } = await ready();
  let total = warmUps;
  // As fast as most do it: nothing is stored meanwhile.
  const acknowledging = setInterval(() => {
    for (const message of seen.splice(0)) consuming.ack(message as ConsumeMessage);
  });
  let confirms: boolean[] = [];
  // On a machine that is busy with other things an acknowledgement may come too late, and is tried again.
  await expect
    .poll(async () => {
      await nodes.whileNothingIsStored(async () => {
        confirms = publish("q", ["a", "b"]);
        total += 2;
        await vi.waitUntil(() => confirms.length === 2, { timeout: 500 }).catch(() => {});
      });
      const inTime = confirms.slice();
      await channel.waitForConfirms();
      return inTime;
    })
    .toEqual([true, true]);
  clearInterval(acknowledging);
  await expect
    .poll(async () => (await nodes.statusOf("q")).totals)
    .toMatchObject({ publish: total, deliver: total, ack: total });
  expect((await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  expect(await nodes.sql("SELECT FROM warren.entry")).toHaveLength(0);
});

test("of a transient one the confirm doesn't wait for anything, so no answer to it comes before", async () => {
  const { seen, bodies } = await ready();
  await nodes.whileNothingIsStored(async () => {
    const confirms = publish("q", ["a", "b"], { persistent: false });
    await expect.poll(() => confirms).toEqual([true, true]);
    await expect.poll(bodies).toEqual(["a", "b"]);
  });
  // It is kept for who has it nevertheless.
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 2 });
  consuming.ack(at(seen, 0));
  await consuming.close();
  const next = await consume(await nodes.open(), "q");
  await expect.poll(next.bodies).toEqual(["b"]);
});

test("what is not acknowledged soon is stored, and confirmed then, as held by who has it", async () => {
  const { seen, bodies } = await ready();
  let confirms: boolean[] = [];
  await nodes.whileNothingIsStored(async () => {
    confirms = publish("q", ["a", "b"]);
    await expect.poll(bodies).toEqual(["a", "b"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(confirms).toEqual([]);
  });
  await expect.poll(() => confirms).toEqual([true, true]);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 2 });
  consuming.ack(at(seen, 0));
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 1 });
  await consuming.close();
  const next = await consume(await nodes.open(), "q");
  await expect.poll(next.bodies).toEqual(["b"]);
  expect(at(next.seen, 0).fields.redelivered).toBe(true);
});

test("what comes back at once is in its place", async () => {
  const { seen, bodies } = await ready();
  publish("q", ["a", "b", "c"]);
  await expect.poll(bodies).toEqual(["a", "b", "c"]);
  consuming.nack(at(seen, 1), false, true);
  await expect.poll(bodies).toEqual(["a", "b", "c", "b"]);
  consuming.nackAll(true);
  await expect.poll(bodies).toEqual(["a", "b", "c", "b", "a", "b", "c"]);
  expect(seen.slice(3).map((message) => message?.fields.redelivered)).toEqual([true, true, true, true]);
  consuming.ackAll();
});

test("a channel that closes at once gives it back, in order, before what comes later", async () => {
  const { seen } = await ready();
  for (let i = 0; i < 10; i++) publish("q", [String(i)]);
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  await consuming.close();
  const confirms = publish("q", ["later"]);
  await expect.poll(() => confirms).toEqual([true]);
  const next = await consume(await nodes.open(), "q", { noAck: true });
  await expect.poll(next.bodies).toEqual([...numbers(10), "later"]);
});

test("what is rejected is dead-lettered", async () => {
  await channel.assertQueue("dead");
  const options = { deadLetterExchange: "", deadLetterRoutingKey: "dead" };
  const { seen } = await ready("q", 100, options);
  const confirms = publish("q", ["a"]);
  await expect.poll(() => seen.length).toBe(1);
  consuming.reject(at(seen, 0), false);
  await expect.poll(() => confirms).toEqual([true]);
  const dead = await consume(await nodes.open(), "dead", { noAck: true });
  await expect.poll(dead.bodies).toEqual(["a"]);
  expect(at(dead.seen, 0).properties.headers?.["x-death"]).toMatchObject([
    { queue: "q", reason: "rejected", count: 1 },
  ]);
});

test("prefetch is kept and the order, whoever is faster", { timeout: 120_000 }, async () => {
  await ready("q", 50);
  await consuming.close();
  const slow = await nodes.open();
  await slow.prefetch(50);
  const seen: string[] = [];
  let held = 0;
  let most = 0;
  const pauses = [0, 300, 0, 50, 0];
  await slow.consume("q", (message) => {
    if (!message) return;
    seen.push(message.content.toString());
    most = Math.max(most, ++held);
    const answer = () => {
      held--;
      slow.ack(message);
    };
    const pause = pauses[Math.floor(seen.length / 2000) % pauses.length] ?? 0;
    if (seen.length % 500 === 0 && pause > 0) setTimeout(answer, pause);
    else answer();
  });
  const total = 15_000;
  let confirmed = 0;
  for (let i = 0; i < total; i++) {
    channel.sendToQueue("q", Buffer.from(String(i)), { persistent: i % 3 > 0 }, (error) => {
      if (error === null) confirmed++;
    });
    if (i % 700 === 0) await channel.waitForConfirms();
    else if (i % 50 === 0) await new Promise(setImmediate);
  }
  await channel.waitForConfirms();
  await expect.poll(() => seen.length, { timeout: 60_000 }).toBe(total);
  expect(seen).toEqual(numbers(total));
  expect(confirmed).toBe(total);
  expect(most).toBeLessThanOrEqual(50);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  const { publish: published, ack } = (await nodes.statusOf("q")).totals;
  expect(published).toBe(ack);
});

test("nobody waits for a consumer who is at work", async () => {
  const { bodies } = await ready("q", 1);
  const confirms = publish("q", numbers(100));
  await expect.poll(() => confirms.length).toBe(100);
  expect(confirms.every((isStored) => isStored)).toBe(true);
  expect(bodies()).toEqual(["0"]);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 99, unacknowledged: 1 });
});

test("a transient message for several queues is stored, whoever waits there", async () => {
  await channel.assertExchange("news", "fanout");
  for (const queue of ["a", "b"]) {
    await channel.assertQueue(queue);
    await channel.bindQueue(queue, "news", "");
  }
  const [a, b] = [await ready("a"), await ready("b")];
  let confirms = 0;
  channel.publish("news", "", Buffer.from("x"), {}, () => confirms++);
  await expect.poll(() => confirms).toBe(1);
  await expect.poll(() => [a.bodies(), b.bodies()]).toEqual([["x"], ["x"]]);
  consuming.ackAll();
});

test("what is not acknowledged is stored, and takes no memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const { consumerTag } = await ready("q", 0);
  await consuming.cancel(consumerTag);
  const before = used();
  let count = 0;
  const publishSome = async () => {
    for (let i = 0; i < 40; i++) {
      channel.sendToQueue("q", Buffer.alloc(1024 * 1024), persistent);
      if (i % 10 === 9) await channel.waitForConfirms();
    }
  };
  await publishSome();
  await consuming.consume("q", () => count++);
  await expect.poll(() => count).toBe(40);
  await publishSome();
  await expect.poll(() => count).toBe(80);
  await expect.poll(() => (used() - before) / 1024 / 1024).toBeLessThan(30);
});

test("what can't be stored is nacked, and whoever has it may acknowledge it all the same", async () => {
  const { seen, bodies } = await ready();
  const mine = (await nodes.sql<{ pid: number }>("SELECT pg_backend_pid() AS pid"))[0]?.pid;
  let confirms: boolean[] = [];
  await nodes.whileNothingIsStored(async () => {
    confirms = publish("q", ["a"]);
    await expect.poll(bodies).toEqual(["a"]);
    // It waits for the lock by now, or will.
    await expect
      .poll(async () => {
        await nodes.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> ${mine} AND wait_event_type = 'Lock'`);
        return confirms;
      })
      .toEqual([false]);
  });
  consuming.ack(at(seen, 0));
  const again = publish("q", ["b"]);
  await expect.poll(bodies).toContain("b");
  consuming.ackAll();
  await expect.poll(() => again).toEqual([true]);
});

test("a queue that is deleted takes with it what its consumers have", async () => {
  const { seen, bodies } = await ready();
  const confirms = publish("q", numbers(5));
  await expect.poll(bodies).toEqual(numbers(5));
  await channel.deleteQueue("q");
  await expect.poll(() => seen.at(-1)).toBeNull();
  expect(confirms).toEqual(Array(5).fill(true));
  consuming.ack(at(seen, 0));
  await consuming.checkExchange("amq.direct");
  expect(await channel.assertQueue("q")).toMatchObject({ messageCount: 0 });
});

test("while somebody else takes messages, it is held by itself, and comes back all the same", async () => {
  const { seen, bodies } = await ready();
  await nodes.whileClaimed(async () => {
    const confirms = publish("q", ["a", "b", "c"]);
    await expect.poll(() => confirms).toEqual([true, true, true]);
  });
  await expect.poll(bodies).toEqual(["a", "b", "c"]);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 3 });
  await expectTrueCounts(nodes);
  consuming.ack(at(seen, 0));
  consuming.nackAll(true);
  await expect.poll(bodies).toEqual(["a", "b", "c", "b", "c"]);
  consuming.ackAll();
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
});

test("what is given while somebody looks into the queue has its place among the others when all come back", async () => {
  const { bodies } = await ready();
  const first = publish("q", ["a"]);
  await expect.poll(() => first).toEqual([true]);
  let second: boolean[] = [];
  await nodes.whileClaimed(async () => {
    second = publish("q", ["b"]);
    await expect.poll(bodies).toEqual(["a", "b"]);
    // Less than who looks would be waited for.
    await new Promise((resolve) => setTimeout(resolve, 25));
  });
  await expect.poll(() => second).toEqual([true]);
  consuming.nackAll(true);
  await expect.poll(bodies).toEqual(["a", "b", "a", "b"]);
  consuming.ackAll();
});

test("what a node has in hand that was given up is ready for others, and redelivered", async () => {
  const { seen } = await ready();
  await nodes.giveUp(0);
  const confirms = publish("q", ["a"]);
  await expect.poll(() => confirms, { timeout: 20_000 }).toEqual([true]);
  await nodes.add();
  const next = await consume(await nodes.open(1), "q", { noAck: true });
  await expect.poll(() => [...seen, ...next.seen].map((message) => message?.fields.redelivered)).toEqual([false, true]);
});

test("a node that was given up, and was not dead, goes on as another one", async () => {
  const { seen, bodies } = await ready();
  const { doors } = nodes.node(0).composed;
  const before = doors.node;
  await nodes.giveUp(0);
  await expect.poll(() => doors.node, { timeout: 20_000 }).not.toBe(before);
  await expect
    .poll(() => nodes.sql("SELECT FROM warren.node WHERE gone_at IS NULL"), { timeout: 20_000 })
    .toHaveLength(1);
  const confirms = publish("q", ["a", "b"]);
  await expect.poll(() => confirms).toEqual([true, true]);
  expect(bodies()).toEqual(["a", "b"]);
  expect(await nodes.sql("SELECT DISTINCT node::integer AS node FROM warren.claim")).toEqual([
    { node: Number(doors.node) },
  ]);
  consuming.ack(at(seen, 1), true);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
});

test("it can be found again, with what became of it", async () => {
  const { seen } = await ready();
  publish("q", numbers(15), { ...persistent, messageId: "m" });
  await expect.poll(() => seen.length).toBe(15);
  consuming.ackAll();
  await channel.waitForConfirms();
  const query = { vhost: "/", property: "message_id" as const, value: "m" };
  const lives = async () => (await nodes.broker.failures.timeline(systemActor, query)).lives;
  await expect.poll(async () => (await lives()).length).toBe(15);
  const kinds = new Set((await lives()).map(({ events }) => events.map(({ kind }) => kind).join()));
  expect([...kinds]).toEqual(["published,delivered,acknowledged"]);
});

test("what lives for a moment only has no longer for having been given away", async () => {
  const { seen } = await ready();
  publish("q", ["a"], { ...persistent, expiration: "400" });
  await expect.poll(() => seen.length).toBe(1);
  const left = async () =>
    (
      await nodes.sql<{ ms: number }>(
        "SELECT extract(epoch FROM expires_at - now())::float8 * 1000 AS ms FROM warren.entry",
      )
    )[0]?.ms;
  await expect.poll(left).toBeLessThanOrEqual(400);
  await new Promise((resolve) => setTimeout(resolve, 450));
  consuming.nack(at(seen, 0), false, true);
  await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  expect(seen).toHaveLength(1);
});

test("a node that is told to store first delivers nothing before that, but what is transient", async () => {
  await nodes.add({ storeFirst: true });
  const near = await nodes.open(1);
  await near.assertQueue("first");
  const { bodies } = await consume(await nodes.open(1), "first");
  let count = 0;
  await expect
    .poll(async () => {
      let isStraight = false;
      const before = bodies().length;
      await nodes.whileNothingIsStored(async () => {
        near.sendToQueue("first", Buffer.from(String(count++)));
        await new Promise((resolve) => setTimeout(resolve, 100));
        isStraight = bodies().length > before;
      });
      await expect.poll(() => bodies().length).toBe(before + 1);
      return isStraight;
    })
    .toBe(true);
  await near.waitForConfirms();
  await nodes.whileNothingIsStored(async () => {
    near.sendToQueue("first", Buffer.from("kept"), persistent);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(bodies()).toEqual(numbers(count));
  });
  await near.waitForConfirms();
  await expect.poll(bodies).toEqual([...numbers(count), "kept"]);
});

describe("with two nodes", () => {
  test("who publishes on the other one comes in between, and nothing is lost or given twice", {
    timeout: 60_000,
  }, async () => {
    const { seen } = await ready();
    await nodes.add();
    const far = await nodes.open(1);
    const total = 400;
    let answered = 0;
    const work = (async () => {
      for (let i = 0; i < total; i++) {
        far.sendToQueue("q", Buffer.from(`far ${i}`), persistent);
        publish("q", [`near ${i}`]);
        await new Promise((resolve) => setTimeout(resolve, i % 3));
        for (; answered < seen.length && answered < i; answered++) consuming.ack(at(seen, answered));
      }
      await Promise.all([far.waitForConfirms(), channel.waitForConfirms()]);
    })();
    const answering = setInterval(() => {
      for (; answered < seen.length; answered++) consuming.ack(at(seen, answered));
    }, 20);
    await work;
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(2 * total);
    clearInterval(answering);
    const bodies = seen.map((message) => String(message?.content));
    expect(new Set(bodies).size).toBe(2 * total);
    for (const side of ["near", "far"]) {
      expect(bodies.filter((body) => body.startsWith(side))).toEqual(
        numbers(total).map((number) => `${side} ${number}`),
      );
    }
    for (; answered < seen.length; answered++) consuming.ack(at(seen, answered));
    await expect.poll(async () => (await nodes.statusOf("q")).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  });
});
