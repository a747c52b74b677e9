import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import { MESSAGE_LIMIT, type TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
});
afterAll(() => api.close());

const queue = "/api/queues/%2F/q";
beforeEach(async () => {
  await api.call("DELETE", queue);
  await api.call("DELETE", "/api/queues/%2F/dead");
  await api.call("PUT", "/api/queues/%2F/dead", { body: { durable: true } });
  const toDead = { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" };
  await api.call("PUT", queue, { body: { durable: true, arguments: toDead } });
});

const post = (path: string, body: unknown = {}) => api.call("POST", path, { body });
const get = async (path: string) => (await api.call("GET", path)).json;

async function publish(payload: string, more: Record<string, unknown> = {}) {
  const body = { properties: { delivery_mode: 2 }, routing_key: "q", payload, payload_encoding: "string", ...more };
  return post("/api/exchanges/%2F/amq.default/publish", body);
}

const payloads = (messages: readonly { payload: string }[]) => messages.map(({ payload }) => payload);

describe("publish", () => {
  it("says where the message went", async () => {
    const { status, json } = await publish("hello");
    expect(status).toBe(200);
    expect(json).toEqual({ routed: true, queues: ["q"], rejected: [], message_id: expect.any(Number) });
    expect((await publish("x", { routing_key: "nobody" })).json).toMatchObject({ routed: false, queues: [] });
  });

  it("is signed by nobody but who publishes it", async () => {
    expect((await publish("mine", { properties: { user_id: "guest" } })).status).toBe(200);
    const { status, json } = await publish("not mine", { properties: { user_id: "eve" } });
    expect(status).toBe(400);
    expect(json.reason).toBe("user_id property set to 'eve' but authenticated user was 'guest'");
  });

  it("keeps bytes, properties and typed headers as they are", async () => {
    const properties = {
      content_type: "application/json",
      delivery_mode: 2,
      priority: 3,
      correlation_id: "c",
      message_id: "m-1",
      timestamp: 1700000000,
      type: "order",
      app_id: "shop",
      headers: {
        text: "ünï",
        n: 5,
        yes: true,
        none: null,
        list: [1, "a"],
        small: { "!int8": -5 },
        big: { "!int64": "9007199254740993" },
      },
    };
    await publish("//79", { payload_encoding: "base64", properties });
    const [message] = (await get(`${queue}/messages`)).items;
    expect(message).toMatchObject({ payload: "//79", payload_encoding: "base64", payload_bytes: 3, properties });
    const body = await api.router(
      new Request(`http://warren.test${queue}/messages/${message.id}/body`, {
        headers: { authorization: `Basic ${btoa("guest:guest")}`, "x-warren-remote-address": "127.0.0.1" },
      }),
    );
    expect([...new Uint8Array(await body.arrayBuffer())]).toEqual([0xff, 0xfe, 0xfd]);
    expect(body.headers.get("content-type")).toBe("application/octet-stream");
    expect(body.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(body.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("refuses what is too large, an unknown exchange and an internal one", async () => {
    expect((await publish("x".repeat(MESSAGE_LIMIT))).status).toBe(200);
    expect((await publish("x".repeat(MESSAGE_LIMIT + 1))).status).toBe(413);
    const body = { properties: {}, routing_key: "", payload: "", payload_encoding: "string" };
    const { status, json } = await post("/api/exchanges/%2F/nothing/publish", body);
    expect([status, json.reason]).toEqual([400, "404 NOT_FOUND - no exchange 'nothing' in vhost '/'"]);
    expect((await post("/api/exchanges/%2F/amq.rabbitmq.trace/publish", body)).status).toBe(403);
  });

  it("can be tried before", async () => {
    const { json } = await post("/api/exchanges/%2F/amq.default/route", { routing_key: "q", properties: {} });
    expect(json.queues).toEqual(["q"]);
    expect((await get(queue)).messages).toBe(0);
  });

  it("is recorded without its body", async () => {
    const headers = { "sec-fetch-site": "same-origin" };
    const login = await api.call("POST", "/api/login", {
      ...{ as: null, headers, body: { username: "guest", password: "guest" } },
    });
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const body = { routing_key: "q", properties: {}, payload: "confidential", payload_encoding: "string" };
    const path = "/api/exchanges/%2F/amq.default/publish";
    expect((await api.call("POST", path, { as: null, headers: { ...headers, cookie }, body })).status).toBe(200);
    const line = await api.database.audit.findFirst({ where: { action: "message.publish" }, orderBy: { id: "desc" } });
    expect(line).toMatchObject({
      user: "guest",
      door: "console",
      vhost: "/",
      outcome: "done",
      detail: { routing_key: "q", bytes: 12 },
    });
    expect(JSON.stringify(line?.detail)).not.toContain("confidential");
  });
});

describe("get", () => {
  beforeEach(async () => {
    for (const payload of ["1", "2", "3"]) await publish(payload);
  });
  const take = async (more: Record<string, unknown>) =>
    (await post(`${queue}/get`, { count: 5, encoding: "auto", ...more })).json;

  it("puts back in order, flagged redelivered", async () => {
    const first = await take({ ackmode: "ack_requeue_true" });
    expect(payloads(first)).toEqual(["1", "2", "3"]);
    expect(first[0]).toMatchObject({
      redelivered: false,
      exchange: "",
      routing_key: "q",
      payload_bytes: 1,
      properties: { delivery_mode: 2 },
    });
    const again = await take({ ackmode: "reject_requeue_true", count: "2" });
    expect(payloads(again)).toEqual(["1", "2"]);
    expect(again[0].redelivered).toBe(true);
    expect((await get(queue)).messages_ready).toBe(3);
  });

  it("takes for good", async () => {
    expect(payloads(await take({ ackmode: "ack_requeue_false", count: 1 }))).toEqual(["1"]);
    expect((await get(queue)).messages).toBe(2);
  });

  it("rejects to the dead letters", async () => {
    expect(payloads(await take({ ackmode: "reject_requeue_false", count: 2 }))).toEqual(["1", "2"]);
    expect((await get(queue)).messages).toBe(1);
    expect((await get("/api/queues/%2F/dead")).dead_letters).toBe(2);
  });

  it("cuts, and encodes", async () => {
    await publish("😀 long");
    const messages = await take({ ackmode: "ack_requeue_true", count: 4, truncate: 2 });
    expect(messages[3]).toMatchObject({ payload: "", payload_bytes: 9 });
    expect((await take({ ackmode: "ack_requeue_true", encoding: "base64" }))[0].payload).toBe("MQ==");
  });

  it("needs a known mode and a queue", async () => {
    expect((await post(`${queue}/get`, { count: 1, encoding: "auto" })).status).toBe(400);
    expect((await post(`${queue}/get`, { ackmode: "keep" })).status).toBe(400);
    expect((await post("/api/queues/%2F/nobody/get", { ackmode: "ack_requeue_true" })).status).toBe(404);
  });
});

describe("peek", () => {
  it("reads without touching, page by page, with a search", async () => {
    for (let i = 0; i < 5; i++)
      await publish(JSON.stringify({ order: { id: i } }), {
        properties: { headers: { tenant: i % 2 ? "acme" : "zeta" } },
      });
    const first = await get(`${queue}/messages?limit=3`);
    expect(first.items).toHaveLength(3);
    const second = await get(`${queue}/messages?limit=3&cursor=${encodeURIComponent(first.next)}`);
    expect(second.items).toHaveLength(2);
    expect(second.next).toBeNull();
    expect((await get(`${queue}/messages?order=newest&limit=1`)).items[0].payload).toContain('"id":4');
    expect((await get(`${queue}/messages?q=${encodeURIComponent("headers.tenant:acme")}`)).items).toHaveLength(2);
    expect((await get(`${queue}/messages?q=${encodeURIComponent("body.order.id:4")}`)).items).toHaveLength(1);
    expect((await get(`${queue}/messages?body_limit=5`)).items[0]).toMatchObject({
      payload: '{"ord',
      payload_truncated: true,
    });
    expect((await get("/api/messages/%2F?q=queue:q")).items).toHaveLength(5);
    const { redelivered, delivery_count: count, state } = first.items[0];
    expect([redelivered, count, state]).toEqual([false, 0, "ready"]);
    expect((await post(`${queue}/get`, { ackmode: "ack_requeue_true" })).json[0].redelivered).toBe(false);
  });

  it("shows one message, and says when it has gone", async () => {
    await publish("one");
    const [{ id }] = (await get(`${queue}/messages`)).items;
    expect(await get(`${queue}/messages/${id}`)).toMatchObject({
      id,
      payload: "one",
      payload_truncated: false,
      published_by: "guest",
    });
    await post(`${queue}/get`, { ackmode: "ack_requeue_false" });
    expect((await api.call("GET", `${queue}/messages/${id}`)).status).toBe(404);
  });

  it("refuses a cursor of somebody's own making", async () => {
    expect((await api.call("GET", `${queue}/messages?cursor=abc`)).status).toBe(400);
  });
});

describe("purge, trash and move", () => {
  it("deletes a queue into the trash, and only who could declare it takes it back", async () => {
    const deleted = await api.call("DELETE", "/api/queues/%2F/q");
    expect([deleted.status, deleted.headers.get("x-warren-messages")]).toEqual([204, "0"]);
    const batch = deleted.headers.get("x-warren-trash");
    expect(await get("/api/trash?vhost=%2F")).toContainEqual(
      expect.objectContaining({ id: batch, action: "delete", queue: "q", count: 0, bindings: 0, by: "guest" }),
    );
    await api.call("PUT", "/api/users/reader", { body: { password: "reader", tags: "management" } });
    await api.call("PUT", "/api/permissions/%2F/reader", { body: { configure: "^$", write: ".*", read: ".*" } });
    const refused = await api.call("POST", `/api/trash/${batch}/restore`, { as: "reader:reader" });
    expect(refused.status).toBe(403);
    const asJob = { kind: "restore", vhost: "/", trash: batch };
    expect((await post("/api/jobs", asJob)).status).toBe(400);
    expect((await post(`/api/trash/${batch}/restore`)).json).toEqual({ restored: 0 });
    expect((await get(queue)).messages).toBe(0);
    await api.call("DELETE", "/api/users/reader");
  });

  it("purges into the trash, and takes it back", async () => {
    for (const payload of ["1", "2"]) await publish(payload);
    const purged = await api.call("DELETE", `${queue}/contents`);
    expect([purged.status, purged.headers.get("x-warren-messages")]).toEqual([204, "2"]);
    expect((await get(queue)).messages).toBe(0);
    const batch = purged.headers.get("x-warren-trash");
    expect(await get("/api/trash?vhost=%2F")).toContainEqual(
      expect.objectContaining({ id: batch, action: "purge", queue: "q", count: 2, by: "guest" }),
    );
    expect((await post(`/api/trash/${batch}/restore`)).json).toEqual({ restored: 2 });
    expect((await post(`/api/trash/${batch}/restore`)).status).toBe(409);
    expect(payloads((await get(`${queue}/messages`)).items)).toEqual(["1", "2"]);
    expect((await post("/api/trash/00000000-0000-4000-8000-000000000000/restore")).status).toBe(404);
    expect((await post("/api/trash/nonsense/restore")).status).toBe(400);
  });

  it("moves some, then all", async () => {
    for (const payload of ["1", "2", "3"]) await publish(payload);
    const { items } = await get(`${queue}/messages`);
    const destination = { exchange: "amq.default", routing_key: "dead" };
    expect((await post(`${queue}/move`, { destination, ids: [items[1].id] })).json).toEqual({
      matched: 1,
      done: 1,
      skipped_count: 0,
      skipped: [],
    });
    expect((await post(`${queue}/move`, { destination, all: true })).json).toMatchObject({ matched: 2, done: 2 });
    expect(payloads((await get("/api/queues/%2F/dead/messages")).items)).toEqual(["2", "1", "3"]);
    expect((await post(`${queue}/move`, { destination })).status).toBe(400);
    expect((await post(`${queue}/move`, { destination, all: true, ids: [1] })).status).toBe(400);
  });
});

describe("dead letters", () => {
  beforeEach(async () => {
    for (const payload of ["a", "b", "c"]) await publish(payload);
    const { messages } = (await post(`${queue}/leases`, { count: 3 })).json;
    const settlements = messages.map(({ receipt, payload }: { receipt: string; payload: string }) => ({
      receipt,
      outcome: "reject",
      error: { type: `Error${payload}`, message: "no stock" },
    }));
    expect((await post("/api/leases/settle", { settlements })).json.results).toHaveLength(3);
  });

  it("are listed and counted with their causes", async () => {
    const list = await get("/api/dead-letters?vhost=%2F&order=oldest");
    expect(payloads(list.items)).toEqual(["a", "b", "c"]);
    expect(list.items[0].death).toMatchObject({
      reason: "rejected",
      origin_queue: "q",
      count: 1,
      error_type: "Errora",
      error_message: "no stock",
    });
    expect(await get("/api/dead-letters/count?vhost=%2F&origin=q&reason=rejected")).toEqual({ count: 3 });
    expect(await get(`/api/dead-letters/count?vhost=%2F&q=${encodeURIComponent("error:Errorb")}`)).toEqual({
      count: 1,
    });
    expect(await get("/api/dead-letters/count?vhost=%2F&reason=expired")).toEqual({ count: 0 });
  });

  it("are retried: one, then all that match", async () => {
    const { items } = await get("/api/dead-letters?vhost=%2F&order=oldest");
    const ids = [{ queue: "dead", id: items[0].id }];
    expect((await post("/api/dead-letters/%2F/retry", { ids })).json).toMatchObject({
      matched: 1,
      done: 1,
      skipped_count: 0,
    });
    expect(payloads((await get(`${queue}/messages`)).items)).toEqual(["a"]);
    expect((await post("/api/dead-letters/%2F/retry", { ids })).json).toMatchObject({ done: 0, skipped_count: 1 });
    expect((await post("/api/dead-letters/%2F/retry", { all: true, q: "error:Errorc" })).json).toMatchObject({
      matched: 1,
      done: 1,
    });
    expect((await post("/api/dead-letters/%2F/retry", { all: true, to: { routing_key: "q" } })).json).toMatchObject({
      done: 1,
    });
    expect((await get(queue)).messages).toBe(3);
    expect((await post("/api/dead-letters/%2F/retry", {})).status).toBe(400);
  });

  it("are discarded, and taken back", async () => {
    const { json } = await post("/api/dead-letters/%2F/discard", { all: true, queue: "dead" });
    expect(json).toMatchObject({ matched: 3, done: 3, skipped_count: 0, trash: expect.any(String) });
    expect(await get("/api/dead-letters/count?vhost=%2F")).toEqual({ count: 0 });
    expect((await post(`/api/trash/${json.trash}/restore`)).json).toEqual({ restored: 3 });
    expect(await get("/api/dead-letters/count?vhost=%2F")).toEqual({ count: 3 });
  });
});
