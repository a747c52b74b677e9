import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagementSide, managementSides } from "@/test/conformance/management";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";

describe.skipIf(!rabbitMqIsInstalled())("the management API, compared with RabbitMQ's", () => {
  let sides: { readonly both: readonly ManagementSide[]; close(): Promise<void> };
  beforeAll(async () => {
    sides = await managementSides();
  });
  afterAll(() => sides?.close());

  /** Asks both the same; `pick` says what of the answers is compared. */
  async function same(method: string, path: string, body?: unknown, pick = (json: unknown) => json): Promise<void> {
    const [warren, rabbit] = await Promise.all(
      sides.both.map(async (side) => {
        const { status, json } = await side.call(method, path, body);
        return { path, body, status, json: json === undefined ? undefined : pick(json) };
      }),
    );
    expect(warren).toEqual(rabbit);
  }
  const reason = (json: unknown) => (json as { reason?: unknown }).reason;
  const nothing = () => undefined;

  it("publishes and gets alike", async () => {
    const message = { properties: {}, routing_key: "got", payload: "a", payload_encoding: "string" };
    const publish = (exchange: string, more: object = {}, pick = reason) =>
      same("POST", `/api/exchanges/%2F/${exchange}/publish`, { ...message, ...more }, pick);
    await same("PUT", "/api/queues/%2F/got", {});
    await publish("nowhere");
    await publish("amq.default", { routing_key: "nobody" }, (json) => (json as { routed: boolean }).routed);
    await publish("amq.default", { properties: { headers: { n: 1 }, delivery_mode: 2 } }, nothing);
    await publish("amq.default", { payload: "Yg==", payload_encoding: "base64" }, nothing);
    await publish("amq.default", { properties: { user_id: "somebody" } }, nothing);
    const get = (queue: string, more: object = {}) =>
      same("POST", `/api/queues/%2F/${queue}/get`, {
        ackmode: "ack_requeue_false",
        encoding: "auto",
        count: 1,
        ...more,
      });
    await get("got", { ackmode: "ack_requeue_true" });
    await get("got");
    // Without properties RabbitMQ shows an empty list; see docs/compatibility.md.
    await same(
      "POST",
      "/api/queues/%2F/got/get",
      { ackmode: "ack_requeue_false", encoding: "auto", count: 5 },
      (json) =>
        (json as { payload: string; properties: object }[]).map(({ payload, properties }) => [
          payload,
          Object.keys(properties),
        ]),
    );
    await get("got");
    await same(
      "POST",
      "/api/queues/%2F/nowhere/get",
      { ackmode: "ack_requeue_false", encoding: "auto", count: 1 },
      nothing,
    );
  });

  it("says alike where a binding is", async () => {
    const locations = await Promise.all(
      sides.both.map(async (side) => {
        await side.call("PUT", "/api/queues/%2F/bound", {});
        const path = "/api/bindings/%2F/e/amq.direct/q/bound";
        const keys = ["a.key", "", "b/c%"];
        return Promise.all(keys.map((key) => side.location(path, { routing_key: key, arguments: {} })));
      }),
    );
    expect(locations[0]).toEqual(locations[1]);
  });

  it("lists and closes the connections of a user alike, of one who has none too", async () => {
    await same("PUT", "/api/users/caller", { password: "caller", tags: "" }, nothing);
    await same("PUT", "/api/permissions/%2F/caller", { configure: "", write: "", read: "" }, nothing);
    await same("GET", "/api/connections/username/nobody");
    await same("DELETE", "/api/connections/username/nobody");
    await Promise.all(
      sides.both.map(async (side) => {
        const connection = await side.amqp("caller");
        const closed = new Promise((resolve) => connection.once("close", resolve));
        const path = "/api/connections/username/caller";
        await expect.poll(async () => ((await side.call("GET", path)).json as []).length, { timeout: 20_000 }).toBe(1);
        expect((await side.call("DELETE", path)).status).toBe(204);
        await closed;
      }),
    );
  });

  it("tells of nodes, logins, features and certificates in the same form", async () => {
    const shapes = await Promise.all(
      sides.both.map(async (side) => {
        const nodes = (await side.call("GET", "/api/nodes")).json as { name: string; kind?: string }[];
        const { name } = nodes.find(({ kind }) => kind !== "postgres") as { name: string };
        const ask = async (path: string) => (await side.call("GET", path)).json;
        const tells = async () => (await ask(`/api/nodes/${name}`)) as Record<string, unknown>;
        // RabbitMQ counts its first statistics a moment after it has started.
        await expect.poll(async () => Object.keys(await tells()), { timeout: 60_000 }).toContain("mem_used");
        const node = await tells();
        const { memory } = (await ask(`/api/nodes/${name}/memory`)) as { memory: Record<string, object> };
        const flags = (await ask("/api/feature-flags")) as Record<string, unknown>[];
        return {
          node: ["os_pid", "processors", "mem_used", "mem_limit", "fd_used", "fd_total"].map((key) => typeof node[key]),
          memory: new Set(Object.keys(memory)),
          total: Object.keys(memory.total ?? {}),
          source: await ask(`/api/auth/attempts/${name}/source`),
          flag: Object.keys(flags[0] ?? {}),
          missing: await Promise.all(
            ["nodes/none/memory", "auth/attempts/none", "auth/attempts"].map(
              async (path) => (await side.call("GET", `/api/${path}`)).status,
            ),
          ),
        };
      }),
    );
    const [warren, rabbit] = shapes as [(typeof shapes)[0], (typeof shapes)[0]];
    const withoutNewer = [...warren.memory].filter((part) => !part.startsWith("metadata_store"));
    expect({ ...warren, memory: new Set(withoutNewer) }).toEqual(rabbit);
    await same("PUT", "/api/feature-flags/user_limits/enable", { name: "user_limits" });
    await same("PUT", "/api/feature-flags/nothing/enable", { name: "nothing" }, reason);
    for (const text of ["1/weeks", "0/days", "-1/years", "+2/months", "1/day", "x/days", "1.5/weeks"]) {
      await same("GET", `/api/health/checks/certificate-expiration/${text}`, undefined, (json) => {
        const { status, reason } = json as Record<string, unknown>;
        return { status, reason };
      });
    }
  });
});
