import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MESSAGE_LIMIT, startApi, type TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe("the router", () => {
  it("answers in JSON where there is nothing", async () => {
    const { status, json } = await api.call("GET", "/api/nothing/here");
    expect(status).toBe(404);
    expect(json).toMatchObject({ error: "not_found", code: "not-found" });
  });

  it("names the methods of a path that has others", async () => {
    const { status, headers, json } = await api.call("PATCH", "/api/queues/%2F/q");
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("HEAD, GET, PUT, DELETE, OPTIONS");
    expect(json.code).toBe("method-not-allowed");
    const options = await api.call("OPTIONS", "/api/whoami");
    expect([options.status, options.headers.get("allow")]).toEqual([204, "HEAD, GET, OPTIONS"]);
  });

  it("answers HEAD as GET, without the body", async () => {
    const { status, text } = await api.call("HEAD", "/api/whoami");
    expect([status, text]).toEqual([200, ""]);
  });

  it.each([
    ["%FF", /not percent-encoded UTF-8/],
    ["a%00b", /NUL/],
    ["x".repeat(256), /255 are allowed/],
  ])("refuses the name %s", async (name, reason) => {
    const { status, json } = await api.call("GET", `/api/queues/%2F/${name}`);
    expect([status, json.code]).toEqual([400, "bad-request"]);
    expect(json.reason).toMatch(reason);
  });

  it("hides the text of a fault of its own, and writes it to the server's log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { status, json } = await api.call("GET", "/api/queues");
    expect(String(log.mock.calls[0]?.[1])).toMatch(/no broker/);
    log.mockRestore();
    expect([status, json.error]).toEqual([500, "internal_server_error"]);
    expect(json.reason).not.toMatch(/no broker/);
  });
});

describe("bodies", () => {
  const route = "/api/exchanges/%2F/amq.topic/route";

  it("must be JSON, and the answer says where they aren't", async () => {
    const { status, json } = await api.call("POST", route, { body: '{"routing_key": "a",}' });
    expect([status, json.code]).toEqual([400, "bad-request"]);
    expect(json.reason).toMatch(/line 1, column 21/);
    expect(json.detail).toEqual({ line: 1, column: 21 });
  });

  it("must be UTF-8", async () => {
    const { status, json } = await api.call("POST", route, { body: Uint8Array.of(0x22, 0xff, 0x22) });
    expect(status).toBe(400);
    expect(json.reason).toMatch(/not UTF-8/);
  });

  it("mustn't be too large, whether or not they say so before", async () => {
    const body = JSON.stringify({ routing_key: "a".repeat(2 * MESSAGE_LIMIT + 70_000) });
    expect((await api.call("POST", route, { body })).status).toBe(413);
    expect((await api.call("POST", route, { body, headers: { "content-length": "5" } })).status).toBe(413);
  });

  it("of Warren's own paths may not misspell a field", async () => {
    const { status, json } = await api.call("POST", route, { body: { routing_key: "a", propertes: {} } });
    expect(status).toBe(400);
    expect(json.reason).toMatch(/unknown: propertes/);
  });

  it("say which field is wrong", async () => {
    const publish = "/api/exchanges/%2F/amq.topic/publish";
    const body = { routing_key: 5, properties: { priority: 999 } };
    const { json } = await api.call("POST", publish, { body });
    expect(json.detail.in).toBe("body");
    expect(json.detail.issues.map((issue: { field: string }) => issue.field)).toEqual([
      "routing_key",
      "properties",
      "payload",
    ]);
  });

  it.each([
    [{ routing_key: "x".repeat(256) }, /255 are allowed/],
    [{ routing_key: "\ud800" }, /surrogate/],
    [{ routing_key: "a", properties: { colour: "red" } }, /colour is not a message property/],
    [{ routing_key: "a", properties: { headers: { a: { "!int8": 300 } } } }, /from -128 to 127/],
    [[], /expected object/],
    ["null", /expected object/],
  ])("refuse %j", async (body, reason) => {
    const { status, json } = await api.call("POST", route, { body });
    expect(status).toBe(400);
    expect(json.reason).toMatch(reason);
  });
});

describe("queries", () => {
  it.each([
    ["/api/dead-letters?limt=5", /unknown: limt/],
    ["/api/dead-letters?limit=501", /limit: must be an integer from 1 to 500/],
    ["/api/dead-letters?limit=x", /must be an integer/],
    ["/api/dead-letters?order=best", /order/],
    ["/api/dead-letters?reason=boredom", /reason/],
    ["/api/dead-letters?q=reason:boredom", /a reason is one of rejected/],
    ["/api/queues/%2F/q/messages?state=lost", /state/],
    ["/api/queues/%2F/q/messages?q=queue:other", /asks for queue 'other'/],
    ["/api/queues/%2F/q/messages/-1", /from 0 to/],
    ["/api/queues/%2F/q/samples?age=86400&incr=1", /more than 2000 points/],
    ["/api/overview?msg_rates_age=0&msg_rates_incr=1", /from 1 to/],
  ])("refuses %s", async (path, reason) => {
    const { status, json } = await api.call("GET", path);
    expect([status, json.code]).toEqual([400, "bad-request"]);
    expect(json.reason).toMatch(reason);
  });
});

describe("templates", () => {
  it("belong to their user", async () => {
    await api.addUser("tom", "secret", ["management"]);
    const as = "tom:secret";
    const saved = await api.call("POST", "/api/templates", { body: { name: "order", content: { body: "<b>" } } });
    expect(saved.json).toMatchObject({ name: "order", vhost: "", content: { body: "<b>" } });
    const replaced = await api.call("POST", "/api/templates", { body: { name: "order", content: { body: "2" } } });
    expect(replaced.json.id).toBe(saved.json.id);
    expect((await api.call("GET", "/api/templates")).json).toMatchObject([{ name: "order", content: { body: "2" } }]);
    expect((await api.call("GET", "/api/templates", { as })).json).toEqual([]);
    expect((await api.call("DELETE", `/api/templates/${saved.json.id}`, { as })).status).toBe(404);
    expect((await api.call("DELETE", `/api/templates/${saved.json.id}`)).status).toBe(204);
  });

  it("can't hold NUL, which Postgres can't", async () => {
    const body = { name: "n", content: { body: "a\0b" } };
    expect((await api.call("POST", "/api/templates", { body })).status).toBe(400);
    expect((await api.call("POST", "/api/templates", { body: { name: "n\0", content: 1 } })).status).toBe(400);
  });
});

describe("health", () => {
  it("needs no login", async () => {
    const { status, json } = await api.call("GET", "/api/health", { as: null });
    expect([status, json]).toEqual([200, { status: "ok" }]);
  });
});

describe("the OpenAPI document", () => {
  it("describes every path with its schemas", async () => {
    const { json } = await api.call("GET", "/api/openapi.json", { as: null });
    expect(json.openapi).toBe("3.1.0");
    const lease = json.paths["/api/queues/{vhost}/{queue}/leases"].post;
    expect(lease.parameters.map(({ name }: { name: string }) => name)).toEqual(["vhost", "queue"]);
    const schema = lease.requestBody.content["application/json"].schema;
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.count).toMatchObject({ type: "integer", minimum: 1, maximum: 1000, default: 1 });
    const ids = Object.values(json.paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(60);
  });
});
