import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@/test/conformance/side";
import { startApiWithDoors } from "@/test/http/engine-api";
import { readEvents } from "@/test/http/event-reader";
import type { TestApi } from "@/test/http/support";
import type { TestServer } from "@/test/support/amqp/amqp-server";

let api: TestApi;
let door: TestServer;
let closeAll: () => Promise<void>;
beforeAll(async () => {
  const started = await startApiWithDoors(1);
  ({ api, close: closeAll } = started);
  [door] = started.doors as [TestServer];
  for (const name of ["worker", "outsider", "watcher"]) {
    const tags = name === "watcher" ? "monitoring" : "management";
    await put(`/api/users/${name}`, { password: name, tags });
  }
  await put("/api/permissions/%2F/worker", {
    configure: "^worker\\.",
    write: "^(worker\\.|amq\\.topic$)",
    read: "^worker\\.",
  });
  await put("/api/queues/%2F/worker.jobs", {});
  await put("/api/queues/%2F/secret", {});
});
afterAll(() => closeAll());

const put = async (path: string, body: unknown) => (await api.call("PUT", path, { body })).status;
const as = async (user: string, method: string, path: string, body?: unknown) =>
  (await api.call(method, path, { as: `${user}:${user}`, body })).status;
const message = { properties: {}, routing_key: "worker.jobs", payload: "x", payload_encoding: "string" };

