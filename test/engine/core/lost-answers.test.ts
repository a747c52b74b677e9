import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { bodies, codeOf, declare, lease, publish, settle, tester } from "@/test/engine/core/cluster";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";
import { type MuteProxy, startMuteProxy } from "@/test/support/mute-proxy";

let database: TestDatabase;
let proxy: MuteProxy;
let far: Engine;
let near: Engine;

beforeAll(async () => {
  database = await createTestDatabase();
  const direct = new URL(database.url);
  proxy = await startMuteProxy(Number(direct.port));
  const through = new URL(database.url);
  // The socket of the server is left for the proxy's port.
  through.searchParams.delete("host");
  through.host = `127.0.0.1:${proxy.port}`;
  const log = { error: () => {} };
  far = createEngine({ databaseUrl: through.toString(), applicationName: "far", log });
  near = createEngine({ databaseUrl: database.url, applicationName: "near", log });
});
afterAll(async () => {
  await far?.close();
  await near?.close();
  await proxy?.close();
  await database?.drop();
});

test("what was leased for somebody who never heard of it comes back at once, not when the lease ends", async () => {
  const queue = await declare(near.broker, "lost");
  for (const body of ["1", "2", "3"]) await publish(near.broker, queue, body);
  const [first] = await lease(far.broker, queue, { max: 1, visibilityTimeoutMs: 3_600_000 });
  proxy.mute();
  const unheard = codeOf(lease(far.broker, queue, { visibilityTimeoutMs: 3_600_000 }));
  const held = async () => (await near.broker.getQueue(tester, "/", queue)).counts.unacknowledged;
  await expect.poll(held).toBe(3);
  proxy.cut();
  expect(await unheard).toBe("unavailable");
  const again = await lease(near.broker, queue, { waitMs: 20_000 });
  expect(bodies(again)).toEqual(["2", "3"]);
  // What the caller did hear of stays its own.
  expect(await settle(far.broker, first ? [first] : [], { kind: "ack" })).toEqual(["settled"]);
  expect(await settle(near.broker, again, { kind: "ack" })).toEqual(["settled", "settled"]);
  const { counts } = await near.broker.getQueue(tester, "/", queue);
  expect(counts).toMatchObject({ ready: 0, unacknowledged: 0 });
});

test("an acknowledgement that a crash of Postgres takes back, but not what holds the message, is given again", async () => {
  const queue = await declare(near.broker, "taken back");
  for (const body of ["1", "2", "3"]) await publish(near.broker, queue, body);
  const [first, second, third] = await lease(far.broker, queue, { visibilityTimeoutMs: 3_600_000 });
  const saved = await snapshot();
  const acknowledged = [first, second].flatMap((one) => (one?.receipt ? [one.receipt] : []));
  await far.broker.settle(
    tester,
    acknowledged.map((receipt) => ({ receipt, outcome: { kind: "ack" as const } })),
    { lazily: true },
  );
  const counts = async () => (await near.broker.getQueue(tester, "/", queue)).counts;
  expect(await counts()).toMatchObject({ ready: 0, unacknowledged: 1 });
  // As Postgres would be after it: the commit of the claim was on its disk, that of the acknowledgement was not.
  await saved.restore();
  expect(await counts()).toMatchObject({ ready: 0, unacknowledged: 3 });
  proxy.cut();
  await expect.poll(counts).toMatchObject({ ready: 0, unacknowledged: 1 });
  // What nobody has acknowledged is still held.
  await expect.poll(() => settle(far.broker, third ? [third] : [], { kind: "ack" }).catch(codeOf)).toEqual(["settled"]);
  expect(await counts()).toMatchObject({ ready: 0, unacknowledged: 0 });
});

/** What is in the queues now, and who holds it. */
async function snapshot() {
  const tables = ["entry", "claim", "queue_delta", "queue_counter"];
  const client = new Client({ connectionString: database.url });
  await client.connect();
  for (const table of tables) await client.query(`CREATE TEMP TABLE saved_${table} AS SELECT * FROM warren.${table}`);
  return {
    restore: async () => {
      await client.query("BEGIN");
      for (const table of tables) {
        await client.query(`DELETE FROM warren.${table}`);
        await client.query(`INSERT INTO warren.${table} SELECT * FROM saved_${table}`);
      }
      await client.query("COMMIT");
      await client.end();
    },
  };
}
