import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
});
afterAll(() => api.close());

const status = async (method: string, path: string, body?: unknown) => (await api.call(method, path, { body })).status;
const get = async (path: string) => (await api.call("GET", path)).json;

describe("virtual hosts", () => {
  it("are created, changed, listed and deleted", async () => {
    expect(await status("PUT", "/api/vhosts/a%2Fb")).toBe(201);
    expect(await status("PUT", "/api/vhosts/a%2Fb", { description: "d", tags: "x, y" })).toBe(204);
    expect(await get("/api/vhosts/a%2Fb")).toMatchObject({
      name: "a/b",
      description: "d",
      tags: ["x", "y"],
      messages: 0,
    });
    expect((await get("/api/vhosts?columns=name&sort=name")).map(({ name }: { name: string }) => name)).toEqual([
      "/",
      "a/b",
    ]);
    expect(await status("DELETE", "/api/vhosts/a%2Fb")).toBe(204);
    expect(await status("DELETE", "/api/vhosts/a%2Fb")).toBe(404);
  });
});

describe("exchanges", () => {
  it("are there from the beginning", async () => {
    const exchanges = await get("/api/exchanges/%2F?columns=name,type&sort=name");
    expect(exchanges).toEqual([
      { name: "", type: "direct" },
      { name: "amq.direct", type: "direct" },
      { name: "amq.fanout", type: "fanout" },
      { name: "amq.headers", type: "headers" },
      { name: "amq.match", type: "headers" },
      { name: "amq.rabbitmq.trace", type: "topic" },
      { name: "amq.topic", type: "topic" },
    ]);
    expect(await get("/api/exchanges/%2F/amq.default")).toMatchObject({ name: "", type: "direct", durable: true });
  });

  it("are declared as RabbitMQ does", async () => {
    const path = "/api/exchanges/%2F/events";
    expect(
      await status("PUT", path, { type: "topic", durable: "true", arguments: { "alternate-exchange": "x" } }),
    ).toBe(201);
    expect(await status("PUT", path, { type: "topic", durable: true, arguments: { "alternate-exchange": "x" } })).toBe(
      204,
    );
    const other = await api.call("PUT", path, { body: { type: "fanout", durable: true } });
    expect([other.status, other.json.error, other.json.code]).toEqual([400, "bad_request", "precondition-failed"]);
    expect(await get(path)).toMatchObject({ type: "topic", durable: true, arguments: { "alternate-exchange": "x" } });
    expect(await status("PUT", "/api/exchanges/%2F/odd", { type: "odd" })).toBe(400);
    expect(await status("PUT", "/api/exchanges/%2F/amq.mine", { type: "direct" })).toBe(403);
    expect(await status("PUT", "/api/exchanges/nowhere/x", { type: "direct" })).toBe(404);
    expect(await status("DELETE", "/api/exchanges/%2F/amq.topic")).toBe(403);
    expect(await status("DELETE", path)).toBe(204);
    expect(await status("GET", path)).toBe(404);
  });

  it("in use are not deleted if that is asked for", async () => {
    await status("PUT", "/api/exchanges/%2F/used", { type: "fanout" });
    await status("PUT", "/api/queues/%2F/user", {});
    expect(await status("POST", "/api/bindings/%2F/e/used/q/user", {})).toBe(201);
    const kept = await api.call("DELETE", "/api/exchanges/%2F/used?if-unused=true");
    expect([kept.status, kept.json.code]).toEqual([400, "precondition-failed"]);
    expect(await status("DELETE", "/api/exchanges/%2F/used?if-unused=false")).toBe(204);
  });
});

describe("queues", () => {
  it("are declared as RabbitMQ does", async () => {
    const path = "/api/queues/%2F/orders";
    const body = { durable: true, arguments: { "x-message-ttl": 60000 } };
    expect(await status("PUT", path, body)).toBe(201);
    expect(await status("PUT", path, body)).toBe(204);
    const other = await api.call("PUT", path, { body: { durable: false } });
    expect(other.status).toBe(400);
    expect(other.json.reason).toMatch(/inequivalent arg/);
    expect(await status("PUT", "/api/queues/%2F/bad", { arguments: { "x-max-length": "many" } })).toBe(400);
    expect(await status("PUT", "/api/queues/%2F/bad", { durable: "maybe" })).toBe(400);
    expect(await get(path)).toMatchObject({
      name: "orders",
      vhost: "/",
      type: "classic",
      durable: true,
      auto_delete: false,
      exclusive: false,
      arguments: { "x-message-ttl": 60000 },
      messages: 0,
      messages_ready: 0,
      messages_unacknowledged: 0,
      consumers: 0,
      message_stats: { publish: 0, publish_details: { rate: 0 } },
    });
    expect(await status("DELETE", path)).toBe(204);
    expect(await status("DELETE", path)).toBe(404);
  });

  it.each([
    "a/b",
    "<script>alert(1)</script>",
    "ünïcödé \u202eRTL",
    "100%",
    "a b+c?d#e&f=g",
    "..a",
    "'; drop table x --",
    "*.#",
  ])("may be called %s", async (name) => {
    const path = `/api/queues/%2F/${encodeURIComponent(name)}`;
    expect(await status("PUT", path, { durable: true })).toBe(201);
    expect((await get(path)).name).toBe(name);
    expect((await get(`/api/queues?page=1&name=${encodeURIComponent(name)}`)).items[0].name).toBe(name);
    const publish = { routing_key: name, payload: name, properties: {}, payload_encoding: "string" };
    expect((await api.call("POST", "/api/exchanges/%2F/amq.default/publish", { body: publish })).json.queues).toEqual([
      name,
    ]);
    expect((await get(`${path}/messages`)).items[0]).toMatchObject({ queue: name, payload: name });
    expect(await status("DELETE", path)).toBe(204);
  });

  it("are listed by hundreds, page by page", async () => {
    await status("PUT", "/api/vhosts/many");
    await Promise.all(Array.from({ length: 120 }, (_, i) => status("PUT", `/api/queues/many/q${i}`, {})));
    const page = await get("/api/queues/many?page=3&page_size=50&sort=name&columns=name");
    expect(page).toMatchObject({ total_count: 120, page_count: 3, item_count: 20 });
    expect(page.items[19]).toEqual({ name: "q99" });
  });
});

