import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
});
afterAll(() => api.close());

const queue = "/api/queues/%2F/jobs";
beforeEach(async () => {
  await api.call("DELETE", queue);
  await api.call("PUT", queue, { body: { durable: true } });
});

const post = (path: string, body: unknown = {}) => api.call("POST", path, { body });
const lease = async (body: unknown = {}) => (await post(`${queue}/leases`, body)).json.messages;
const ready = async () => (await api.call("GET", queue)).json.messages_ready;
const publish = (payload: string) =>
  post("/api/exchanges/%2F/amq.default/publish", {
    ...{ properties: { delivery_mode: 2 }, routing_key: "jobs" },
    ...{ payload, payload_encoding: "string" },
  });

describe("leases", () => {
  it("are acknowledged once", async () => {
    await publish("job");
    const [message] = await lease({ visibility_timeout_ms: 5000 });
    expect(message).toMatchObject({ payload: "job", redelivered: false, routing_key: "jobs" });
    expect(Date.parse(message.leased_until) - Date.now()).toBeGreaterThan(3000);
    expect((await post(`/api/leases/${message.receipt}/ack`)).json).toEqual({
      receipt: message.receipt,
      result: "settled",
    });
    const again = await post(`/api/leases/${message.receipt}/ack`);
    expect([again.status, again.json.code, again.json.detail.result]).toEqual([409, "conflict", "gone"]);
    expect((await api.call("GET", queue)).json.messages).toBe(0);
  });

  it("have receipts that need no encoding in a path", async () => {
    await publish("job");
    const [{ receipt }] = await lease();
    expect(encodeURIComponent(receipt)).toBe(receipt);
    expect((await post("/api/leases/made-up/ack")).status).toBeGreaterThanOrEqual(400);
    expect((await post("/api/leases/made-up/ack")).status).toBeLessThan(500);
  });

  it("run out, and then settle nothing", async () => {
    await publish("slow");
    const [first] = await lease({ visibility_timeout_ms: 300 });
    await sleep(400);
    const [second] = await lease({ wait_ms: 5000 });
    expect(second).toMatchObject({ payload: "slow", redelivered: true, delivery_count: 1 });
    expect((await post(`/api/leases/${first.receipt}/ack`)).status).toBe(409);
    expect((await post(`/api/leases/${second.receipt}/ack`)).status).toBe(200);
  });

  it("can be extended", async () => {
    await publish("long");
    const [{ receipt }] = await lease({ visibility_timeout_ms: 6000 });
    const extended = await post(`/api/leases/${receipt}/extend`, { visibility_timeout_ms: 30_000 });
    expect(Date.parse(extended.json.leased_until) - Date.now()).toBeGreaterThan(8000);
    await sleep(6200);
    expect(await lease()).toEqual([]);
    expect((await post(`/api/leases/${receipt}/ack`)).status).toBe(200);
  });

  it("are given back, now or later", async () => {
    await publish("1");
    await publish("2");
    const [one] = await lease();
    await post(`/api/leases/${one.receipt}/requeue`);
    const [again] = await lease();
    expect(again).toMatchObject({ payload: "1", redelivered: true });
    await post(`/api/leases/${again.receipt}/requeue`, { delay_ms: 60_000 });
    expect((await api.call("GET", queue)).json).toMatchObject({ messages_ready: 1, messages_delayed: 1 });
    expect((await lease())[0].payload).toBe("2");
  });

  it("go into the trash when rejected without a dead-letter exchange", async () => {
    await publish("broken");
    const [{ receipt }] = await lease();
    expect((await post(`/api/leases/${receipt}/reject`, { error: { type: "Broken" } })).status).toBe(200);
    const { json } = await api.call("GET", "/api/trash");
    expect(json[0]).toMatchObject({ action: "drop", queue: "jobs", count: 1 });
  });

  it("settle in one call, each with its own result", async () => {
    for (const payload of ["1", "2", "3"]) await publish(payload);
    const messages = await lease({ count: 3 });
    const settlements = ["ack", "requeue", "reject"].map((outcome, i) => ({ receipt: messages[i].receipt, outcome }));
    const { json } = await post("/api/leases/settle", { settlements });
    expect(json.results.map(({ result }: { result: string }) => result)).toEqual(["settled", "settled", "settled"]);
    const repeated = await post("/api/leases/settle", { settlements });
    expect(repeated.json.results.map(({ result }: { result: string }) => result)).toEqual(["gone", "gone", "gone"]);
    expect(await ready()).toBe(1);
    expect(
      (await post("/api/leases/settle", { settlements: [{ receipt: "r", outcome: "ack", delay_ms: 5 }] })).status,
    ).toBe(400);
  });

  it("can take for good at once", async () => {
    await publish("gone");
    expect(await lease({ ack: "auto" })).toMatchObject([{ payload: "gone", receipt: null, leased_until: null }]);
    expect(await lease()).toEqual([]);
  });
});

describe("long polling", () => {
  it("answers as soon as something is published", async () => {
    const waiting = lease({ wait_ms: 10_000 });
    await sleep(300);
    await publish("at last");
    expect(await waiting).toMatchObject([{ payload: "at last" }]);
  });

  it("answers with nothing when the time is over", async () => {
    const began = Date.now();
    expect(await lease({ wait_ms: 500 })).toEqual([]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(450);
  });

  it("takes nothing for a caller who has gone", async () => {
    const caller = new AbortController();
    const waiting = api.call("POST", `${queue}/leases`, { body: { wait_ms: 20_000 }, signal: caller.signal });
    await sleep(300);
    caller.abort();
    await waiting;
    await publish("for another one");
    await expect.poll(ready, { timeout: 10_000 }).toBe(1);
  });
});

it("a worker as it would be written with curl does every job once", async () => {
  const jobs = Array.from({ length: 60 }, (_, i) => `job-${i}`);
  const done: string[] = [];
  async function work(): Promise<void> {
    for (;;) {
      const [message] = await lease({ wait_ms: 1500, visibility_timeout_ms: 20_000 });
      if (message === undefined) return;
      if (Number(message.payload.slice(4)) % 7 === 0 && !message.redelivered) {
        await post(`/api/leases/${message.receipt}/requeue`);
      } else {
        expect((await post(`/api/leases/${message.receipt}/ack`)).status).toBe(200);
        done.push(message.payload);
      }
    }
  }
  const workers = [work(), work(), work()];
  for (const job of jobs) await publish(job);
  await Promise.all(workers);
  expect(done.sort()).toEqual(jobs.sort());
  expect((await api.call("GET", queue)).json).toMatchObject({ messages: 0, messages_delayed: 0 });
});
