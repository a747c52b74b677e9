import amqp, { type ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { freePort } from "@/lib/platform/ports";
import { type Cluster, createCluster, declare, publish, tester } from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { type BrokerProcess, startBrokerProcess } from "@/test/support/broker-process";

let cluster: Cluster;
const started: BrokerProcess[] = [];
beforeEach(async () => {
  // It looks, and does no duties: those are done by the processes that are killed.
  cluster = await createCluster(1, { duties: false });
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await cluster.close();
});

const total = 240;
const kills = 3;

test("kill -9 while policies act: each message ends once, by one decision, and is told of once", {
  timeout: 600_000,
}, async () => {
  const { broker } = cluster;
  const { failures } = broker;
  const [work, grave] = [await declare(broker, "work"), await declare(broker, "grave")];
  const target = {
    name: "ops",
    kind: "webhook",
    url: "http://192.0.2.1/",
    enabled: false,
    groupMs: 0,
    perHour: 1,
  } as const;
  await failures.createNotificationTarget(tester, target);
  const rule = { enabled: true, queue: work, pattern: null };
  const shared = { baseMs: 5, backoff: "fixed", maxAttempts: 3, afterwards: "next" } as const;
  await failures.createErrorPolicy(tester, "/", {
    ...rule,
    name: "again",
    when: { reasons: ["rejected"] },
    action: { kind: "retry", ...shared },
  });
  const ignored = { reasons: ["rejected" as const], headers: [{ name: "kind", value: "ignored" }] };
  await failures.createErrorPolicy(tester, "/", { ...rule, name: "ignore", when: ignored, action: { kind: "ignore" } });
  const asked = { reasons: ["rejected" as const], headers: [{ name: "kind", value: "asked" }] };
  await failures.createErrorPolicy(tester, "/", { ...rule, name: "ask", when: asked, action: { kind: "review" } });
  const bury = { kind: "dead_letter", exchange: "", routingKey: grave } as const;
  const tell = { kind: "notify", targets: ["ops"], afterwards: bury } as const;
  await failures.createErrorPolicy(tester, "/", {
    ...rule,
    name: "tell",
    when: { reasons: ["rejected"] },
    action: tell,
  });
  const kinds = ["ignored", "asked", "told"];
  for (let i = 0; i < total; i++) {
    await publish(broker, work, String(i), { deliveryMode: 2, headers: fromPlain({ kind: kinds[i % 3] }) });
  }

  for (let round = 0; round <= kills; round++) {
    const port = await freePort();
    const process = startBrokerProcess(cluster.url, port);
    started.push(process);
    await process.ready;
    const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`);
    connection.on("error", () => {});
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    await channel.prefetch(20);
    let rejected = 0;
    const enough = new Promise<void>((resolve) => {
      void channel.consume(work, (message) => {
        channel.nack(message as ConsumeMessage, false, false);
        if (++rejected === 60) resolve();
      });
    });
    if (round === kills) break;
    await enough;
    process.child.kill("SIGKILL");
    await process.ended;
  }
  const left = async () => {
    const { counts } = await broker.getQueue(tester, "/", work);
    return counts.ready + counts.unacknowledged + counts.delayed;
  };
  await expect.poll(left, { timeout: 180_000 }).toBe(0);

  const third = total / 3;
  expect(await broker.countDeadLetters(tester, { vhost: "/", queue: grave })).toBe(third);
  const trash = await broker.listTrash(tester, "/");
  expect(trash.reduce((sum, { count }) => sum + count, 0)).toBe(third);
  expect(await failures.countReviews(tester, "/")).toEqual({ waiting: third, claimed: 0 });
  const ends = await cluster.sql<{ outcome: string; messages: number; rows: number }>(
    `SELECT outcome, count(DISTINCT message_id)::int AS messages, count(*)::int AS rows FROM warren.failure
     WHERE outcome IN ('dead_letter', 'ignore', 'review') GROUP BY 1 ORDER BY 1`,
  );
  expect(ends).toEqual(
    ["dead_letter", "ignore", "review"].map((outcome) => ({ outcome, messages: third, rows: third })),
  );
  const [told] = await cluster.sql<{ count: number }>(
    `SELECT sum(count)::int AS count FROM (SELECT count FROM warren.notice UNION ALL SELECT count FROM warren.notice_event) n`,
  );
  expect(told?.count).toBe(third);
  const doubles = await cluster.sql(
    "SELECT message_id, attempt FROM warren.failure WHERE outcome = 'retry' GROUP BY 1, 2 HAVING count(*) > 1",
  );
  expect(doubles).toEqual([]);
  await expectTrueCounts(cluster);
});