describe("bindings", () => {
  beforeAll(async () => {
    await status("PUT", "/api/exchanges/%2F/src", { type: "topic" });
    await status("PUT", "/api/exchanges/%2F/dst", { type: "fanout" });
    await status("PUT", "/api/queues/%2F/bound", {});
  });

  it("are created, found by their Location, and removed", async () => {
    const pair = "/api/bindings/%2F/e/src/q/bound";
    const made = await api.call("POST", pair, { body: { routing_key: "a.*", arguments: { k: "v" } } });
    expect(made.status).toBe(201);
    const relative = made.headers.get("location") ?? "";
    expect(relative).toMatch(/^bound\/a\.%252A~/);
    const location = new URL(relative, `http://warren.test${pair}`).pathname;
    const binding = await get(location);
    expect(binding).toMatchObject({
      source: "src",
      destination: "bound",
      destination_type: "queue",
      routing_key: "a.*",
      arguments: { k: "v" },
    });
    expect(await status("POST", pair, { routing_key: "a.*", arguments: { k: "v" } })).toBe(201);
    expect(await get(pair)).toEqual([binding]);
    expect(await get("/api/queues/%2F/bound/bindings")).toHaveLength(2);
    expect(await get("/api/exchanges/%2F/src/bindings/source")).toEqual([binding]);
    // Some clients put the key into the path as it is.
    expect(await status("GET", `${pair}/${binding.properties_key}`)).toBe(200);
    expect(await status("DELETE", location)).toBe(204);
    expect(await status("DELETE", location)).toBe(404);
    expect(await get(pair)).toEqual([]);
  });

  it("lead to exchanges too, and have a key without anything", async () => {
    expect(await status("POST", "/api/bindings/%2F/e/src/e/dst", {})).toBe(201);
    expect(await get("/api/bindings/%2F/e/src/e/dst/~")).toMatchObject({
      destination_type: "exchange",
      properties_key: "~",
    });
    expect(await get("/api/exchanges/%2F/dst/bindings/destination")).toHaveLength(1);
    expect(await status("DELETE", "/api/bindings/%2F/e/src/e/dst/~")).toBe(204);
  });

  it("of the default exchange can't be changed", async () => {
    expect(await status("POST", "/api/bindings/%2F/e/amq.default/q/bound", {})).toBe(403);
    expect(await get("/api/bindings/%2F/e/amq.default/q/bound")).toMatchObject([{ source: "", routing_key: "bound" }]);
    expect(await status("DELETE", "/api/bindings/%2F/e/amq.default/q/bound/bound")).toBe(403);
  });

  it("need both ends", async () => {
    expect(await status("POST", "/api/bindings/%2F/e/src/q/nobody", {})).toBe(404);
    expect(await status("POST", "/api/bindings/%2F/e/nothing/q/bound", {})).toBe(404);
    expect(await status("GET", "/api/bindings/%2F/e/src/q/nobody")).toBe(404);
  });
});

describe("the overview", () => {
  it("has RabbitMQ's fields", async () => {
    const overview = await get("/api/overview?msg_rates_age=60&msg_rates_incr=5&lengths_age=60&lengths_incr=5");
    expect(overview).toMatchObject({
      product_name: "Warren",
      object_totals: { queues: expect.any(Number), exchanges: expect.any(Number) },
      queue_totals: { messages: 0, messages_ready: 0, messages_unacknowledged: 0 },
      message_stats: { publish: expect.any(Number), publish_details: { rate: expect.any(Number) } },
    });
    expect((await get("/api/overview?columns=cluster_name,object_totals.queues")).object_totals.queues).toBeGreaterThan(
      120,
    );
  });

  it("lists nodes, and definitions for another broker", async () => {
    expect((await get("/api/nodes")).length).toBeGreaterThan(0);
    const all = await get("/api/definitions");
    expect(all.vhosts).toContainEqual(
      expect.objectContaining({ name: "/", description: "Default virtual host", tags: [] }),
    );
    expect(all.queues).toContainEqual({ name: "bound", vhost: "/", durable: false, auto_delete: false, arguments: {} });
    expect((await get("/api/definitions/%2F")).exchanges[0].vhost).toBeUndefined();
    expect(all.exchanges.every(({ name }: { name: string }) => !name.startsWith("amq."))).toBe(true);
  });

  it("passes the checks that monitoring asks for", async () => {
    expect(await get("/api/aliveness-test/%2F")).toEqual({ status: "ok" });
    const checks = ["virtual-hosts", "alarms", "local-alarms", "node-is-quorum-critical", "metadata-store/initialized"];
    for (const check of checks) expect(await get(`/api/health/checks/${check}`)).toEqual({ status: "ok" });
    expect(await get("/api/healthchecks/node")).toEqual({ status: "ok" });
  });
});
