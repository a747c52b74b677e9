import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@/test/conformance/side";
import { startApiWithDoors } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";
import type { TestServer } from "@/test/support/amqp/amqp-server";

let api: TestApi;
let door: TestServer;
let closeAll: () => Promise<void>;
beforeAll(async () => {
  const started = await startApiWithDoors(1);
  ({ api, close: closeAll } = started);
  [door] = started.doors as [TestServer];
});
afterAll(() => closeAll());

interface Line {
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly door: string;
}

async function lines(query: string): Promise<Line[]> {
  const { status, json } = await api.call("GET", `/api/audit?${query}`);
  expect(status).toBe(200);
  return json.items;
}

it("tells who did what over HTTP and AMQP, and who was not let", async () => {
  await api.addUser("worker", "worker", ["management"]);
  await api.call("PUT", "/api/permissions/%2F/worker", { body: { configure: "^w$", write: "", read: "^w$" } });
  for (const queue of ["w", "other"]) await api.call("PUT", `/api/queues/%2F/${queue}`, { body: {} });
  await api.call("DELETE", "/api/queues/%2F/other", { as: "worker:worker" });
  const connection = await door.connect({ user: "worker" });
  const channel = await connection.createChannel();
  await channel.purgeQueue("w");
  await channel.deleteQueue("w");
  await channel.deleteQueue("w");
  channel.on("error", () => {});
  await channel.deleteQueue("other").catch(() => {});
  await connection.close();
  await eventually(async () => (await lines("user=worker")).length === 4);
  expect(
    (await lines("user=worker")).map(({ action, target, door: by, outcome }) => [action, target, by, outcome]),
  ).toEqual([
    ["queue.delete", "other", "amqp", "refused"],
    ["queue.delete", "w", "amqp", "done"],
    ["queue.purge", "w", "amqp", "done"],
    ["queue.delete", "other", "http", "refused"],
  ]);
});

it("is searched, and read page by page", async () => {
  for (let i = 0; i < 5; i++) await api.call("PUT", `/api/vhosts/page-${i}`, { body: {} });
  const first = (await api.call("GET", "/api/audit?action=vhost.&limit=3")).json;
  const second = (await api.call("GET", `/api/audit?action=vhost.&limit=3&cursor=${first.next}`)).json;
  expect([...first.items, ...second.items].map(({ target }: Line) => target)).toEqual(
    [4, 3, 2, 1, 0].map((i) => `page-${i}`),
  );
  expect(second.next).toBeNull();
  expect(await lines("target=page-2&outcome=done&door=http&user=guest&action=vhost.put")).toHaveLength(1);
  expect(await lines("since=2100-01-01T00:00:00Z")).toEqual([]);
  expect((await api.call("GET", "/api/audit?since=yesterday")).status).toBe(400);
  expect((await api.call("GET", "/api/audit", { as: "worker:worker" })).status).toBe(403);
});

it("can't be changed or shortened, and publishing writes nothing into it", async () => {
  await expect(api.database.audit.deleteMany()).rejects.toThrow("append-only");
  await expect(api.database.audit.updateMany({ data: { user: "x" } })).rejects.toThrow("append-only");
  const message = { properties: {}, routing_key: "none", payload: "x", payload_encoding: "string" };
  await api.call("POST", "/api/exchanges/%2F/amq.default/publish", { body: message });
  expect(await lines("action=message.publish")).toEqual([]);
});
