import { afterAll, beforeAll, expect, it } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
});
afterAll(() => api.close());

const post = (body: unknown, query = "") => api.call("POST", `/api/definitions${query}`, { body });
const queue = { name: "q", vhost: "/", durable: true, auto_delete: false, arguments: { "x-max-length": 5 } };

it("says what an import would do, and does none of it", async () => {
  await api.call("PUT", "/api/queues/%2F/q", { body: queue });
  await api.call("PUT", "/api/policies/%2F/p", { body: { pattern: "x", definition: { expires: 5_000_000 } } });
  const file = {
    vhosts: [{ name: "new" }],
    queues: [queue, { ...queue, vhost: "new" }, { ...queue, name: "odd", arguments: { "x-max-length": -1 } }],
    policies: [{ vhost: "/", name: "p", pattern: "y", definition: { expires: 5_000_000 } }],
    bindings: [{ source: "amq.topic", vhost: "new", destination: "q", destination_type: "queue", routing_key: "k" }],
    permissions: [{ user: "nobody", vhost: "new", configure: "", write: "", read: "" }],
  };
  const { status, json } = await post(file, "?plan=true");
  expect(status).toBe(200);
  expect(json.summary).toEqual({ create: 3, change: 1, unchanged: 1, conflict: 2 });
  const actionOf = (kind: string, vhost: string | null, name: string) =>
    json.changes.find(
      (change: Record<string, unknown>) => change.kind === kind && change.vhost === vhost && change.name === name,
    );
  expect(actionOf("queue", "/", "q")).toMatchObject({ action: "unchanged", reason: null });
  expect(actionOf("queue", "new", "q")).toMatchObject({ action: "create", after: { durable: true } });
  expect(actionOf("queue", "/", "odd").reason).toContain("invalid arg 'x-max-length'");
  expect(actionOf("policy", "/", "p")).toMatchObject({
    action: "change",
    before: { pattern: "x" },
    after: { pattern: "y" },
  });
  expect(actionOf("permission", "new", "nobody")).toMatchObject({
    action: "conflict",
    reason: "There is no user 'nobody'.",
  });
  expect((await api.call("GET", "/api/vhosts/new")).status).toBe(404);

  const refused = await post(file);
  expect([refused.status, refused.json.code]).toEqual([400, "precondition-failed"]);
  expect(refused.json.detail.conflicts).toHaveLength(2);
  expect((await api.call("GET", "/api/vhosts/new")).status).toBe(404);
  expect((await api.call("GET", "/api/policies/%2F/p")).json.pattern).toBe("x");
});

it("imports all of it, and the same again changes nothing", async () => {
  const file = {
    vhosts: [{ name: "whole", description: "d", tags: ["t"] }],
    users: [{ name: "bob", password: "secret", tags: "management" }],
    permissions: [{ user: "bob", vhost: "whole", configure: "", write: ".*", read: ".*" }],
    exchanges: [{ name: "x", vhost: "whole", type: "fanout", durable: true }],
    queues: [{ ...queue, vhost: "whole", arguments: { "x-max-priority": 3 } }],
    bindings: [
      { source: "x", vhost: "whole", destination: "q", destination_type: "queue", routing_key: "", arguments: {} },
    ],
    policies: [{ vhost: "whole", name: "short", pattern: "q", definition: { "max-length": 1 }, "apply-to": "queues" }],
  };
  expect((await post(file)).status).toBe(204);
  expect((await api.call("GET", "/api/whoami", { as: "bob:secret" })).status).toBe(200);
  for (const payload of ["a", "b"]) {
    const message = { properties: {}, routing_key: "", payload, payload_encoding: "string" };
    const published = await api.call("POST", "/api/exchanges/whole/x/publish", { body: message, as: "bob:secret" });
    expect(published.json).toMatchObject({ routed: true });
  }
  const get = { count: 9, ackmode: "ack_requeue_false", encoding: "auto" };
  const got = await api.call("POST", "/api/queues/whole/q/get", { body: get, as: "bob:secret" });
  expect(got.json.map(({ payload }: { payload: string }) => payload)).toEqual(["b"]);
  const exported = (await api.call("GET", "/api/definitions")).json;
  expect((await post(exported, "?plan=true")).json.summary).toMatchObject({ create: 0, change: 0, conflict: 0 });
  expect((await post(exported)).status).toBe(204);
});

it("refuses what is no file of definitions, or isn't the same as what is there", async () => {
  expect((await post({ queues: "all" })).status).toBe(400);
  expect((await post({ queues: [{ ...queue, vhost: undefined }] })).status).toBe(400);
  expect((await post({ parameters: [{ component: "shovel", name: "s", vhost: "/", value: {} }] })).status).toBe(400);
  expect((await post({ queues: [{ ...queue, durable: false }] })).json.reason).toContain("inequivalent arg 'durable'");
  expect((await post({ users: [{ name: "guest", password: "guest", tags: "" }] })).status).toBe(400);
  expect((await post({ queues: [queue, { ...queue, durable: false }] }, "?plan=true")).json.summary.conflict).toBe(1);
});
