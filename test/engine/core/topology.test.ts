import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { Database } from "@/lib/engine/database";
import { sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import { QueueUsage } from "@/lib/engine/topology/usage";
import {
  bind,
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
  declareExchange,
  lease,
  pause,
  publish,
  tester,
} from "@/test/engine/core/cluster";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
const keep = { ifUnused: false, ifEmpty: false };

describe("vhosts", () => {
  test("come with their exchanges, are apart from each other, and take all they hold with them", async () => {
    expect(await broker().putVhost(tester, { name: "a", description: "first", tags: ["x"] })).toEqual({
      created: true,
    });
    expect(await broker().putVhost(tester, { name: "a", tags: [] })).toEqual({ created: false });
    expect(await other().getVhost(tester, "a")).toMatchObject({ name: "a", description: "first", tags: [] });
    const exchanges = await broker().listExchanges(tester, "a");
    expect(exchanges.map(({ name }) => name).sort()).toEqual([
      "",
      "amq.direct",
      "amq.fanout",
      "amq.headers",
      "amq.match",
      "amq.rabbitmq.trace",
      "amq.topic",
    ]);
    const queue = { name: "q", durable: true, autoDelete: false, exclusive: false, arguments: emptyTable };
    await broker().declareQueue(tester, { ...queue, vhost: "a" });
    expect(await codeOf(broker().getQueue(tester, "/", "q"))).toBe("not-found");
    await broker().deleteVhost(tester, "a");
    expect(await codeOf(other().getVhost(tester, "a"))).toBe("not-found");
    expect(await codeOf(other().getQueue(tester, "a", "q"))).toBe("not-found");
    expect(await codeOf(broker().deleteVhost(tester, "a"))).toBe("not-found");
    expect(await codeOf(broker().deleteVhost(tester, "/"))).toBe("precondition-failed");
    expect(await codeOf(broker().putVhost(tester, { name: "" }))).toBe("bad-request");
  });
});

describe("queues", () => {
  test("declared again must be the same", async () => {
    const args = { "x-message-ttl": 60_000 };
    await declare(broker(), "same", args);
    await publish(broker(), "same", "x");
    const traits = { vhost: "/", name: "same", durable: true, autoDelete: false, exclusive: false };
    expect(await other().declareQueue(tester, { ...traits, arguments: fromPlain(args) })).toEqual({
      name: "same",
      created: false,
      ready: 1,
      consumers: 0,
    });
    for (const change of [
      { durable: false },
      { autoDelete: true },
      { arguments: emptyTable },
      { arguments: fromPlain({ "x-message-ttl": 1 }) },
    ]) {
      const declaration = { ...traits, arguments: fromPlain(args), ...change };
      expect(await codeOf(other().declareQueue(tester, declaration))).toBe("precondition-failed");
    }
  });

  test("have names that are theirs to have, and sound arguments", async () => {
    const traits = { vhost: "/", durable: true, autoDelete: false, exclusive: false, arguments: emptyTable };
    const { name } = await broker().declareQueue(tester, { ...traits, name: "" });
    expect(name).toMatch(/^amq\.gen-.{22}$/);
    expect(await codeOf(declare(broker(), "amq.mine"))).toBe("access-refused");
    expect(await codeOf(declare(broker(), "x".repeat(256)))).toBe("bad-request");
    expect(await codeOf(declare(broker(), "nul\0"))).toBe("bad-request");
    expect(await codeOf(declare(broker(), "args", { "x-message-ttl": -1 }))).toBe("precondition-failed");
    expect(await codeOf(broker().declareQueue(tester, { ...traits, vhost: "nowhere", name: "q" }))).toBe("not-found");
    const hostile = `<script>"'%00\u202e 日本 ${"x".repeat(200)}`;
    await declare(broker(), hostile);
    await publish(broker(), hostile, "x");
    expect(bodies(await lease(broker(), hostile))).toEqual(["x"]);
  });

  test("are deleted only if empty, when asked so", async () => {
    await declare(broker(), "full");
    await publish(broker(), "full", "x");
    const ifEmpty = { ifUnused: false, ifEmpty: true };
    expect(await codeOf(broker().deleteQueue(tester, "/", "full", ifEmpty))).toBe("precondition-failed");
    expect(await other().deleteQueue(tester, "/", "full", keep)).toEqual({ messages: 1 });
    expect(await codeOf(broker().deleteQueue(tester, "/", "full", keep))).toBe("not-found");
  });

  test("made again begin empty, and what lay in the old one is cleared away", async () => {
    const before = await declare(broker(), "phoenix");
    for (const body of ["a", "b"]) await publish(broker(), before, body);
    const [held] = await lease(broker(), before, { max: 1 });
    await other().deleteQueue(tester, "/", before, keep);
    await declare(other(), "phoenix");
    expect(await lease(broker(), "phoenix")).toEqual([]);
    const receipt = held?.receipt ?? "";
    await broker().settle(tester, [{ receipt, outcome: { kind: "requeue" } }]);
    expect(await lease(broker(), "phoenix")).toEqual([]);
    await publish(broker(), "phoenix", "new");
    expect(bodies(await lease(other(), "phoenix", { autoAck: true }))).toEqual(["new"]);
    const leftovers = () =>
      cluster.sql<{ count: number }>(
        `SELECT count(*)::integer AS count FROM warren.entry e
         WHERE NOT EXISTS (SELECT FROM warren.queue q WHERE q.id = e.queue_id)`,
      );
    if (cluster.nodes[0]) await sweepLeftovers(cluster.nodes[0].context);
    expect(await leftovers()).toEqual([{ count: 0 }]);
  });
});

describe("exchanges", () => {
  test("declared again must be the same; reserved names are refused", async () => {
    await declareExchange(broker(), "x", "topic");
    await declareExchange(other(), "x", "topic");
    expect(await codeOf(declareExchange(other(), "x", "fanout"))).toBe("precondition-failed");
    expect(await codeOf(declareExchange(other(), "x", "topic", { internal: true }))).toBe("precondition-failed");
    await declareExchange(broker(), "amq.direct", "direct");
    expect(await codeOf(declareExchange(broker(), "amq.mine", "direct"))).toBe("access-refused");
    expect(await codeOf(declareExchange(broker(), "", "direct"))).toBe("access-refused");
    expect(await codeOf(broker().deleteExchange(tester, "/", "amq.direct", { ifUnused: false }))).toBe(
      "access-refused",
    );
    expect(await codeOf(broker().deleteExchange(tester, "/", "nowhere", { ifUnused: false }))).toBe("not-found");
    expect(await codeOf(declareExchange(broker(), "bad", "direct", { arguments: { "alternate-exchange": 1 } }))).toBe(
      "precondition-failed",
    );
  });

  test("go when they are unused: if asked so, and by themselves with the last binding", async () => {
    const queue = await declare(broker(), "bound");
    await declareExchange(broker(), "used", "fanout");
    const { propertiesKey } = await bind(broker(), "used", queue);
    const ifUnused = { ifUnused: true };
    expect(await codeOf(broker().deleteExchange(tester, "/", "used", ifUnused))).toBe("precondition-failed");
    const destination = { kind: "queue", name: queue } as const;
    await other().unbind(tester, { vhost: "/", source: "used", destination, propertiesKey });
    await broker().deleteExchange(tester, "/", "used", ifUnused);

    await declareExchange(broker(), "outer", "fanout", { autoDelete: true });
    await declareExchange(broker(), "inner", "fanout", { autoDelete: true });
    await bind(broker(), "outer", "inner", "", { kind: "exchange" });
    await bind(broker(), "inner", queue);
    await broker().deleteQueue(tester, "/", queue, keep);
    expect(await codeOf(other().getExchange(tester, "/", "inner"))).toBe("not-found");
    expect(await codeOf(other().getExchange(tester, "/", "outer"))).toBe("not-found");
  });
});

describe("bindings", () => {
  test("are made once, listed with those of the default exchange, and removed by their key", async () => {
    const queue = await declare(broker(), "listed");
    const binding = await bind(broker(), "amq.topic", queue, "a.#");
    expect(binding.propertiesKey).toBe("a.%23");
    await bind(other(), "amq.topic", queue, "a.#");
    await bind(other(), "amq.topic", queue, "");
    const destination = { kind: "queue", name: queue } as const;
    const listed = await other().listBindings(tester, { vhost: "/", destination });
    expect(listed.map(({ source, propertiesKey }) => [source, propertiesKey])).toEqual([
      ["", "listed"],
      ["amq.topic", "a.%23"],
      ["amq.topic", "~"],
    ]);
    const removal = { vhost: "/", source: "amq.topic", destination, propertiesKey: "a.%23" };
    await other().unbind(tester, removal);
    expect(await codeOf(broker().unbind(tester, removal))).toBe("not-found");
    const ofDefault = { vhost: "/", source: "", destination, propertiesKey: queue };
    expect(await codeOf(broker().unbind(tester, ofDefault))).toBe("access-refused");
    expect(await codeOf(bind(broker(), "", queue, "x"))).toBe("access-refused");
    expect(await codeOf(bind(broker(), "nowhere", queue))).toBe("not-found");
    expect(await codeOf(bind(broker(), "amq.topic", "nowhere"))).toBe("not-found");
  });

  test("of headers exchanges are told apart by their arguments", async () => {
    const queue = await declare(broker(), "by headers");
    const invalid = { arguments: fromPlain({ "x-match": "some" }) };
    expect(await codeOf(bind(broker(), "amq.headers", queue, "", invalid))).toBe("precondition-failed");
    const one = await bind(broker(), "amq.headers", queue, "", { arguments: fromPlain({ a: 1, b: "x" }) });
    const two = await bind(broker(), "amq.headers", queue, "", { arguments: fromPlain({ a: 2 }) });
    const same = await bind(broker(), "amq.headers", queue, "", { arguments: fromPlain({ b: "x", a: 1 }) });
    expect(new Set([one.propertiesKey, two.propertiesKey, same.propertiesKey]).size).toBe(2);
    await publish(broker(), { exchange: "amq.headers", routingKey: "" }, "hit", { headers: fromPlain({ a: 2 }) });
    await publish(broker(), { exchange: "amq.headers", routingKey: "" }, "miss", { headers: fromPlain({ a: 1 }) });
    expect(bodies(await lease(broker(), queue))).toEqual(["hit"]);
  });
});

test("a change made on one node holds for what another publishes after it", async () => {
  await declareExchange(broker(), "moving", "fanout");
  await publish(other(), { exchange: "moving", routingKey: "" }, "before");
  for (let n = 0; n < 20; n++) {
    const queue = await declare(broker(), `moving ${n}`);
    const { propertiesKey } = await bind(broker(), "moving", queue);
    const outcome = await publish(other(), { exchange: "moving", routingKey: "" }, String(n));
    expect(outcome.queues).toEqual([queue]);
    const destination = { kind: "queue", name: queue } as const;
    await other().unbind(tester, { vhost: "/", source: "moving", destination, propertiesKey });
    expect((await publish(broker(), { exchange: "moving", routingKey: "" }, "gone")).routed).toBe(false);
  }
});

test("a queue whose x-expires ends while it is declared again is made anew", async () => {
  const args = { "x-expires": 60_000 };
  await declare(broker(), "ending", args);
  const client = new Client({ connectionString: cluster.url });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("DELETE FROM warren.queue WHERE name = 'ending'");
    const declared = declare(broker(), "ending", args);
    declared.catch(() => {});
    const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while ((await cluster.sql(waiting)).length === 0) await pause(5);
    await client.query("COMMIT");
    await declared;
  } finally {
    await client.end();
  }
  expect((await broker().getQueue(tester, "/", "ending")).name).toBe("ending");
  await bind(broker(), "amq.fanout", "ending");
});

