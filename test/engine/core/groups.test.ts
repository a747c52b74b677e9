import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { longString } from "@/lib/broker/properties/field-value";
import {
  bodies,
  type Cluster,
  type ClusterNode,
  codeOf,
  createCluster,
  declare,
  lease,
  pause,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const ordered = (name: string, args: object = {}) => declare(broker(), name, { "x-ordered-groups": true, ...args });
const of = (group: string) => ({ deliveryMode: 2, headers: new Map([["x-group-id", longString(group)]]) });
const send = async (queue: string, ...all: string[]) => {
  // The group is what stands before the digit.
  for (const body of all) await publish(broker(), queue, body, of(body.replace(/\d+$/, "")));
};

describe("a queue with ordered groups", () => {
  test("hands out one of each group at a time, in order, and groups beside each other", async () => {
    const queue = await ordered("basic");
    await send(queue, "a1", "a2", "b1", "a3", "b2", "c1");
    const first = await lease(broker(), queue);
    expect(bodies(first)).toEqual(["a1", "b1", "c1"]);
    expect(await lease(broker(), queue)).toEqual([]);
    await settle(broker(), first.slice(0, 1), { kind: "ack" });
    const second = await lease(broker(), queue);
    expect(bodies(second)).toEqual(["a2"]);
    await settle(broker(), [...first.slice(1), ...second], { kind: "ack" });
    expect(bodies(await lease(broker(), queue, { max: 1, autoAck: true }))).toEqual(["a3"]);
    expect(bodies(await lease(broker(), queue, { autoAck: true }))).toEqual(["b2"]);
    await expectTrueCounts(cluster);
  });

  test("waits for one that is to be tried again, at once or later, or whose lease ran out", async () => {
    const queue = await ordered("retried");
    await send(queue, "a1", "a2", "b1");
    const [a1, b1] = await lease(broker(), queue);
    await settle(broker(), b1 ? [b1] : [], { kind: "ack" });
    await settle(broker(), a1 ? [a1] : [], { kind: "requeue", delayMs: 3000 });
    expect(await lease(broker(), queue)).toEqual([]);
    const again = await lease(broker(), queue, { waitMs: 5000, visibilityTimeoutMs: 200 });
    expect(bodies(again)).toEqual(["a1"]);
    expect(again[0]?.redelivered).toBe(true);
    const third = await lease(broker(), queue, { waitMs: 5000 });
    expect(bodies(third)).toEqual(["a1"]);
    await settle(broker(), third, { kind: "requeue" });
    const fourth = await lease(broker(), queue);
    expect(bodies(fourth)).toEqual(["a1"]);
    await settle(broker(), fourth, { kind: "reject" });
    expect(bodies(await lease(broker(), queue, { waitMs: 5000 }))).toEqual(["a2"]);
  });

  test("a waiting consumer hears when the one before is done", async () => {
    const queue = await ordered("awaited");
    await send(queue, "a1", "a2");
    const held = await lease(broker(), queue);
    const waiting = lease(broker(), queue, { waitMs: 10_000 });
    await pause(1500);
    await settle(broker(), held, { kind: "ack" });
    expect(bodies(await waiting)).toEqual(["a2"]);
  });

  test("finds other groups behind a long one", async () => {
    const queue = await ordered("long");
    await Promise.all(Array.from({ length: 700 }, (_, n) => publish(broker(), queue, `a${n}`, of("a"))));
    await send(queue, "b1");
    const held = await lease(broker(), queue, { max: 10 });
    expect(bodies(held)).toEqual(["a0"]);
    expect(bodies(await lease(broker(), queue, { max: 10 }))).toEqual(["b1"]);
    await settle(broker(), held, { kind: "ack" });
    expect(bodies(await lease(broker(), queue, { max: 10 }))).toEqual(["a1"]);
    expect((await broker().getQueue(tester, "/", queue)).counts).toMatchObject({ ready: 698, unacknowledged: 2 });
    const purged = await broker().purgeQueue(tester, "/", queue);
    expect(purged.messages).toBe(698);
    await expectTrueCounts(cluster);
    await broker().restoreTrash(tester, purged.trash ?? "");
    expect(await lease(broker(), queue)).toEqual([]);
    await expectTrueCounts(cluster);
  });

  test("messages without a group wait for nobody", async () => {
    const queue = await ordered("free");
    await send(queue, "a1", "a2");
    for (const body of ["x", "y"]) await publish(broker(), queue, body);
    const got = await lease(broker(), queue);
    expect(bodies(got)).toEqual(["a1", "x", "y"]);
    await settle(broker(), got.slice(1), { kind: "requeue" });
    expect(bodies(await lease(broker(), queue))).toEqual(["x", "y"]);
    expect(await codeOf(publish(broker(), queue, "z", of("")))).toBe("precondition-failed");
  });

  test("drops from its head, and buries what has expired there, whichever group waits", async () => {
    const queue = await ordered("bounded", { "x-max-length": 2 });
    await send(queue, "a1", "a2", "a3");
    expect(bodies(await lease(broker(), queue))).toEqual(["a2"]);
    // On a machine that stands still for that long, the first one has expired before it was asked for.
    let brief = "";
    let held: readonly Leased[] = [];
    await vi.waitFor(
      async () => {
        brief = await ordered("brief", { "x-message-ttl": 3000 });
        await send(brief, "a1", "a2");
        held = await lease(broker(), brief);
        expect(bodies(held)).toEqual(["a1"]);
      },
      { timeout: 30_000 },
    );
    await pause(3600);
    await settle(broker(), held, { kind: "ack" });
    expect((await broker().getQueue(tester, "/", brief)).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
  });
});

test("many consumers, two nodes, retries: each group in order, one in flight", async () => {
  const queue = await ordered("stormy");
  const groups = ["a", "b", "c", "d", "e"];
  const perGroup = 60;
  const held = new Map<string, string>();
  const next = new Map(groups.map((group) => [group, 0]));
  const violations: string[] = [];
  const total = groups.length * perGroup;
  let done = 0;
  const settling = async (node: ClusterNode, message: Leased) => {
    const [body = ""] = bodies([message]);
    const group = body.slice(0, 1);
    if (held.has(group)) violations.push(`${body} while ${held.get(group)} is held`);
    held.set(group, body);
    const expected = next.get(group) ?? 0;
    const number = Number(body.slice(1));
    if (number !== expected) violations.push(`${body} came, not ${expected}`);
    await pause(Math.random() * 8);
    const kind = Math.random() < 0.2 ? "requeue" : "ack";
    held.delete(group);
    if (kind === "ack") next.set(group, number + 1);
    const [result] = await settle(node.broker, [message], kind === "ack" ? { kind } : { kind, counts: false });
    if (result !== "settled") violations.push(`${body} was gone`);
    else if (kind === "ack") done++;
  };
  const consuming = async (node: ClusterNode) => {
    while (done < total) {
      const some = await lease(node.broker, queue, { max: 3, waitMs: 300 });
      await Promise.all(some.map((message) => settling(node, message)));
    }
  };
  const publishing = groups.map((group) => send(queue, ...Array.from({ length: perGroup }, (_, n) => `${group}${n}`)));
  await Promise.all([
    ...publishing,
    ...cluster.nodes.flatMap((node) => [consuming(node), consuming(node), consuming(node)]),
  ]);
  expect(violations).toEqual([]);
  await expectTrueCounts(cluster);
});
