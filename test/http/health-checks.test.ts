import { afterAll, beforeAll, expect, test } from "vitest";
import { composeBroker } from "@/lib/compose";
import { startApi, type TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startApi(async (databaseUrl) => {
    const node = { name: "test", kind: "broker" as const, version: "0" };
    const composed = composeBroker({ databaseUrl, node, onError: (message, error) => console.error(message, error) });
    composed.presence.listens([
      { protocol: "amqp", address: "127.0.0.1", port: 5672 },
      { protocol: "amqp/ssl", address: "::", port: 5671 },
    ]);
    return composed;
  });
});
afterAll(() => api.close());

const check = async (path: string) => {
  const { status, json } = await api.call("GET", path);
  return { status, json };
};

test("a port at which connections are taken passes, another fails and names those that there are", async () => {
  await expect
    .poll(() => check("/api/health/checks/port-listener/5672"))
    .toEqual({ status: 200, json: { status: "ok", port: 5672 } });
  expect(await check("/api/health/checks/port-listener/1")).toMatchObject({
    status: 503,
    json: { status: "failed", reason: "No active listener", missing: 1, ports: expect.arrayContaining([5671, 5672]) },
  });
  expect((await check("/api/health/checks/port-listener/none")).status).toBe(400);
});

test("a protocol passes by each of its names, and fails when nobody takes it", async () => {
  for (const [name, protocol] of Object.entries({ amqp: "amqp", amqp091: "amqp", amqps: "amqp/ssl" })) {
    await expect
      .poll(() => check(`/api/health/checks/protocol-listener/${name}`))
      .toEqual({ status: 200, json: { status: "ok", protocol } });
  }
  expect(await check("/api/health/checks/protocol-listener/mqtt")).toMatchObject({
    status: 503,
    json: { status: "failed", missing: "mqtt", protocols: expect.arrayContaining(["amqp", "amqp/ssl"]) },
  });
});

test("a node that runs passes, and one that there isn't is not found", async () => {
  await expect.poll(() => check("/api/healthchecks/node/test")).toEqual({ status: 200, json: { status: "ok" } });
  expect((await check("/api/healthchecks/node/nobody")).status).toBe(404);
});
