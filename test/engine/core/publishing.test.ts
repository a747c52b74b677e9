import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import {
  bind,
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
  declareExchange,
  lease,
  publish,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(async () => {
  await expectTrueCounts(cluster);
  await cluster.close();
});

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
const take = async (queue: string) => bodies(await lease(broker(), queue, { autoAck: true }));

describe("routing", () => {
  test("the default exchange goes to the queue of that name, and tells when there is none", async () => {
    const queue = await declare(broker(), "named");
    expect(await publish(broker(), queue, "a")).toMatchObject({ routed: true, queues: [queue], rejected: [] });
    const lost = await publish(broker(), "nowhere", "a");
    expect(lost).toEqual({ messageId: null, routed: false, queues: [], rejected: [] });
    expect(await take(queue)).toEqual(["a"]);
  });

  test("unknown exchanges are not found, internal ones are refused, and neither harms what goes with it", async () => {
    const queue = await declare(broker(), "beside");
    await declareExchange(broker(), "inside", "fanout", { internal: true });
    const outcomes = await Promise.allSettled([
      publish(broker(), queue, "a"),
      publish(broker(), { exchange: "nowhere", routingKey: "" }, "b"),
      publish(broker(), { exchange: "inside", routingKey: "" }, "c"),
      publish(broker(), queue, "d", { headers: fromPlain({ CC: "no list" }) }),
      publish(broker(), queue, "e", { expiration: "soon" }),
      publish(broker(), "x".repeat(256), "f"),
      publish(broker(), "nul\0", "g"),
      publish(broker(), queue, "h"),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === "fulfilled" ? "stored" : outcome.reason.code))).toEqual([
      "stored",
      "not-found",
      "access-refused",
      "precondition-failed",
      "precondition-failed",
      "bad-request",
      "bad-request",
      "stored",
    ]);
    expect(await take(queue)).toEqual(["a", "h"]);
  });

  test("through exchanges bound to exchanges, in circles too, each queue gets one copy", async () => {
    const queue = await declare(broker(), "end of the circle");
    for (const name of ["one", "two"]) await declareExchange(broker(), name, "topic");
    await bind(broker(), "one", "two", "#", { kind: "exchange" });
    await bind(broker(), "two", "one", "#", { kind: "exchange" });
    await bind(broker(), "one", queue, "a.*");
    await bind(broker(), "two", queue, "*.b");
    expect((await publish(other(), { exchange: "one", routingKey: "a.b" }, "x")).queues).toEqual([queue]);
    expect(await take(queue)).toEqual(["x"]);
  });

  test("what an exchange can't route goes to its alternate exchange", async () => {
    const [rest, some] = [await declare(broker(), "rest"), await declare(broker(), "some")];
    await declareExchange(broker(), "catch", "fanout");
    await declareExchange(broker(), "choosy", "direct", { arguments: { "alternate-exchange": "catch" } });
    await bind(broker(), "catch", rest);
    await bind(broker(), "choosy", some, "some");
    await publish(broker(), { exchange: "choosy", routingKey: "some" }, "a");
    await publish(broker(), { exchange: "choosy", routingKey: "other" }, "b");
    expect([await take(some), await take(rest)]).toEqual([["a"], ["b"]]);
  });

  test("CC and BCC route too, and BCC is not delivered", async () => {
    const queues = [await declare(broker(), "to"), await declare(broker(), "cc"), await declare(broker(), "bcc")];
    const headers = fromPlain({ CC: ["cc"], BCC: ["bcc", "to"] });
    expect((await publish(broker(), "to", "x", { headers })).queues).toEqual(queues);
    for (const queue of queues) {
      const [message] = await lease(broker(), queue);
      expect([...(message?.properties.headers?.keys() ?? [])]).toEqual(["CC"]);
    }
  });

  test("the body is stored once, however many queues it goes to", async () => {
    await declareExchange(broker(), "wide", "fanout");
    for (let n = 0; n < 100; n++) await bind(broker(), "wide", await declare(broker(), `wide ${n}`));
    const { messageId, queues } = await publish(broker(), { exchange: "wide", routingKey: "" }, "x");
    expect(queues).toHaveLength(100);
    const [stored] = await cluster.sql<{ messages: number; entries: number }>(
      `SELECT (SELECT count(*)::integer FROM warren.message WHERE id = $1) AS messages,
              (SELECT count(*)::integer FROM warren.entry WHERE message_id = $1) AS entries`,
      [messageId],
    );
    expect(stored).toEqual({ messages: 1, entries: 100 });
  });
});

