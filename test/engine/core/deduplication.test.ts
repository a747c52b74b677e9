import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longString } from "@/lib/broker/properties/field-value";
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
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(3);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const named = (id: string) => ({ deliveryMode: 2, headers: new Map([["x-deduplication-id", longString(id)]]) });
const all = async (queue: string) => bodies(await lease(broker(), queue, { autoAck: true, max: 1000 }));

describe("a queue with x-deduplication-window", () => {
  test("stores one message of an id; the second is confirmed, and is neither unroutable nor counted", async () => {
    const queue = await declare(broker(), "once", { "x-deduplication-window": 60_000 });
    expect(await publish(broker(), queue, "a", named("1"))).toMatchObject({ routed: true, queues: [queue] });
    const second = await publish(broker(), queue, "b", named("1"));
    expect(second).toEqual({ messageId: null, routed: true, queues: [], rejected: [], duplicates: [queue] });
    await publish(broker(), queue, "c", named("2"));
    await publish(broker(), queue, "d");
    await publish(broker(), queue, "e");
    expect((await broker().getQueue(tester, "/", queue)).totals.publish).toBe(4);
    expect(await all(queue)).toEqual(["a", "c", "d", "e"]);
    await publish(broker(), queue, "also when the first has been taken", named("1"));
    expect(await all(queue)).toEqual([]);
    await expectTrueCounts(cluster);
  });

  test("forgets an id after its window, which a duplicate does not prolong", async () => {
    const queue = await declare(broker(), "window", { "x-deduplication-window": 5000 });
    await publish(broker(), queue, "a", named("1"));
    await pause(2500);
    await publish(broker(), queue, "b", named("1"));
    await pause(2600);
    await publish(broker(), queue, "c", named("1"));
    expect(await all(queue)).toEqual(["a", "c"]);
  });

  test("judges for itself: other queues of the same message, and other queues' ids, don't matter", async () => {
    await declareExchange(broker(), "all", "fanout");
    const once = await declare(broker(), "judging", { "x-deduplication-window": 60_000 });
    const other = await declare(broker(), "other", { "x-deduplication-window": 60_000 });
    const every = await declare(broker(), "not judging");
    for (const queue of [once, every]) await bind(broker(), "all", queue);
    await publish(broker(), other, "elsewhere", named("1"));
    await publish(broker(), { exchange: "all", routingKey: "" }, "a", named("1"));
    const again = await publish(broker(), { exchange: "all", routingKey: "" }, "b", named("1"));
    expect(again).toMatchObject({ queues: [every], duplicates: [once] });
    expect(await all(once)).toEqual(["a"]);
    expect(await all(every)).toEqual(["a", "b"]);
  });

  test("one of many at the same time, from three nodes, is stored", async () => {
    const queue = await declare(broker(), "raced", { "x-deduplication-window": 60_000 });
    const ids = Array.from({ length: 40 }, (_, n) => String(n));
    await Promise.all(
      cluster.nodes.flatMap((node) =>
        ids.flatMap((id) => [0, 1].map(() => publish(node.broker, queue, id, named(id)))),
      ),
    );
    expect((await all(queue)).toSorted()).toEqual(ids.toSorted());
    await expectTrueCounts(cluster);
  });

  test("what a full queue refuses has no duplicates", async () => {
    const queue = await declare(broker(), "full", {
      "x-deduplication-window": 60_000,
      "x-max-length": 1,
      "x-overflow": "reject-publish",
    });
    await publish(broker(), queue, "fills it");
    const outcomes = await Promise.all(["a", "b"].map((body) => publish(broker(), queue, body, named("1"))));
    expect(outcomes.map(({ rejected }) => rejected)).toEqual([[queue], [queue]]);
    expect(await all(queue)).toEqual(["fills it"]);
    await publish(broker(), queue, "c", named("1"));
    expect(await all(queue)).toEqual(["c"]);
  });

  test("survives connections that die: what was confirmed is there once, and so is what was tried again", async () => {
    const queue = await declare(broker(), "stormy", { "x-deduplication-window": 600_000 });
    const end = Date.now() + 2500;
    const sent: string[] = [];
    const publishing = async (node: number) => {
      for (let n = 0; Date.now() < end; n++) {
        const id = `${node}.${n}`;
        const sending = () => publish(cluster.nodes[node]?.broker ?? broker(), queue, id, named(id));
        // The usual way out of not knowing: send it again.
        while (
          !(await sending().then(
            () => true,
            () => false,
          ))
        );
        sent.push(id);
      }
    };
    const killing = async () => {
      while (Date.now() < end) {
        await pause(60);
        await cluster.killConnection();
      }
    };
    await Promise.all([publishing(0), publishing(1), publishing(2), killing()]);
    const got: string[] = [];
    for (let some = await all(queue); some.length > 0; some = await all(queue)) got.push(...some);
    expect(got.toSorted()).toEqual(sent.toSorted());
  });

  test("refuses what is no id, where it matters", async () => {
    const queue = await declare(broker(), "strict", { "x-deduplication-window": 60_000 });
    expect(await codeOf(publish(broker(), queue, "a", named("")))).toBe("precondition-failed");
    const plain = await declare(broker(), "easy");
    expect(await publish(broker(), plain, "a", named(""))).toMatchObject({ routed: true });
  });
});

test("ids are deleted when their window has ended", async () => {
  const queue = await declare(broker(), "swept", { "x-deduplication-window": 1 });
  await publish(broker(), queue, "a", named("old"));
  for (;;) {
    const [left] = await cluster.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM warren.deduplication WHERE id = 'old'",
    );
    if (left?.n === 0) break;
    await pause(100);
  }
});
