import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { freePort } from "@/lib/platform/ports";
import { declare, lease, publish, settle, tester } from "@/test/engine/core/cluster";
import { expectSum, retryOf, start } from "@/test/engine/jobs/support";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { type BrokerProcess, startBrokerProcess } from "@/test/support/broker-process";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

const COUNT = 3_000;

let database: TestDatabase;
let engine: Engine;
const started: BrokerProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await engine.close();
  await database.drop();
});

async function startBroker(): Promise<BrokerProcess> {
  const broker = startBrokerProcess(database.url, await freePort());
  started.push(broker);
  await broker.ready;
  return broker;
}

test("a bulk retry goes on after each kill -9 of the broker that does it, and every message is accounted for", async () => {
  const { broker } = engine;
  await declare(broker, "dead");
  await declare(broker, "work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" });
  await Promise.all(Array.from({ length: COUNT }, (_, index) => publish(broker, "work", String(index))));
  for (let left = COUNT; left > 0; left -= 1000) {
    await settle(broker, await lease(broker, "work", { max: 1000 }), { kind: "reject", error: { type: "Bug" } });
  }
  const { id } = await start({ broker }, retryOf("dead"), { rate: COUNT / 2 });
  const progress = async () => {
    const job = await broker.jobs.get(tester, id);
    expectSum(job);
    return job.counts.start === 0 ? 0 : job.counts.done / job.counts.start;
  };
  for (const share of [0.1, 0.4, 0.7]) {
    const { child, ended } = await startBroker();
    await expect.poll(progress, { timeout: 180_000, interval: 10 }).toBeGreaterThan(share);
    child.kill("SIGKILL");
    await ended;
  }
  const killed = await broker.jobs.get(tester, id);
  expect(killed.state).toBe("running");
  await startBroker();
  await expect.poll(async () => (await broker.jobs.get(tester, id)).state, { timeout: 180_000 }).toBe("completed");
  const { counts } = await broker.jobs.get(tester, id);
  expect(counts).toEqual({ start: COUNT, done: COUNT, failedAgain: 0, skipped: 0, remaining: 0 });
  const sql = <Row>(text: string) => engine.context.database.main.query<Row>({ text });
  const lying = await sql(
    `SELECT q.name, count(*)::integer AS entries, count(DISTINCT e.message_id)::integer AS messages
     FROM warren.entry e JOIN warren.queue q ON q.id = e.queue_id GROUP BY q.name`,
  );
  expect(lying).toEqual([{ name: "work", entries: COUNT, messages: COUNT }]);
  await expectTrueCounts({ sql });
}, 600_000);
