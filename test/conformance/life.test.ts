import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparable } from "@/test/conformance/comparable";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { rabbitMqSide } from "@/test/conformance/rabbitmq-side";
import { drain, eventually, type Outcome, type Side, type Taken } from "@/test/conformance/side";
import { warrenSide } from "@/test/conformance/warren-side";
import { type EngineForTest, engineForTest } from "@/test/model/engine-for-test";
import { ModelBroker } from "@/test/model/model-broker";

/** A slow machine compares fewer. */
const timeLimitMs = 240_000;
/** How many random programs are compared; WARREN_CONFORMANCE_RUNS raises it. */
const runs = Number(process.env.WARREN_CONFORMANCE_RUNS ?? 30);

describe.skipIf(!rabbitMqIsInstalled())("the life of messages, as RabbitMQ has it", () => {
  let server: RabbitMqServer;
  let engine: EngineForTest;
  let vhosts = 0;

  beforeAll(async () => {
    [server, engine] = await Promise.all([startRabbitMq(), engineForTest()]);
  });
  afterAll(() => Promise.all([server?.stop(), engine?.close()]));

  /** Does the same on RabbitMQ, on the model and on the engine; what is seen must be the same. */
  async function compare(scenario: (side: Side) => Promise<unknown>): Promise<void> {
    const vhost = `conformance-${++vhosts}`;
    const sides = [
      await rabbitMqSide(server.url),
      await warrenSide(new ModelBroker(), vhost),
      await warrenSide(engine.broker, vhost),
    ];
    const [theirs, models, engines] = await Promise.all(
      sides.map(async (side) => {
        try {
          return await scenario(side);
        } finally {
          await side.close();
        }
      }),
    );
    expect(models, "the model").toEqual(theirs);
    expect(engines, "the engine").toEqual(theirs);
  }

  const seen = async (side: Side, queue: string) => (await drain(side, queue)).map(comparable);
  const take = async (side: Side, queue: string): Promise<Taken> => {
    const taken = await side.take(queue);
    if (!taken) throw new Error(`nothing in ${queue}`);
    return taken;
  };

  test("a rejected message: x-death, keys kept, CC counted among them", () =>
    compare(async (side) => {
      await side.exchange("dlx", "fanout");
      await side.queue("dead");
      await side.bindQueue("dlx", "dead", "");
      await side.queue("work", { "x-dead-letter-exchange": "dlx" });
      await side.publish({
        exchange: "",
        key: "work",
        body: "a",
        headers: { CC: ["copy"], n: 1 },
        expiration: "600000",
      });
      await side.settle(await take(side, "work"), "reject");
      return seen(side, "dead");
    }));

  test("a dead-letter routing key replaces the keys and removes CC", () =>
    compare(async (side) => {
      await side.queue("dead");
      await side.queue("work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" });
      await side.publish({ exchange: "", key: "work", body: "a", headers: { CC: ["copy"] } });
      await side.settle(await take(side, "work"), "reject");
      return seen(side, "dead");
    }));

  test("deaths here and there: counted by queue and reason, the latest first", () =>
    compare(async (side) => {
      await side.queue("one", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "two" });
      await side.queue("two", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "one" });
      await side.publish({ exchange: "", key: "one", body: "a" });
      for (const queue of ["one", "two", "one", "two", "one"]) {
        await side.settle(await take(side, queue), "reject");
      }
      return seen(side, "two");
    }));

  test("expiry: of the message and of the queue, the lower one, with the original expiration kept", () =>
    compare(async (side) => {
      await side.exchange("dlx", "fanout");
      await side.queue("dead");
      await side.bindQueue("dlx", "dead", "");
      await side.queue("short", { "x-dead-letter-exchange": "dlx", "x-message-ttl": 30 });
      await side.queue("long", { "x-dead-letter-exchange": "dlx", "x-message-ttl": 600_000 });
      await side.publish({ exchange: "", key: "short", body: "a", expiration: "600000" });
      await eventually(async () => (await side.ready("dead")) === 1);
      await side.publish({ exchange: "", key: "long", body: "b", expiration: "40" });
      await eventually(async () => (await side.ready("dead")) === 2);
      await side.publish({ exchange: "", key: "long", body: "c", expiration: "0" });
      await eventually(async () => (await side.ready("dead")) === 3);
      return seen(side, "dead");
    }));

  test("an expired message is never delivered, and a requeued one keeps its time", () =>
    compare(async (side) => {
      await side.queue("work");
      await side.publish({ exchange: "", key: "work", body: "a", expiration: "3000" });
      const held = await take(side, "work");
      await new Promise((resolve) => setTimeout(resolve, 3200));
      await side.settle(held, "requeue");
      await eventually(async () => (await side.ready("work")) === 0);
      return side.take("work");
    }));

  test("an automatic circle ends, one with a rejection goes on", () =>
    compare(async (side) => {
      await side.queue("one", {
        "x-message-ttl": 30,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "two",
      });
      await side.queue("two", {
        "x-message-ttl": 30,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "one",
      });
      await side.queue("three", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "four" });
      await side.queue("four", {
        "x-message-ttl": 30,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "three",
      });
      await side.publish({ exchange: "", key: "one", body: "a" });
      await eventually(async () => (await side.ready("one")) + (await side.ready("two")) === 0);
      await side.publish({ exchange: "", key: "three", body: "b" });
      await side.settle(await take(side, "three"), "reject");
      await eventually(async () => (await side.ready("three")) === 1);
      return seen(side, "three");
    }));

  test("a missing dead-letter exchange: gone", () =>
    compare(async (side) => {
      await side.queue("work", { "x-dead-letter-exchange": "nowhere" });
      await side.publish({ exchange: "", key: "work", body: "a" });
      await side.settle(await take(side, "work"), "reject");
      return seen(side, "work");
    }));

  const queueNames = ["plain", "short", "small", "refusing", "urgent", "dead"] as const;
  type Name = (typeof queueNames)[number];
  type Step =
    | { readonly do: "publish"; readonly queue: Name; readonly priority: number | undefined; readonly bytes: number }
    | { readonly do: "take"; readonly queue: Name }
    | { readonly do: "settle"; readonly which: number; readonly outcome: Outcome };

  const name = fc.constantFrom(...queueNames);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("publish" as const),
        queue: name,
        priority: fc.option(fc.nat(5), { nil: undefined }),
        bytes: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("take" as const), queue: name }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("settle" as const),
        which: fc.nat(20),
        outcome: fc.constantFrom<Outcome>("ack", "requeue", "reject"),
      }),
    },
  );

  test("random programs: order, redelivery, length limits, priorities, dead letters", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) =>
        compare((side) => run(side, steps)),
      ),
      { numRuns: runs, interruptAfterTimeLimit: timeLimitMs },
    );
  }, 600_000);

  async function run(side: Side, steps: readonly Step[]): Promise<unknown> {
    const toDead = { "x-dead-letter-exchange": "dlx" };
    await side.exchange("dlx", "fanout");
    await side.queue("plain", toDead);
    await side.queue("short", { ...toDead, "x-max-length": 2 });
    await side.queue("small", { ...toDead, "x-max-length-bytes": 12 });
    await side.queue("refusing", { ...toDead, "x-max-length": 2, "x-overflow": "reject-publish" });
    await side.queue("urgent", { ...toDead, "x-max-priority": 3, "x-max-length": 4 });
    await side.queue("dead");
    await side.bindQueue("dlx", "dead", "");
    const held: Taken[] = [];
    const log: unknown[] = [];
    for (const [i, one] of steps.entries()) {
      if (one.do === "publish") {
        const body = String(i).padEnd(one.bytes, ".");
        const { priority } = one;
        log.push(
          await side.publish({ exchange: "", key: one.queue, body, ...(priority !== undefined && { priority }) }),
        );
      } else if (one.do === "take") {
        const taken = await side.take(one.queue);
        log.push(taken && comparable(taken.seen));
        if (taken) held.push(taken);
      } else if (held.length > 0) {
        const [taken] = held.splice(one.which % held.length, 1);
        if (taken) await side.settle(taken, one.outcome);
      }
      log.push(await Promise.all(queueNames.map((queue) => side.ready(queue))));
    }
    const left = [];
    for (const queue of queueNames) left.push(await seen(side, queue));
    return { log, left };
  }
});