describe("over HTTP", () => {
  it("nobody goes beyond their permissions", async () => {
    expect(await as("worker", "PUT", "/api/queues/%2F/worker.new", {})).toBe(201);
    expect(await as("worker", "PUT", "/api/queues/%2F/other", {})).toBe(403);
    expect(await as("worker", "DELETE", "/api/queues/%2F/secret")).toBe(403);
    expect(await as("worker", "DELETE", "/api/queues/%2F/secret/contents")).toBe(403);
    expect(await as("worker", "POST", "/api/exchanges/%2F/amq.default/publish", message)).toBe(403);
    expect(await as("worker", "POST", "/api/exchanges/%2F/amq.topic/publish", message)).toBe(200);
    const get = { count: 1, ackmode: "ack_requeue_true", encoding: "auto" };
    expect(await as("worker", "POST", "/api/queues/%2F/worker.jobs/get", get)).toBe(200);
    expect(await as("worker", "POST", "/api/queues/%2F/secret/get", get)).toBe(403);
    expect(await as("worker", "POST", "/api/queues/%2F/secret/leases", {})).toBe(403);
    expect(await as("worker", "GET", "/api/queues/%2F/secret/messages")).toBe(403);
    expect(await as("worker", "GET", "/api/queues/%2F/worker.jobs/messages")).toBe(200);
    expect(
      await as("worker", "PUT", "/api/queues/%2F/worker.dead", { arguments: { "x-dead-letter-exchange": "" } }),
    ).toBe(403);
    expect(await as("worker", "POST", "/api/bindings/%2F/e/amq.direct/q/worker.jobs", {})).toBe(403);
    expect(await as("worker", "POST", "/api/dead-letters/%2F/discard", { all: true })).toBe(403);
  });

  it("lists show what the user may see", async () => {
    const queues = async (user: string) => {
      const { json } = await api.call("GET", "/api/queues", { as: `${user}:${user}` });
      return json.map(({ name }: { name: string }) => name);
    };
    expect(await queues("worker")).toContain("secret");
    expect(await queues("watcher")).toContain("secret");
    expect(await queues("outsider")).toEqual([]);
    expect(await as("outsider", "GET", "/api/queues/%2F")).toBe(403);
    expect(await as("outsider", "GET", "/api/policies/%2F")).toBe(403);
    expect(await as("watcher", "GET", "/api/queues/%2F/secret")).toBe(200);
    expect(await as("watcher", "GET", "/api/queues/%2F/secret/messages")).toBe(403);
    const { json } = await api.call("GET", "/api/messages/%2F", { as: "worker:worker" });
    expect(json.items.every(({ queue }: { queue: string }) => queue.startsWith("worker."))).toBe(true);
    expect((await api.call("GET", "/api/vhosts", { as: "outsider:outsider" })).json).toEqual([]);
  });

  it("the overview adds up what the user may see", async () => {
    await put("/api/vhosts/hidden", {});
    await put("/api/queues/hidden/one", {});
    const text = { ...message, routing_key: "one" };
    expect((await api.call("POST", "/api/exchanges/hidden/amq.default/publish", { body: text })).status).toBe(200);
    const overview = async (user: string, query = "") =>
      (await api.call("GET", `/api/overview${query}`, { as: `${user}:${user}` })).json;
    const [all, own, none] = await Promise.all([overview("watcher"), overview("worker"), overview("outsider")]);
    const here = await overview("watcher", "?vhost=%2F");
    expect(own.object_totals).toEqual({ ...here.object_totals, connections: 0, channels: 0 });
    expect(own.queue_totals).toEqual(here.queue_totals);
    expect(own.message_stats.publish).toBe(here.message_stats.publish);
    expect(all.queue_totals.messages).toBe(own.queue_totals.messages + 1);
    expect(all.message_stats.publish).toBe(own.message_stats.publish + 1);
    expect(all.object_totals.vhosts).toBe(own.object_totals.vhosts + 1);
    expect(none.object_totals).toMatchObject({ vhosts: 0, queues: 0, exchanges: 0, consumers: 0 });
    expect(none.queue_totals).toMatchObject({ messages: 0 });
    const other = await api.call("GET", "/api/overview?vhost=hidden", { as: "worker:worker" });
    expect(other.status).toBe(403);

    const reader = await readEvents(api.router, "/api/events", undefined, "worker:worker");
    await put("/api/queues/hidden/two", {});
    const told = await reader.until(
      ({ event, data }) =>
        event === "overview" || data?.queues?.some(({ vhost }: { vhost: string }) => vhost === "hidden"),
    );
    expect(told.data).toBeNull();
    await reader.close();
    await api.call("DELETE", "/api/vhosts/hidden");
  });

  it("a job does what who starts it may do, and is changed by who started it or could have", async () => {
    const job = (body: unknown) => as("worker", "POST", "/api/jobs", { vhost: "/", ...(body as object) });
    const to = { exchange: "amq.topic", routing_key: "worker.x" };
    expect(await job({ kind: "purge", queue: "secret" })).toBe(403);
    expect(await job({ kind: "purge", queue: "worker.jobs" })).toBe(201);
    expect(await job({ kind: "retry", all: true })).toBe(403);
    expect(await job({ kind: "retry", all: true, dry_run: true })).toBe(403);
    expect(await job({ kind: "discard", all: true, queue: "worker.jobs" })).toBe(201);
    expect(await job({ kind: "move", from: "worker.jobs", all: true, to: { routing_key: "secret" } })).toBe(403);
    expect(await job({ kind: "move", from: "worker.jobs", all: true, to })).toBe(201);
    expect(await job({ kind: "replay", to })).toBe(403);
    expect(await job({ kind: "replay", source: { queue: "worker.jobs" }, to })).toBe(201);
    const own = { vhost: "/", kind: "move", from: "secret", all: true, to, rate: 0.1 };
    const { id } = (await api.call("POST", "/api/jobs", { body: own })).json;
    expect(await as("worker", "GET", `/api/jobs/${id}`)).toBe(200);
    expect(await as("worker", "POST", `/api/jobs/${id}/cancel`, {})).toBe(403);
    expect(await as("outsider", "GET", `/api/jobs/${id}`)).toBe(403);
    expect((await api.call("GET", "/api/jobs", { as: "outsider:outsider" })).json.items).toEqual([]);
    const edit = { exchange: "amq.topic", routing_key: "worker.x", properties: {}, payload: "x" };
    expect(await as("worker", "POST", "/api/queues/%2F/secret/messages/1/edit", edit)).toBe(403);
    expect(await as("worker", "POST", "/api/queues/%2F/worker.jobs/messages/1/edit", edit)).toBe(409);
  });

  it("only administrators see and change users", async () => {
    for (const path of ["/api/users", "/api/users/worker", "/api/permissions", "/api/users/worker/permissions"]) {
      expect([path, await as("worker", "GET", path)]).toEqual([path, 403]);
    }
    expect(await as("worker", "PUT", "/api/users/worker", { password: "x", tags: "administrator" })).toBe(403);
    expect(await as("worker", "PUT", "/api/policies/%2F/x", { pattern: "", definition: { expires: 1 } })).toBe(403);
  });

  it("who makes a virtual host may do everything in it", async () => {
    expect(await put("/api/vhosts/fresh", {})).toBe(201);
    expect((await api.call("GET", "/api/permissions/fresh/guest")).json).toMatchObject({ configure: ".*" });
    expect(await put("/api/queues/fresh/q", {})).toBe(201);
    expect((await api.call("DELETE", "/api/vhosts/fresh")).status).toBe(204);
    expect((await api.call("GET", "/api/users/guest/permissions")).json).toHaveLength(1);
  });
});