test("however short x-expires is, a queue that is used again and again stays", async () => {
  const touches: string[] = [];
  const database = {
    relaxed: { query: async ({ name }: { name: string }) => touches.push(name) && [{ queue_id: 1 }] },
  } as unknown as Database;
  const usage = new QueueUsage(database);
  const queue = { id: 1, limits: { expiresMs: 50 } };
  const used = performance.now();
  await usage.used(queue);
  while (performance.now() - used < 10) await pause(1);
  await usage.used(queue);
  expect(touches).toHaveLength(2);
});

test("a queue with x-expires goes when nobody uses it, and stays while somebody does; it dead-letters nothing", async () => {
  const grave = await declare(broker(), "no grave");
  const args = { "x-expires": 5_000, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave };
  for (const name of ["idle", "polled", "declared", "looked at"]) await declare(broker(), name, args);
  await publish(broker(), "idle", "x");
  let idle = true;
  const polling = (async () => {
    while (idle) expect(await lease(other(), "polled", { waitMs: 2_000 })).toEqual([]);
  })();
  const declaring = (async () => {
    while (idle) {
      await pause(200);
      await declare(other(), "declared", args);
      await other().getQueue(tester, "/", "looked at", { use: true });
    }
  })();
  const exists = async (name: string) =>
    (await broker().listQueues(tester, { vhost: "/" })).some((queue) => queue.name === name);
  while (await exists("idle")) await pause(100);
  expect([await exists("polled"), await exists("declared"), await exists("looked at")]).toEqual([true, true, true]);
  idle = false;
  await Promise.all([polling, declaring]);
  while ((await exists("polled")) || (await exists("declared"))) await pause(100);
  expect(await codeOf(lease(other(), "polled"))).toBe("not-found");
  expect(await lease(broker(), grave)).toEqual([]);
});
