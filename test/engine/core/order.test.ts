import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { enterQueues } from "@/lib/engine/sql/shards";
import {
  bodies,
  type Cluster,
  createCluster,
  declare,
  lease,
  pause,
  publish,
  settle,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(3);
});
afterAll(() => cluster.close());

const node = (index: number) => {
  const found = cluster.nodes[index];
  if (!found) throw new Error(`no node ${index}`);
  return found;
};

describe("the cursor and numbers that are committed late", () => {
  test("nobody gets past a number that is taken and not yet committed", async () => {
    const queue = await declare(cluster.broker, "late");
    const { messageId } = await publish(cluster.broker, queue, "first");
    const { context } = node(0);
    const { version, queueId } = await context.topology
      .fresh()
      .then((topology) => ({ version: topology.version, queueId: topology.queue("/", queue).id }));
    const copy = { messageId: messageId ?? 0, bytes: 5, envelope: null, death: null };
    const placements = [{ queueId, rank: 0, ttlMs: null }];
    let confirmed = false;
    let commit = () => {};
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let taken = () => {};
    const isTaken = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const slow = context.database.main.transaction(async (tx) => {
      await enterQueues(tx, version, [queueId]);
      await insertEntryCopies(tx, [{ ...copy, placements }]);
      taken();
      await mayCommit;
      expect(confirmed).toBe(false);
    });
    await isTaken;
    const quick = publish(node(1).broker, queue, "third").then(() => {
      confirmed = true;
    });
    const early = await lease(node(2).broker, queue);
    expect(bodies(early)).toEqual(["first"]);
    await pause(300);
    commit();
    await Promise.all([slow, quick]);
    const late = await lease(node(2).broker, queue);
    expect(bodies(late)).toEqual(["first", "third"]);
    await settle(cluster.broker, [...early, ...late], { kind: "ack" });
    await expectTrueCounts(cluster);
  });

  test("two nodes publish to the same queue while a third takes: nothing stays behind", async () => {
    const queue = await declare(cluster.broker, "busy");
    const sent: string[] = [];
    let done = false;
    const publishing = async (index: number) => {
      for (let n = 0; n < 60; n++) {
        const batch = Array.from({ length: 1 + (n % 17) }, (_, k) => `${index}-${n}-${k}`);
        await Promise.all(batch.map((body) => publish(node(index).broker, queue, body)));
        sent.push(...batch);
      }
    };
    const got: Leased[] = [];
    const taking = async () => {
      for (;;) {
        const last = done;
        const messages = await lease(node(2).broker, queue, { autoAck: true, max: 7 });
        got.push(...messages);
        if (last && messages.length === 0) return;
      }
    };
    const publishers = Promise.all([publishing(0), publishing(1)]).then(() => {
      done = true;
    });
    await Promise.all([publishers, taking()]);
    expect(bodies(got).sort()).toEqual(sent.sort());
    expect(got.map(({ id }) => id)).toEqual(got.map(({ id }) => id).sort((a, b) => a - b));
    await expectTrueCounts(cluster);
  });
});

test("one publisher, one consumer: first in, first out, also after requeue", async () => {
  const queue = await declare(cluster.broker, "fifo");
  const sent = Array.from({ length: 300 }, (_, n) => String(n));
  await Promise.all(sent.map((body) => publish(node(0).broker, queue, body)));
  const acknowledged: string[] = [];
  let round = 0;
  while (acknowledged.length < sent.length) {
    const messages = await lease(node(1).broker, queue, { max: 10 });
    const numbers = bodies(messages).map(Number);
    expect(numbers).toEqual(numbers.map((_, index) => acknowledged.length + index));
    // Every third round all but the first come back, and must come again in their order.
    const kept = round++ % 3 === 0 ? messages.slice(0, 1) : messages;
    await settle(node(1).broker, kept, { kind: "ack" });
    const back = messages.slice(kept.length).reverse();
    await settle(node(2).broker, back, { kind: "requeue" });
    acknowledged.push(...bodies(kept));
  }
  expect(acknowledged).toEqual(sent);
});

test("persistent and transient messages of one publisher keep their order", async () => {
  const queue = await declare(cluster.broker, "mixed");
  const sent = Array.from({ length: 100 }, (_, n) => String(n));
  await Promise.all(sent.map((body, n) => publish(node(0).broker, queue, body, { deliveryMode: n % 2 === 0 ? 2 : 1 })));
  expect(bodies(await lease(node(1).broker, queue))).toEqual(sent);
});