describe("the sample's virtual host", () => {
  it("is open to every administrator, and to nobody else", async () => {
    await put("/api/users/chief", { password: "chief", tags: "administrator" });
    expect((await api.call("POST", "/api/sample/start")).status).toBe(200);
    const { vhost } = (await api.call("GET", "/api/sample")).json;
    const where = encodeURIComponent(vhost);
    await eventually(async () => (await as("chief", "PUT", `/api/queues/${where}/mine`, {})) < 300);
    expect(await as("guest", "GET", `/api/messages/${where}`)).toBe(200);
    expect(await as("worker", "GET", `/api/queues/${where}`)).toBe(403);
    expect((await api.call("DELETE", "/api/sample")).status).toBe(200);
    await eventually(async () => (await api.call("GET", "/api/sample")).json.state === "absent", 20_000);
    expect((await api.call("DELETE", "/api/users/chief")).status).toBe(204);
  });
});

describe("over AMQP", () => {
  /** The reply code with which what was done ends the channel; null when it didn't. */
  async function codeOf(user: string, work: (channel: import("amqplib").Channel) => Promise<unknown>) {
    const connection = await door.connect({ user });
    try {
      const channel = await connection.createChannel();
      let code: number | null = null;
      const closed = new Promise<void>((resolve) => {
        channel.on("error", (error: { code: number }) => {
          code = error.code;
          resolve();
        });
      });
      const done = work(channel).then(async () => {
        // What was asked without an answer has been judged when this is answered.
        await channel.checkQueue("worker.jobs");
      });
      await Promise.race([closed, done.catch(() => closed)]);
      return code;
    } finally {
      await connection.close().catch(() => {});
    }
  }

  it("nobody goes beyond their permissions", async () => {
    const transient = { durable: false };
    expect(await codeOf("worker", (channel) => channel.assertQueue("worker.amqp", transient))).toBeNull();
    expect(await codeOf("worker", (channel) => channel.assertQueue("elsewhere", transient))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.assertQueue("", { exclusive: true }))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.consume("worker.jobs", () => {}))).toBeNull();
    expect(await codeOf("worker", (channel) => channel.consume("secret", () => {}))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.get("secret"))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.purgeQueue("secret"))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.deleteQueue("secret"))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.assertExchange("x", "fanout"))).toBe(403);
    expect(await codeOf("worker", async (channel) => channel.publish("amq.topic", "k", Buffer.from("")))).toBeNull();
    expect(await codeOf("worker", async (channel) => channel.publish("", "secret", Buffer.from("")))).toBe(403);
    expect(await codeOf("worker", (channel) => channel.bindQueue("worker.jobs", "amq.fanout", ""))).toBe(403);
    await expect(door.connect({ user: "outsider" })).rejects.toThrow("ConnectionClose");
  });

  it("topic permissions say which routing keys", async () => {
    const rules = { exchange: "amq.topic", write: "^{username}\\.", read: ".*" };
    expect(await put("/api/topic-permissions/%2F/worker", rules)).toBe(201);
    const publish = (key: string) =>
      codeOf("worker", async (channel) => channel.publish("amq.topic", key, Buffer.from("")));
    await eventually(async () => (await publish("other.key")) === 403);
    expect(await publish("worker.key")).toBeNull();
    expect((await api.call("DELETE", "/api/topic-permissions/%2F/worker")).status).toBe(204);
    await eventually(async () => (await publish("other.key")) === null);
  });

  it("limits of virtual hosts and users hold", async () => {
    expect(await put("/api/vhost-limits/%2F/max-queues", { value: 0 })).toBe(204);
    expect(await codeOf("guest", (channel) => channel.assertQueue("one.too.many"))).toBe(406);
    expect(await codeOf("guest", (channel) => channel.assertQueue("worker.amqp", { durable: false }))).toBeNull();
    expect((await api.call("DELETE", "/api/vhost-limits/%2F/max-queues")).status).toBe(204);

    expect(await put("/api/user-limits/worker/max-connections", { value: 2 })).toBe(204);
    expect(await put("/api/user-limits/worker/max-channels", { value: 2 })).toBe(204);
    const open = [await door.connect({ user: "worker" }), await door.connect({ user: "worker" })];
    await expect(door.connect({ user: "worker" })).rejects.toThrow("ConnectionClose");
    await open[0]?.createChannel();
    await open[1]?.createChannel();
    await expect(open[1]?.createChannel()).rejects.toThrow();
    await Promise.all(open.map((connection) => connection.close().catch(() => {})));
    expect((await api.call("GET", "/api/user-limits/worker")).json).toEqual([
      { user: "worker", value: { "max-connections": 2, "max-channels": 2 } },
    ]);
    for (const limit of ["max-connections", "max-channels"]) {
      expect((await api.call("DELETE", `/api/user-limits/worker/${limit}`)).status).toBe(204);
    }
    expect(await put("/api/vhost-limits/%2F/max-connections", { value: 0 })).toBe(204);
    await expect(door.connect({ user: "worker" })).rejects.toThrow("ConnectionClose");
    expect((await api.call("DELETE", "/api/vhost-limits/%2F/max-connections")).status).toBe(204);
    expect(await put("/api/vhost-limits/%2F/max-nonsense", { value: 1 })).toBe(400);
  });
});

