import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

vi.setConfig({ testTimeout: 600_000 });

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
  await api.call("PUT", "/api/queues/%2F/dead", { body: { durable: true } });
  await api.call("PUT", "/api/queues/%2F/copies", { body: { durable: true } });
  await api.call("PUT", "/api/queues/%2F/work", {
    body: { durable: true, arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" } },
  });
});
afterAll(() => api.close());

const post = (path: string, body: unknown = {}) => api.call("POST", path, { body });

async function deadLetters(count: number) {
  for (let n = 0; n < count; n++) {
    await post("/api/exchanges/%2F/amq.default/publish", {
      ...{ properties: {}, routing_key: "work", payload: `m${n}`, payload_encoding: "string" },
    });
  }
  const { json } = await post("/api/queues/%2F/work/leases", { count: 1000, wait_ms: 5000 });
  const settlements = json.messages.map(({ receipt }: { receipt: string }) => ({ receipt, outcome: "reject" }));
  await post("/api/leases/settle", { settlements });
}

const ended = async (id: string) => {
  await expect
    .poll(async () => (await api.call("GET", `/api/jobs/${id}`)).json.state, { timeout: 60_000 })
    .toMatch(/completed|cancelled|stopped|failed/);
  return (await api.call("GET", `/api/jobs/${id}`)).json;
};

it("a job is tried first, started, listed and looked into", async () => {
  await deadLetters(12);
  const body = { kind: "retry", vhost: "/", all: true, queue: "dead" };
  const plan = await post("/api/jobs", { ...body, dry_run: true });
  expect(plan.status).toBe(200);
  expect(plan.json).toMatchObject({ matched: 12, exact: true, without_origin: 0 });
  expect(plan.json.origins).toEqual([{ queue: "work", count: 12, exists: true }]);
  expect(plan.json.sample).toHaveLength(10);
  const started = await post("/api/jobs", { ...body, canary: { steps: [2], settle_ms: 1000 }, rate: 1000 });
  expect(started.status).toBe(201);
  expect(started.headers.get("location")).toBe(`/api/jobs/${started.json.id}`);
  expect(started.json).toMatchObject({ kind: "retry", vhost: "/", started_by: "guest", rate: 1000 });
  expect(started.json.canary).toEqual({ steps: [2], settle_ms: 1000, stop_at_failed_percent: 10 });
  expect(started.json.request).toMatchObject({ kind: "retry", all: true, queue: "dead" });
  const job = await ended(started.json.id);
  expect(job.counts).toEqual({ start: 12, done: 12, failed_again: 0, skipped: 0, remaining: 0 });
  expect((await api.call("GET", "/api/jobs?vhost=%2F&kind=retry&state=completed")).json.items[0].id).toBe(job.id);
  const items = await api.call("GET", `/api/jobs/${job.id}/items?limit=5`);
  expect(items.json.items[0]).toMatchObject({ n: 1, queue: "dead", state: "done" });
  expect((await api.call("GET", `/api/jobs/${job.id}/items?cursor=${items.json.next}`)).json.items[0].n).toBe(6);
});

it("is paused, slowed, resumed and cancelled; too late is 409 with the job", async () => {
  await deadLetters(5);
  const { id } = (await post("/api/jobs", { kind: "discard", vhost: "/", all: true, rate: 0.1 })).json;
  await expect
    .poll(async () => (await api.call("GET", `/api/jobs/${id}`)).json.counts.done, { timeout: 60_000 })
    .toBe(1);
  expect((await post(`/api/jobs/${id}/pause`)).json).toMatchObject({ state: "paused", changed_by: "guest" });
  expect((await post(`/api/jobs/${id}/rate`, { rate: 50 })).json.rate).toBe(50);
  expect((await post(`/api/jobs/${id}/rate`, { rate: 0 })).status).toBe(400);
  expect((await post(`/api/jobs/${id}/resume`)).json.state).toBe("running");
  const job = await ended(id);
  expect(job).toMatchObject({ state: "completed", counts: { start: job.counts.done, remaining: 0 } });
  const late = await post(`/api/jobs/${id}/cancel`);
  expect([late.status, late.json.detail.job.state]).toEqual([409, "completed"]);
  const restored = await post("/api/jobs", { kind: "restore", vhost: "/", trash: job.trash });
  expect((await ended(restored.json.id)).counts.done).toBe(job.counts.done);
});

