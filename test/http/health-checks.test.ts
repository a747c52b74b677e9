import { afterAll, beforeAll, expect, test } from "vitest";
import { composeBroker } from "@/lib/compose";
import { startApi, type TestApi } from "@/test/http/support";

const day = 24 * 60 * 60_000;
let api: TestApi;
beforeAll(async () => {
  api = await startApi(async (databaseUrl) => {
    const node = { name: "test", kind: "broker" as const, version: "0" };
    const composed = composeBroker({
      ...{ databaseUrl, node, onError: (message, error) => console.error(message, error) },
      logins: () => ({ http: { succeeded: 3, failed: 1 } }),
    });
    composed.presence.listens([
      { protocol: "amqp", address: "127.0.0.1", port: 5672, certificateUntil: null },
      { protocol: "amqp/ssl", address: "::", port: 5671, certificateUntil: new Date(Date.now() + 10 * day) },
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

test("certificates that end within the time that is asked for fail, and are named", async () => {
  const within = (text: string) => check(`/api/health/checks/certificate-expiration/${text}`);
  await expect.poll(() => within("2/weeks")).toMatchObject({ status: 503 });
  expect((await within("2/weeks")).json).toMatchObject({
    status: "failed",
    reason: "Certificates expiring",
    expired: [{ node: "test", protocol: "amqp/ssl", interface: "::", port: 5671 }],
  });
  for (const text of ["1/months", "1/years", "11/days"]) expect((await within(text)).status).toBe(503);
  for (const text of ["9/days", "1/weeks", "0/years", "-1/years"]) {
    expect(await within(text)).toEqual({ status: 200, json: { status: "ok" } });
  }
  for (const text of ["1/day", "x/days", "1.5/days", "1/hours"]) expect((await within(text)).status).toBe(400);
});

test("a process tells of its memory, its files and the logins that it has seen; the database doesn't", async () => {
  await expect.poll(async () => (await check("/api/nodes/test")).json.mem_used).toBeGreaterThan(1_000_000);
  const { json: node } = await check("/api/nodes/test");
  expect(node).toMatchObject({ os_pid: String(process.pid), processors: expect.any(Number) });
  expect(node.mem_used).toBeLessThan(node.mem_limit);
  if (process.platform === "linux") expect(node.fd_used).toBeLessThan(node.fd_total);
  const { memory } = (await check("/api/nodes/test/memory")).json;
  expect(memory).toMatchObject({ strategy: "rss", total: { rss: expect.any(Number) }, connection_readers: 0 });
  expect(memory.other_proc).toBeLessThan(memory.total.rss);
  const attempts = { auth_attempts: 4, auth_attempts_failed: 1, auth_attempts_succeeded: 3 };
  expect((await check("/api/auth/attempts/test")).json).toEqual([{ protocol: "http", ...attempts }]);
  expect((await check("/api/auth/attempts/test/source")).json).toEqual([]);
  expect((await check("/api/nodes/postgres/memory")).json).toEqual({ memory: "not_available" });
  expect((await check("/api/auth/attempts/postgres")).json).toEqual([]);
  for (const path of ["nodes/nobody/memory", "auth/attempts/nobody", "auth/attempts/nobody/source"]) {
    expect((await check(`/api/${path}`)).status).toBe(404);
  }
});