describe("users", () => {
  it("log in by RabbitMQ's hashes, and are shown with the same", async () => {
    // https://www.rabbitmq.com/docs/passwords: the hash of "test12".
    const hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
    expect(await put("/api/users/hashed", { password_hash: hash, tags: ["management"] })).toBe(201);
    expect((await api.call("GET", "/api/whoami", { as: "hashed:test12" })).status).toBe(200);
    expect((await api.call("GET", "/api/whoami", { as: "hashed:test13" })).status).toBe(401);
    expect((await api.call("GET", "/api/users/hashed")).json).toEqual({
      ...{ name: "hashed", password_hash: hash, hashing_algorithm: "rabbit_password_hashing_sha256" },
      ...{ tags: ["management"], limits: {} },
    });
    expect(await put("/api/users/hashed", { password_hash: "not base64!", tags: "" })).toBe(400);
    expect(await put("/api/users/hashed", { password: "x", password_hash: hash, tags: "" })).toBe(400);
    expect(await put("/api/users/hashed", { password: "x" })).toBe(400);
    expect(await put("/api/users/hashed", { tags: "" })).toBe(204);
    expect((await api.call("GET", "/api/whoami", { as: "hashed:" })).status).toBe(401);
    expect((await api.call("GET", "/api/users/without-permissions?columns=name")).json).toContainEqual({
      name: "hashed",
    });
  });

  it("are gone with all they had, at once and in both doors", async () => {
    await put("/api/users/leaver", { password: "leaver", tags: "management" });
    await put("/api/permissions/%2F/leaver", { configure: "", write: "", read: "" });
    expect(await as("leaver", "GET", "/api/whoami")).toBe(200);
    const connection = await door.connect({ user: "leaver" });
    const closed = new Promise<void>((resolve) => connection.on("close", () => resolve()));
    await eventually(async () => (await api.call("GET", "/api/connections")).text.includes("leaver"));
    expect((await api.call("POST", "/api/users/bulk-delete", { body: { users: ["leaver", "nobody"] } })).status).toBe(
      404,
    );
    expect((await api.call("POST", "/api/users/bulk-delete", { body: { users: ["leaver"] } })).status).toBe(204);
    await closed;
    await eventually(async () => (await as("leaver", "GET", "/api/whoami")) === 401);
    expect((await api.call("GET", "/api/permissions")).text).not.toContain("leaver");
  });

  it("always have an administrator among them", async () => {
    expect((await api.call("DELETE", "/api/users/guest")).status).toBe(400);
    expect(await put("/api/users/guest", { password: "guest", tags: "management" })).toBe(400);
  });

  it("named guest come from this machine, and under its own name", async () => {
    const host = (name: string) => api.call("GET", "/api/whoami", { headers: { host: name } });
    for (const name of ["127.0.0.1:3000", "localhost", "[::1]:3000"]) expect((await host(name)).status).toBe(200);
    expect((await host("evil.example:3000")).status).toBe(401);
    expect(
      (await api.call("GET", "/api/whoami", { as: "worker:worker", headers: { host: "evil.example" } })).status,
    ).toBe(200);
  });
});

