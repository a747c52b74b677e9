import { afterAll, beforeAll, expect, it } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
  await api.call("PUT", "/api/queues/%2F/dead", { body: { durable: true } });
  await api.call("PUT", "/api/queues/%2F/work", {
    body: {
      durable: true,
      arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" },
    },
  });
  for (let order = 1; order <= 4; order++) await fail({ type: "StockError", message: `no stock for order ${order}` });
  await fail({ type: "CardError", message: "declined" });
});
afterAll(() => api.close());

async function fail(error: unknown) {
  await api.call("POST", "/api/exchanges/%2F/amq.default/publish", {
    body: { properties: {}, routing_key: "work", payload: "x", payload_encoding: "string" },
  });
  const { json } = await api.call("POST", "/api/queues/%2F/work/leases", { body: { wait_ms: 5000 } });
  await api.call("POST", `/api/leases/${json.messages[0].receipt}/reject`, { body: { error } });
}

const groups = "/api/dead-letter-groups";

it("groups are listed, filtered and sorted, and their letters found by them", async () => {
  const { json } = await api.call("GET", `${groups}?vhost=%2F&sort=count`);
  expect(json).toMatchObject({ total: 2, next: null });
  expect(json.items[0]).toMatchObject({
    ...{ vhost: "/", queue: "work", reason: "rejected", error_type: "StockError", count: 4, total: 4 },
    ...{ pattern: "no stock for order <n>", queues: [{ queue: "dead", count: 4 }], status: "open", version: 1 },
  });
  const { id } = json.items[0];
  const letters = (await api.call("GET", `/api/dead-letters?group=${id}`)).json.items;
  expect(letters.map((letter: { death: { group: string } }) => letter.death.group)).toEqual([id, id, id, id]);
  expect((await api.call("GET", `/api/dead-letters/count?group=${id}&vhost=%2F`)).json).toEqual({ count: 4 });
  expect((await api.call("GET", `${groups}?q=DECLINED`)).json.items).toHaveLength(1);
  expect((await api.call("GET", `${groups}?status=resolved,acknowledged`)).json.items).toEqual([]);
  expect((await api.call("GET", `${groups}?status=closed`)).status).toBe(400);
  expect((await api.call("GET", `${groups}?vhost=nowhere`)).status).toBe(404);
  const discarded = await api.call("POST", "/api/dead-letters/%2F/discard", { body: { all: true, group: id } });
  expect(discarded.json.done).toBe(4);
});

it("the second of two people gets 409 with what the first did", async () => {
  const { id, version } = (await api.call("GET", `${groups}?q=card`)).json.items[0];
  const patch = (body: unknown) => api.call("PATCH", `${groups}/${id}`, { body });
  expect((await patch({ version, status: "acknowledged", assignee: "ann" })).json).toMatchObject({
    ...{ status: "acknowledged", assignee: "ann", version: version + 1, changed_by: "guest" },
  });
  const late = await patch({ version, note: "mine" });
  expect(late.status).toBe(409);
  expect(late.json.detail.group).toMatchObject({ id, status: "acknowledged", note: "", version: version + 1 });
  expect((await patch({ version: version + 1 })).status).toBe(400);
  const shown = (await api.call("GET", `${groups}/${id}`)).json;
  expect(shown).toMatchObject({ status: "acknowledged", trend_fine: [{ count: 1 }] });
});