it("asks about letters without a queue to go back to, and says what is wrong with a request", async () => {
  await deadLetters(2);
  await api.call("DELETE", "/api/queues/%2F/work");
  const retry = { kind: "retry", vhost: "/", all: true, queue: "dead" };
  const refused = await post("/api/jobs", retry);
  expect(refused.status).toBe(412);
  expect(refused.json.detail.origins).toEqual([{ queue: "work", count: refused.json.detail.without_origin }]);
  const to = { exchange: "amq.default", routing_key: "copies" };
  const { json } = await post("/api/jobs", { ...retry, to });
  expect((await ended(json.id)).counts.done).toBe(refused.json.detail.without_origin);
  for (const [body, status] of [
    [{ kind: "retry", vhost: "/" }, 400],
    [{ kind: "retry", vhost: "/", all: true, ids: [{ queue: "dead", id: 1 }] }, 400],
    [{ kind: "dance", vhost: "/" }, 400],
    [{ kind: "purge", vhost: "/", queue: "none" }, 404],
    [{ kind: "restore", vhost: "/", trash: "5d2c9c35-53c1-4e55-8f6b-0a0d6a3a3c11" }, 404],
    [{ kind: "move", vhost: "/", from: "dead", all: true, to: { exchange: "none", routing_key: "" } }, 404],
    [{ kind: "replay", vhost: "/", since: "yesterday" }, 400],
    [{ kind: "replay", vhost: "/", source: { queue: "dead", exchange: "amq.topic" } }, 400],
    [{ kind: "retry", vhost: "/", all: true, canary: { steps: [0] } }, 400],
  ] as const) {
    expect((await post("/api/jobs", body)).status, JSON.stringify(body)).toBe(status);
  }
  expect((await api.call("GET", "/api/jobs/5d2c9c35-53c1-4e55-8f6b-0a0d6a3a3c11")).status).toBe(404);
  expect((await api.call("GET", "/api/jobs?cursor=x")).status).toBe(400);
});

it("replays what was acknowledged, by time and search", async () => {
  await post("/api/queues/%2F/copies/leases", { count: 1000, ack: "auto" });
  for (const tenant of ["acme", "acme", "umbrella"]) {
    await post("/api/exchanges/%2F/amq.default/publish", {
      ...{ properties: { headers: { tenant } }, routing_key: "copies", payload: tenant, payload_encoding: "string" },
    });
  }
  await post("/api/queues/%2F/copies/leases", { count: 10, ack: "auto" });
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const body = { kind: "replay", vhost: "/", source: { queue: "copies" }, since, q: "headers.tenant:acme" };
  const plan = (await post("/api/jobs", { ...body, dry_run: true })).json;
  expect(plan).toMatchObject({ matched: 2, exact: true });
  expect(plan.retained[0]).toMatchObject({ payload: "acme", targets: ["copies"], routing_key: "copies" });
  const { id } = (await post("/api/jobs", { ...body, to: { routing_key: "dead" } })).json;
  expect((await ended(id)).counts.done).toBe(2);
  const { items } = (await api.call("GET", `/api/queues/%2F/dead/messages?q=headers.x-replay-id:${id}`)).json;
  expect(items).toHaveLength(2);
});

it("a message that waits is edited once; a second time is 409 with what happened", async () => {
  await post("/api/exchanges/%2F/amq.default/publish", {
    ...{ properties: {}, routing_key: "copies", payload: "wrong", payload_encoding: "string" },
  });
  const [message] = (await api.call("GET", "/api/queues/%2F/copies/messages")).json.items;
  const path = `/api/queues/%2F/copies/messages/${message.id}/edit`;
  const body = { routing_key: "copies", properties: { priority: 1 }, payload: "right", payload_encoding: "string" };
  const edited = await post(path, body);
  expect(edited.json).toMatchObject({ queues: ["copies"], edited_from: message.message_id });
  const again = await post(path, body);
  expect([again.status, again.json.detail]).toEqual([
    409,
    expect.objectContaining({ what: "edited", by: "guest", message_id: edited.json.message_id }),
  ]);
  const { json } = await api.call("GET", `/api/messages/%2F/${edited.json.message_id}/lineage`);
  expect(json.edited_from).toMatchObject({ by: "guest", original: { payload: "wrong", payload_encoding: "string" } });
  expect(json.edited_to).toEqual([]);
});
