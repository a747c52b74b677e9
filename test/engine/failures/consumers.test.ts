import type { ConsumeMessage } from "amqplib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FailureReason, PolicyAction } from "@/lib/broker/failures";
import {
  bodies,
  type Cluster,
  createCluster,
  declare,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let cluster: Cluster;
let door: TestServer;
beforeAll(async () => {
  cluster = await createCluster(1);
  door = await startAmqpServer({ acknowledgementTimeoutMs: 500 }, cluster.broker);
});
afterAll(async () => {
  await door.close();
  await cluster.close();
});
afterEach(async () => {
  await expectTrueCounts(cluster);
  for (const { id } of await failures().listErrorPolicies(tester)) await failures().deleteErrorPolicy(tester, "/", id);
});

const broker = () => cluster.broker;
const failures = () => broker().failures;

function rule(queue: string, reason: FailureReason, action: PolicyAction) {
  const when = { reasons: [reason] };
  return failures().createErrorPolicy(tester, "/", { name: queue, enabled: true, queue, pattern: null, when, action });
}

/** The failures of a message, when there are so many. */
async function attemptsOf(messageId: number | null, count: number) {
  const attempts = () => failures().listAttempts(tester, "/", messageId ?? 0);
  await expect.poll(async () => (await attempts()).length).toBe(count);
  return attempts();
}

/** Cuts a connection as a dying client does. */
function cut(connection: Awaited<ReturnType<TestServer["connect"]>>): void {
  (connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

describe("a lease that runs out", () => {
  test("is judged as timeout: who had it is kept, and what no rule matches comes back, counted", async () => {
    const parked = await declare(broker(), "too slow");
    const queue = await declare(broker(), "slow");
    await rule(queue, "timeout", { kind: "dead_letter", exchange: "", routingKey: parked });
    const { messageId } = await publish(broker(), queue, "x");
    await lease(broker(), queue, { visibilityTimeoutMs: 1 });
    expect(bodies(await lease(broker(), parked, { waitMs: 20_000 }))).toEqual(["x"]);
    expect(await attemptsOf(messageId, 1)).toMatchObject([
      { reason: "timeout", holder: "tester", outcome: "dead_letter", error: { type: "AcknowledgementTimeout" } },
    ]);
    const { items } = await broker().listDeadLetters(tester, {
      vhost: "/",
      queue: parked,
      order: "newest",
      limit: 1,
      bodyLimit: 0,
    });
    expect(items[0]?.death).toMatchObject({
      reason: "delivery_limit",
      errorType: "AcknowledgementTimeout",
      originQueue: queue,
    });

    const other = await declare(broker(), "slow too");
    await failures().createErrorPolicy(tester, "/", {
      ...{ name: other, enabled: true, queue: other, pattern: null },
      ...{ when: { attempts: { min: 2 } }, action: { kind: "ignore" } as const },
    });
    const second = await publish(broker(), other, "y");
    await lease(broker(), other, { visibilityTimeoutMs: 1 });
    const [again] = await lease(broker(), other, { visibilityTimeoutMs: 1, waitMs: 20_000 });
    expect(again).toMatchObject({ redelivered: true, deliveryCount: 1 });
    expect((await attemptsOf(second.messageId, 2)).map(({ outcome, number }) => [outcome, number])).toEqual([
      ["requeue", 1],
      ["ignore", 2],
    ]);
  });

  test("without a rule for it comes back and is not written down; one that comes back too often dies of the limit", async () => {
    const queue = await declare(broker(), "limited", { "x-delivery-limit": 1 });
    await rule(queue, "delivery_limit", { kind: "ignore" });
    const { messageId } = await publish(broker(), queue, "x");
    await lease(broker(), queue, { visibilityTimeoutMs: 1 });
    await lease(broker(), queue, { visibilityTimeoutMs: 1, waitMs: 20_000 });
    expect(await attemptsOf(messageId, 1)).toMatchObject([{ reason: "delivery_limit", number: 2, outcome: "ignore" }]);
  });

  test("of a node that died while it judged is judged by the next, for the same reason", async () => {
    const queue = await declare(broker(), "twice");
    await rule(queue, "consumer_lost", { kind: "ignore" });
    const { messageId } = await publish(broker(), queue, "x");
    const [message] = await lease(broker(), queue, { visibilityTimeoutMs: 3_600_000 });
    await settle(broker(), message ? [message] : [], { kind: "requeue", counts: false });
    await lease(broker(), queue, { visibilityTimeoutMs: 3_600_000 });
    // As the first node left it.
    await cluster.sql(
      `UPDATE warren.deferred SET leased_by = 'broker (consumer lost)', leased_until = now()
       WHERE state = 'leased' AND queue_id = (SELECT id FROM warren.queue WHERE name = $1)`,
      [queue],
    );
    expect(await attemptsOf(messageId, 1)).toMatchObject([
      { reason: "consumer_lost", outcome: "ignore", holder: null },
    ]);
  });
});

describe("over AMQP", () => {
  test("what a lost consumer held is judged; what no rule is for comes back", async () => {
    const [judged, plain] = [await declare(broker(), "fragile"), await declare(broker(), "sturdy")];
    await rule(judged, "consumer_lost", {
      kind: "retry",
      backoff: "fixed",
      baseMs: 0,
      maxAttempts: 2,
      afterwards: { kind: "ignore" },
    });
    const { messageId } = await publish(broker(), judged, "x");
    await publish(broker(), plain, "y");
    const other = await (await door.connect()).createChannel();
    for (let attempt = 1; attempt <= 2; attempt++) {
      const connection = await door.connect();
      const channel = await connection.createChannel();
      const held = new Promise((resolve) => void channel.consume(judged, resolve));
      if (attempt === 1) await channel.get(plain);
      await held;
      cut(connection);
      await attemptsOf(messageId, attempt);
    }
    expect((await attemptsOf(messageId, 2)).map(({ reason, outcome }) => [reason, outcome])).toEqual([
      ["consumer_lost", "retry"],
      ["consumer_lost", "ignore"],
    ]);
    await expect.poll(async () => (await other.get(plain, { noAck: true })) !== false).toBe(true);
  });

  test("what was held for too long is a timeout, what lay beside it a lost consumer", async () => {
    const queue = await declare(broker(), "overdue");
    await rule(queue, "timeout", { kind: "ignore" });
    const first = await publish(broker(), queue, "held");
    const channel = await (await door.connect()).createChannel();
    channel.on("error", () => {});
    const closed = new Promise<void>((resolve) => channel.once("close", resolve));
    const held: ConsumeMessage[] = [];
    await channel.consume(queue, (message) => message && held.push(message));
    await closed;
    expect(await attemptsOf(first.messageId, 1)).toMatchObject([{ reason: "timeout", outcome: "ignore" }]);
    expect(held).toHaveLength(1);
  });
});