describe("bodies and properties", () => {
  test("come out byte by byte as they went in", async () => {
    const queue = await declare(broker(), "bytes");
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const large = Buffer.alloc(5_000_000, all);
    const properties = {
      contentType: "application/x-\u00ff",
      headers: fromPlain({ deep: { list: [1, "two", null, { three: 3.5 }] }, "<script>": "\0\u202e" }),
      deliveryMode: 2,
      priority: 7,
      correlationId: "c",
      replyTo: "r",
      messageId: "m",
      timestamp: 1_700_000_000,
      type: "t",
      userId: "u",
      appId: "a",
    };
    for (const body of [Buffer.alloc(0), all, large]) {
      await broker().publish(tester, { vhost: "/", exchange: "", routingKey: queue, properties, body });
    }
    const messages = await lease(broker(), queue);
    expect(messages.map(({ body }) => Buffer.compare(body, Buffer.alloc(0)) === 0)).toEqual([true, false, false]);
    expect(Buffer.compare(messages[1]?.body ?? all.subarray(1), all)).toBe(0);
    expect(Buffer.compare(messages[2]?.body ?? all, large)).toBe(0);
    expect(messages[2]?.bodySize).toBe(5_000_000);
    for (const message of messages) expect(message.properties).toEqual(properties);
  });
});

describe("length limits", () => {
  test("drop-head keeps the newest", async () => {
    const queue = await declare(broker(), "newest", { "x-max-length": 3 });
    await Promise.all([..."abcdef"].map((body) => publish(broker(), queue, body)));
    expect(await take(queue)).toEqual(["d", "e", "f"]);
    const small = await declare(broker(), "small", { "x-max-length-bytes": 5 });
    for (const body of ["aa", "bb", "cc", "dddd"]) await publish(other(), small, body);
    expect(await take(small)).toEqual(["dddd"]);
  });

  test("reject-publish keeps the oldest, and says who refused; other queues still get it", async () => {
    const full = await declare(broker(), "oldest", { "x-max-length": 2, "x-overflow": "reject-publish" });
    const free = await declare(broker(), "free");
    await declareExchange(broker(), "both", "fanout");
    await bind(broker(), "both", full);
    await bind(broker(), "both", free);
    const outcomes = await Promise.all(
      [..."abc"].map((x) => publish(broker(), { exchange: "both", routingKey: "" }, x)),
    );
    expect(outcomes.map(({ rejected }) => rejected)).toEqual([[], [], [full]]);
    expect(outcomes[2]?.queues).toEqual([free]);
    expect([await take(full), await take(free)]).toEqual([
      ["a", "b"],
      ["a", "b", "c"],
    ]);
  });

  test("nodes that publish at the same time don't exceed it together", async () => {
    const queue = await declare(broker(), "shared limit", { "x-max-length": 25, "x-overflow": "reject-publish" });
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => publish(n % 2 === 0 ? broker() : other(), queue, String(n))),
    );
    expect(outcomes.filter(({ rejected }) => rejected.length > 0)).toHaveLength(35);
    expect(await take(queue)).toHaveLength(25);
  });
});

test("a message goes into no queue that was deleted before its confirm", async () => {
  await declareExchange(broker(), "shrinking", "fanout");
  const names = Array.from({ length: 10 }, (_, n) => `shrinking ${n}`);
  for (const name of names) await bind(broker(), "shrinking", await declare(broker(), name));
  let publishing = true;
  const counts: number[] = [];
  const publisher = (async () => {
    while (publishing) {
      counts.push((await publish(other(), { exchange: "shrinking", routingKey: "" }, "x")).queues.length);
    }
  })();
  for (const name of names) {
    await broker().deleteQueue(tester, "/", name, { ifUnused: false, ifEmpty: false });
  }
  publishing = false;
  await publisher;
  expect((await publish(other(), { exchange: "shrinking", routingKey: "" }, "x")).routed).toBe(false);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(await codeOf(lease(other(), "shrinking 3"))).toBe("not-found");
});
