import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { Life } from "@/lib/broker/timeline";
import {
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(1);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const failures = () => broker().failures;
let queues = 0;
const fresh = (args: Record<string, unknown> = {}) => declare(broker(), `lived ${++queues}`, args);

async function lifeOf(messageId: number | null): Promise<Life> {
  const { lives } = await failures().timeline(tester, { vhost: "/", messageId: messageId ?? 0 });
  const [life] = lives;
  if (!life) throw new Error("the message has a life");
  return life;
}

async function stepsOf(messageId: number | null) {
  return (await lifeOf(messageId)).events.map(({ kind, queue }) => [kind, queue]);
}

describe("a timeline", () => {
  test("has every step of a life: delivered, requeued, failed, retried by a rule, dead-lettered, sent back, acknowledged", async () => {
    const grave = await fresh();
    const queue = await fresh({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave });
    const action = { kind: "retry", backoff: "fixed", baseMs: 1, maxAttempts: 3, afterwards: "default" } as const;
    const rule = { name: "again", enabled: true, queue, pattern: null, when: {}, action };
    await failures().createErrorPolicy(tester, "/", rule);
    const { messageId } = await publish(broker(), queue, "x");
    await settle(broker(), await lease(broker(), queue), { kind: "requeue" });
    await settle(broker(), await lease(broker(), queue), { kind: "reject", error: { type: "NoStock" } });
    await settle(broker(), await lease(broker(), queue, { waitMs: 20_000 }), {
      kind: "reject",
      error: { type: "NoStock" },
    });
    await broker().retryDeadLetters(tester, { vhost: "/", selection: { kind: "all", queue: grave } });
    await settle(broker(), await lease(broker(), queue, { waitMs: 20_000 }), { kind: "ack" });
    const life = await lifeOf(messageId);
    expect(life.events.map(({ kind, queue: at }) => [kind, at])).toEqual([
      ["published", null],
      ["delivered", queue],
      ["requeued", queue],
      ["delivered", queue],
      ["failed", queue],
      ["delivered", queue],
      ["failed", queue],
      ["dead_lettered", queue],
      ["retried", queue],
      ["delivered", queue],
      ["acknowledged", queue],
    ]);
    expect(life).toMatchObject({ present: [], complete: true, publishedBy: "tester" });
    expect(life.events[0]?.detail).toEqual({ exchange: "", routing_key: queue, queues: [queue] });
    expect(life.events[4]).toMatchObject({
      by: "tester",
      detail: { outcome: "retry", policy: "again", number: 2, error: { type: "NoStock" } },
    });
    expect(life.events[7]?.detail).toMatchObject({ queues: [grave], reason: "rejected" });
    expect(life.events[8]?.by).toBe("tester");
    await failures().deleteErrorPolicy(tester, "/", (await failures().listErrorPolicies(tester))[0]?.id ?? 0);
  });

  test("leaves out that a message was taken for somebody who never saw it, and no delivery that was one", async () => {
    const queue = await fresh();
    const { messageId } = await publish(broker(), queue, "x");
    await settle(broker(), await lease(broker(), queue), { kind: "requeue", undelivered: true });
    await settle(broker(), await lease(broker(), queue), { kind: "requeue" });
    await settle(broker(), await lease(broker(), queue), { kind: "requeue", undelivered: true });
    expect(await stepsOf(messageId)).toEqual([
      ["published", null],
      ["delivered", queue],
      ["requeued", queue],
    ]);
    await settle(broker(), await lease(broker(), queue), { kind: "ack" });
    expect((await stepsOf(messageId)).slice(3)).toEqual([
      ["delivered", queue],
      ["acknowledged", queue],
    ]);
  });

  test("tells of each queue that a message went to, and where it lies", async () => {
    const [a, b] = [await fresh(), await fresh()];
    for (const name of [a, b]) {
      await broker().bind(tester, {
        vhost: "/",
        source: "amq.fanout",
        destination: { kind: "queue", name },
        routingKey: "",
        arguments: fromPlain({}),
      });
    }
    const { messageId } = await publish(broker(), { exchange: "amq.fanout", routingKey: "k" }, "x");
    await lease(broker(), a, { autoAck: true });
    await lease(broker(), b);
    const life = await lifeOf(messageId);
    expect(life.events[0]?.detail.queues).toEqual([a, b]);
    expect(life.events.slice(1).map(({ kind, queue, detail }) => [kind, queue, detail])).toEqual([
      ["delivered", a, { acknowledged: "automatically" }],
      ["delivered", b, {}],
    ]);
    expect(life.present).toEqual([{ queue: b, id: messageId, state: "unacked" }]);
  });

  test("follows a message through delays, moves, the trash and back, expiry, and a lost lease", async () => {
    const [from, to] = [await fresh(), await fresh()];
    const headers = fromPlain({ "x-delay": 1 });
    const delayed = await publish(broker(), from, "x", { deliveryMode: 2, headers });
    await expect.poll(async () => (await broker().getQueue(tester, "/", from)).counts.ready).toBe(1);
    await broker().moveMessages(tester, {
      vhost: "/",
      from,
      to: { exchange: "", routingKey: to },
      selection: { kind: "all" },
    });
    const purged = await broker().purgeQueue(tester, "/", to);
    expect((await stepsOf(delayed.messageId)).at(-1)).toEqual(["purged", to]);
    await broker().restoreTrash(tester, purged.trash ?? "");
    await lease(broker(), to, { visibilityTimeoutMs: 1 });
    await settle(broker(), await lease(broker(), to, { waitMs: 20_000 }), { kind: "ack" });
    expect(await stepsOf(delayed.messageId)).toEqual([
      ["published", null],
      ["delayed_ready", from],
      ["moved", to],
      ["restored", to],
      ["delivered", to],
      ["returned", to],
      ["delivered", to],
      ["acknowledged", to],
    ]);
    const expiring = await publish(broker(), from, "y", { deliveryMode: 2, expiration: "1" });
    await expect.poll(() => stepsOf(expiring.messageId)).toContainEqual(["expired", from]);
  });

  test("has what people decided", async () => {
    const queue = await fresh();
    const rule = { name: queue, enabled: true, queue, pattern: null, when: {}, action: { kind: "review" } as const };
    await failures().createErrorPolicy(tester, "/", rule);
    const { messageId } = await publish(broker(), queue, "x");
    await settle(broker(), await lease(broker(), queue), { kind: "reject" });
    const { items } = await failures().listReviews(tester, {
      queue,
      states: ["waiting"],
      order: "oldest",
      limit: 1,
      bodyLimit: 0,
    });
    const id = items[0]?.id ?? 0;
    await failures().claimReview(tester, id, { takeOver: false });
    await failures().decideReview(tester, id, { kind: "retry" }, "fine");
    expect(bodies(await lease(broker(), queue))).toEqual(["x"]);
    expect((await stepsOf(messageId)).map(([kind]) => kind)).toEqual([
      "published",
      "delivered",
      "failed",
      "review_claimed",
      "commented",
      "reviewed",
      "delivered",
    ]);
  });

  test("is found by the publisher's own ids, newest first, and not by text that only holds them", async () => {
    const queue = await fresh();
    const send = (properties: object) => publish(broker(), queue, "x", { deliveryMode: 2, ...properties });
    const first = await send({ messageId: "order-1", correlationId: "trace" });
    const second = await send({ messageId: "order-12", correlationId: "trace" });
    await send({ messageId: "x", headers: fromPlain({ note: "order-1", trace: "trace" }) });
    const byProperty = async (property: "message_id" | "correlation_id", value: string) => {
      const found = await failures().timeline(tester, { vhost: "/", property, value });
      expect(found.complete).toBe(true);
      return found.lives.map(({ messageId }) => messageId);
    };
    expect(await byProperty("message_id", "order-1")).toEqual([first.messageId]);
    expect(await byProperty("correlation_id", "trace")).toEqual([second.messageId, first.messageId]);
    expect(await byProperty("correlation_id", "none")).toEqual([]);
    expect(await codeOf(failures().timeline(tester, { vhost: "/", messageId: 1 }))).toBe("not-found");
  });

  test("costs a few bytes for each message that goes straight through", async () => {
    const queue = await fresh();
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 100 }, () => publish(broker(), queue, "x")));
    }
    for (let taken = 0; taken < 1000; ) {
      const messages = await lease(broker(), queue);
      taken += messages.length;
      await settle(broker(), messages, { kind: "ack" });
    }
    await cluster.nodes[0]?.context.trail.flush();
    const [row] = await cluster.sql<{ bytes: number }>(
      `SELECT sum(pg_column_size(h.*))::int AS bytes FROM warren.history h
       WHERE queue_id = (SELECT id FROM warren.queue WHERE name = $1)`,
      [queue],
    );
    expect(row?.bytes).toBeLessThan(10_000);
  });
});
