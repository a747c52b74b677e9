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