describe("tokens", () => {
  const bearer = (token: string, method: string, path: string, body?: unknown) =>
    api.call(method, path, { as: null, headers: { authorization: `Bearer ${token}` }, body });

  it("open what their user may do, or reading only, until they are deleted or expire", async () => {
    const make = (body: unknown) => api.call("POST", "/api/tokens", { as: "worker:worker", body });
    const full = (await make({ name: "deploy" })).json;
    const read = (await make({ name: "graphs", scope: "read", expires_at: "2100-01-01T00:00:00Z" })).json;
    expect(full).toMatchObject({ name: "deploy", scope: "full", expires_at: null });
    expect((await bearer(full.token, "GET", "/api/whoami")).json.name).toBe("worker");
    expect((await bearer(full.token, "PUT", "/api/queues/%2F/worker.token", {})).status).toBe(201);
    expect((await bearer(full.token, "PUT", "/api/queues/%2F/other", {})).status).toBe(403);
    expect((await bearer(read.token, "GET", "/api/queues/%2F")).status).toBe(200);
    expect((await bearer(read.token, "PUT", "/api/queues/%2F/worker.token", {})).status).toBe(403);
    expect((await bearer(full.token, "POST", "/api/tokens", { name: "child" })).status).toBe(403);
    expect((await make({ name: "deploy" })).status).toBe(409);
    expect((await make({ name: "late", expires_at: "2000-01-01T00:00:00Z" })).status).toBe(400);
    const list = await api.call("GET", "/api/tokens", { as: "worker:worker" });
    expect(list.json.map(({ name }: { name: string }) => name)).toEqual(["deploy", "graphs"]);
    expect(list.text).not.toContain(full.token);
    expect((await api.call("DELETE", `/api/tokens/${full.id}`)).status).toBe(404);
    expect((await api.call("DELETE", `/api/tokens/${full.id}`, { as: "worker:worker" })).status).toBe(204);
    expect((await bearer(full.token, "GET", "/api/whoami")).status).toBe(401);
    await api.database.token.updateMany({ data: { expiresAt: new Date(0) } });
    expect((await bearer(read.token, "GET", "/api/whoami")).status).toBe(401);
  });
});
